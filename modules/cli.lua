-- cli.lua - the command line as a table of commands, read with lua-argparse. Nothing here exits or
-- prints: the caller gets the options, or a status and a text.
local argparse = require "argparse"
local i18n = require "i18n"

local M = {}

local PROGRAM = "affiche"
local USAGE_ERROR = 2

local JSON = { flag = "--json", about = "cli.json" }
local WORKFLOW = { argument = "workflow", about = "cli.workflow", default = "poster_media" }

-- Options of the whole program, before or after the command; `setting` is what they override.
local GLOBAL = {
  { option = "--env", name = "FILE", about = "cli.env" },
  { option = "--scripts", name = "DIR", about = "cli.scripts", setting = "AFFICHE_SCRIPTS" },
  { option = "--lang", name = "LANG", about = "cli.lang", setting = "AFFICHE_LANG",
    choices = i18n.languages },
  { option = "--log-level", name = "LEVEL", about = "cli.log_level", setting = "LOG_LEVEL",
    choices = { "debug", "info", "warn", "error" } },
  { option = "--log-format", name = "FORMAT", about = "cli.log_format", setting = "LOG_FORMAT",
    choices = { "text", "json" } },
}

-- A command is declared here once it works, not before.
local COMMANDS = {
  { name = "run", WORKFLOW, JSON, { flag = "--dry-run", about = "cli.dry_run" } },
  { name = "preview", WORKFLOW, JSON },
  { name = "status", JSON },
  { name = "serve" },
  { name = "doctor" },
  { name = "explain", { argument = "file", about = "cli.file" }, JSON },
  { name = "convert",
    { argument = "input", about = "cli.input" },
    { argument = "output", about = "cli.output" },
    { option = "--fit", name = "FIT", about = "cli.fit", choices = { "pad", "crop", "none" } },
    { option = "--quality", name = "N", about = "cli.quality", low = 1, high = 100 },
    { option = "--max-width", name = "N", about = "cli.max_width", low = 1, high = 65500 } },
  { name = "console", { argument = "files", about = "cli.console_files", many = true } },
  { name = "demo", JSON, { option = "--fault", name = "NAME", about = "cli.fault" } },
  { name = "test", { argument = "files", about = "cli.files", many = true } },
  { name = "history", JSON, { flag = "--failed", about = "cli.failed" },
    { flag = "--rebuild", about = "cli.rebuild" } },
  { name = "retry", { argument = "files", about = "cli.retry_files", many = true }, JSON },
  { name = "settle",
    { argument = "file", about = "cli.file", optional = true },
    { option = "--live", name = "MEDIA_ID", about = "cli.live", optional = true },
    { flag = "--again", about = "cli.again" } },
  { name = "new",
    { argument = "kind", about = "cli.kind", choices = { "step", "workflow" } },
    { argument = "name", about = "cli.new_name" } },
  { name = "version" },
  { name = "help", { argument = "topic", about = "cli.topic", optional = true } },
}

-- Options are kept under their long name with "_": --dry-run is dry_run.
local function key_of(item)
  if item.argument then return item.argument end
  return (item.option or item.flag):gsub("^%-+", ""):gsub("%-", "_")
end

local function range_check(item, t)
  return function(text)
    local value = text:find("^%d+$") and #text <= 9 and math.tointeger(tonumber(text))
    if value and value >= item.low and value <= item.high then return value end
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
    owner:flag(item.flag, about):target(key_of(item))
  else
    local option = owner:option(item.option, about):target(key_of(item)):argname(item.name)
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
  for _, item in ipairs(GLOBAL) do declare(parser, item, t) end
  local commands = {}
  for _, entry in ipairs(COMMANDS) do
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

local function options_of(parsed)
  local options = { command = parsed.command, env = parsed.env, overrides = {} }
  for _, item in ipairs(GLOBAL) do
    if item.setting then options.overrides[item.setting] = parsed[key_of(item)] end
  end
  for _, entry in ipairs(COMMANDS) do
    for _, item in ipairs(entry.name == parsed.command and entry or {}) do
      local value = parsed[key_of(item)]
      if value == nil then value = item.default end
      options[key_of(item)] = value
    end
  end
  return options
end

local function help_text(topic, parser, commands, t)
  local about = topic == nil and parser or commands[topic]
  if about then return nil, 0, about:get_help() .. "\n" end
  return usage_error(t("cli.unknown_command", { name = topic }), {}, commands, t)
end

---Reads the arguments. The result holds `command`, its options by name (`json`, `dry_run`,
---`workflow`, `files`, …), `env` (a file) and, for config.load, `overrides`. Else nil, the exit
---status and a text: help (status 0, for stdout) or what is wrong (status 2, for stderr).
---@param args string[]
---@return table|nil result, integer? status, string? text
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
  return options_of(result)
end

return M
