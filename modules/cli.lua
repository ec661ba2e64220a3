-- cli.lua - the command line. A line as it should be is read here; for any other, and for help,
-- lua-argparse finds the words (cli/usage.lua): loading it takes longer than most commands.
local declared = require "cli.commands"

local M = {}

-- The options of the program and of one command, by the word that names them.
local function options_by_word(entry)
  local found = {}
  for _, list in ipairs({ declared.global, entry }) do
    for _, item in ipairs(list) do
      local word = item.option or item.flag
      if word then found[word] = item end
    end
  end
  return found
end

local function find_command(name)
  for _, entry in ipairs(declared.commands) do
    if entry.name == name then return entry end
  end
end

local function contains(list, value)
  for _, each in ipairs(list) do
    if each == value then return true end
  end
  return false
end

-- The typed value of a word, or nil for one that is not possible.
local function value_of(item, text)
  if not text or text:sub(1, 1) == "-" then return nil end
  if item.choices and not contains(item.choices, text) then return nil end
  if item.low then return declared.number(item, text) end
  return text
end

-- The words that belong to no option. Options go into `parsed`; nil for what is not understood.
local function take_options(args, from, known, parsed)
  local rest, at = {}, from
  while at <= #args do
    local word, joined = args[at]:match("^(%-%-[^=]+)=(.*)$")
    word = word or args[at]
    local item = known[word]
    local key = item and declared.key_of(item)
    if key and parsed[key] ~= nil then
      return nil
    elseif item and item.flag and not joined then
      parsed[key] = true
    elseif item and item.option and not item.optional then
      local value = value_of(item, joined or args[at + 1])
      if value == nil then return nil end
      parsed[key] = value
      at = joined and at or at + 1
    elseif word:sub(1, 1) == "-" then
      return nil
    else
      rest[#rest + 1] = word
    end
    at = at + 1
  end
  return rest
end

-- Puts the words into the command's arguments; false when they do not fit.
local function take_arguments(entry, words, parsed)
  local at = 1
  for _, item in ipairs(entry) do
    if item.many then
      parsed[item.argument] = table.move(words, at, #words, 1, {})
      return true
    elseif item.argument then
      local value = words[at] and value_of(item, words[at])
      if not value and (words[at] or not (item.default or item.optional)) then return false end
      parsed[item.argument] = value
      at = at + 1
    end
  end
  return at > #words
end

local function command_in(args)
  local skip = false
  for at, word in ipairs(args) do
    if skip then
      skip = false
    elseif word:sub(1, 1) ~= "-" then
      return find_command(word), at
    else
      skip = not word:find("=", 1, true)
    end
  end
end

-- What stands in the line, or nil when it is none of the usual ones.
local function read(args)
  local entry, at = command_in(args)
  if not entry or entry.name == "help" then return nil end
  local parsed = { command = entry.name }
  local before = table.move(args, 1, at - 1, 1, {})
  local strays = take_options(before, 1, options_by_word({}), parsed)
  local words = take_options(args, at + 1, options_by_word(entry), parsed)
  if not strays or #strays > 0 or not words then return nil end
  return take_arguments(entry, words, parsed) and parsed or nil
end

local function options_of(parsed)
  local options = { command = parsed.command, env = parsed.env, overrides = {} }
  for _, item in ipairs(declared.global) do
    if item.setting then options.overrides[item.setting] = parsed[declared.key_of(item)] end
  end
  for _, item in ipairs(find_command(parsed.command)) do
    local value = parsed[declared.key_of(item)]
    if value == nil then value = item.default end
    options[declared.key_of(item)] = value
  end
  return options
end

---Reads the arguments. The result holds `command`, its options by name (`json`, `dry_run`,
---`workflow`, `files`, …), `env` (a file) and, for config.load, `overrides`. Else nil, the exit
---status and a text: help (status 0, for stdout) or what is wrong (status 2, for stderr).
---@param args string[]
---@param slowly? boolean by lua-argparse in any case
---@return table|nil result, integer? status, string? text
function M.parse(args, slowly)
  local parsed = not slowly and read(args)
  if parsed then return options_of(parsed) end
  local status, text
  parsed, status, text = require "cli.usage".parse(args)
  if not parsed then return nil, status, text end
  return options_of(parsed)
end

return M
