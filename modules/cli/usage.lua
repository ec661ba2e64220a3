-- cli/usage.lua - the command line as lua-argparse reads it: help, and what is wrong with a line.
-- Nothing here exits or prints: the caller gets what was read, or a status and a text.
local argparse = require "argparse"
local declared = require "cli.commands"
local i18n = require "i18n"

local M = {}

local PROGRAM = "affiche"
local USAGE_ERROR = 2

local function range_check(item, t)
  return function(text)
    local value = declared.number(item, text)
    if value then return value end
    local words = { name = item.option, low = item.low, high = item.high, value = text }
    return nil, t("cli.range", words)
  end
end

local function declare(owner, item, t)
  local about = t(item.about)
  if item.argument then
    local argument = owner:argument(item.argument, about)
    if item.many then argument:args("*") end
    if item.default or item.optional then argument:args("?") end
    if item.choices then argument:choices(item.choices) end
  elseif item.flag then
    owner:flag(item.flag, about):target(declared.key_of(item))
  else
    local option = owner:option(item.option, about):target(declared.key_of(item))
    option:argname(item.name)
    if item.choices then
      option:choices(item.choices):argname("{" .. table.concat(item.choices, "|") .. "}")
    end
    if item.low then option:convert(range_check(item, t)) end
    -- With or without a value: a list of one or none.
    if item.optional then option:args("?") end
  end
end

-- argparse's own help option prints and exits; this one stops the parser and says whose help it is.
local function add_help(owner, t, state)
  owner:flag("-h --help", t("cli.help")):action(function()
    state.help = owner
    error(state, 0)
  end)
end

local function build(t, state)
  local parser = argparse(PROGRAM, t("cli.about")):add_help(false)
  parser:require_command(false):command_target("command")
  add_help(parser, t, state)
  parser:flag("--version", t("cli.version")):target("version")
  for _, item in ipairs(declared.global) do declare(parser, item, t) end
  local commands = {}
  for _, entry in ipairs(declared.commands) do
    local command = parser:command(entry.name, t("cli." .. entry.name)):add_help(false)
    add_help(command, t, state)
    for _, item in ipairs(entry) do declare(command, item, t) end
    commands[entry.name] = command
  end
  return parser, commands
end

-- The help must speak the language that is asked for in the same line.
local function language_in(args)
  for i, arg in ipairs(args) do
    local name = arg == "--lang" and args[i + 1] or arg:match("^%-%-lang=(.*)$")
    local t = name and i18n.get(name)
    if t then return t end
  end
  return (i18n.use()) or i18n.get("en")
end

local function usage_error(message, args, commands, t)
  local topic = ""
  for _, arg in ipairs(args) do
    if commands[arg] then
      topic = " " .. arg
      break
    end
  end
  local hint = t("cli.hint", { command = PROGRAM .. " help" .. topic })
  return nil, USAGE_ERROR, ("%s: %s\n%s\n"):format(PROGRAM, message, hint)
end

local function help_text(topic, parser, commands, t)
  local about = topic == nil and parser or commands[topic]
  if about then return nil, 0, about:get_help() .. "\n" end
  return usage_error(t("cli.unknown_command", { name = topic }), {}, commands, t)
end

---What stands in the line, by name. Else nil, the exit status and a text: help (status 0, for
---stdout) or what is wrong (status 2, for stderr).
---@param args string[]
---@return table|nil parsed, integer? status, string? text
function M.parse(args)
  local t = language_in(args)
  local state = {}
  local parser, commands = build(t, state)
  local ran, ok, result = pcall(parser.pparse, parser, args)
  if state.help then return nil, 0, state.help:get_help() .. "\n" end
  if not ran then error(ok, 0) end
  if not ok then return usage_error(result, args, commands, t) end
  if result.version and not result.command then result.command = "version" end
  if not result.command then return usage_error(t("cli.no_command"), args, commands, t) end
  if result.command == "help" then return help_text(result.topic, parser, commands, t) end
  return result
end

return M
