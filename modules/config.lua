-- config.lua - the settings: read once from `.env` and the process environment, typed, checked.
-- What is wrong is listed, not raised, so that `status` can name everything at once.
local i18n = require "i18n"
local keys = require "config.keys"
local lazy = require "lazy"
local values = require "config.values"
local wording = require "lazy" "wording"

local checks, targets = lazy "config.checks", lazy "config.target"
local dotenv, errors, url = lazy "config.dotenv", lazy "errors", lazy "url"

local M = {}

local DEFAULT_FILE = ".env"
local MAX_BYTES = 1024 * 1024
local ENOENT = 2
local WRITABLE_BY_OTHERS, SHARED = 2, 63 -- mode bits 002 and 077

---@class Problem
---@field key string the setting, or the file
---@field message string
---@field next_action? string
---@field fatal boolean false: a warning
---@field scope "program"|"publish"|"serve" see config/keys.lua

local function fail(t, kind, problem, words, fields)
  fields.kind, fields.op, fields.retryable = kind, "config", false
  fields.message = t(problem, words)
  fields.next_action = t.has("action." .. problem) and t("action." .. problem, words) or nil
  return nil, errors.new(fields)
end

-- Opened once: what was checked is what is read. Returns "" for a default file that is not there.
local function read_file(path, required, t)
  local handle, message, code = io.open(path, "rb")
  if not handle then
    if not required and code == ENOENT then return "" end
    local fields = { path = path, code = code == ENOENT and "ENOENT" or nil }
    return fail(t, "io", "config.file", { file = path, message = message }, fields)
  end
  local text, reason = handle:read(MAX_BYTES + 1)
  handle:close()
  if not text and reason then
    return fail(t, "io", "config.file", { file = path, message = reason }, { path = path })
  end
  text = text or ""
  if #text > MAX_BYTES then
    return fail(t, "limit", "config.file_size", { file = path }, { path = path })
  end
  return text
end

-- The file holds a token and decides where files go, so others must neither read nor write it.
local function check_mode(path, t, report)
  local info = host.stat(path)
  if not info or info.type ~= "file" then return true end
  local words = { file = path, mode = ("%03o"):format(info.mode & 511) }
  if info.mode & WRITABLE_BY_OTHERS ~= 0 then
    return fail(t, "auth", "config.writable", words, { path = path })
  end
  if info.mode & SHARED ~= 0 then
    report(path, "config.shared", words, { warning = true })
  end
  return true
end

local MOST_LINES = 10 -- malformed ones that are named: a file of another kind has nothing else

local function read_values(path, required, t, report)
  local text, err = read_file(path, required, t)
  if not text then return nil, err end
  if text == "" then return {} end
  local safe
  safe, err = check_mode(path, t, report)
  if not safe then return nil, err end
  local found, duplicates, malformed = dotenv.parse(text)
  for i = 1, math.min(#malformed, MOST_LINES) do
    local line = malformed[i]
    report(path, "dotenv.line", { file = path, line = line.line, problem = line.problem })
  end
  for _, duplicate in ipairs(duplicates) do
    local words = { file = path, line = duplicate.line }
    report(duplicate.key, "config.duplicate", words, { warning = true })
  end
  return found
end

-- Every known key and every key of the file: overrides beat the environment, which beats the file.
local function merge(from_file, environment, overrides)
  local merged = {}
  for name, value in pairs(from_file) do merged[name] = environment[name] or value end
  for _, key in ipairs(keys) do merged[key.name] = environment[key.name] or merged[key.name] end
  for name, value in pairs(overrides) do merged[name] = tostring(value) end
  return merged
end

local function convert_all(cfg, environment, report)
  local refused = {}
  local function refuse(key, problem, words)
    refused[key.name] = true
    report(key.name, problem, words)
  end
  for _, key in ipairs(keys) do
    local text = cfg[key.name]
    cfg[key.name] = key.default
    if values.is_missing(key, text) then
      if key.required then refuse(key, "config.missing") end
    else
      local value, problem, words = values.convert(key, text, environment.HOME)
      if value == nil then refuse(key, problem, words) else cfg[key.name] = value end
    end
  end
  return refused
end

-- The language must be known before the first problem can be worded.
local function choose_language(merged, environment, report)
  local wanted = merged.AFFICHE_LANG
  if not wanted or wanted == "" then wanted = i18n.detect(environment) end
  local t = i18n.get(wanted)
  merged.AFFICHE_LANG = t and t.language or nil
  if not t then
    local choices = table.concat(i18n.languages, ", ")
    report("AFFICHE_LANG", "config.choice", { value = wanted, choices = choices })
  end
  return t or i18n.get(i18n.detect(environment))
end

-- Collects problems now, words them when the language is known.
local function collector(scope)
  local noted, scopes = {}, {}
  for _, key in ipairs(keys) do scopes[key.name] = key.scope end
  local function report(key, problem, words, options)
    if scope and scopes[key] and scopes[key] ~= scope then return end
    noted[#noted + 1] = {
      key = key, problem = problem, words = words or {},
      fatal = not (options and options.warning), scope = scopes[key] or "program",
    }
  end
  local function finish(t)
    local problems = {}
    for i, note in ipairs(noted) do
      note.words.key = note.key
      if note.words.message then note.words.message = wording.of(note.words.message, t) end
      if note.words.problem then note.words.problem = t(note.words.problem) end
      local action = "action." .. note.problem
      if not t.has(action) then action = "action.config.key." .. note.key end
      problems[i] = {
        key = note.key, message = t(note.problem, note.words), fatal = note.fatal,
        next_action = t.has(action) and t(action, note.words) or nil, scope = note.scope,
      }
    end
    return problems
  end
  return report, finish
end

---@class LoadOptions
---@field file? string must be there; default: `.env`, which may be missing
---@field environment? table<string,string> default: that of the process
---@field overrides? table<string,any> from the command line
---@field scope? "program"|"publish"|"serve" of which problems are told, and then no setting is
---completed from others; default: all

---Reads the settings. `cfg` has the names of `.env` and typed values (numbers, booleans), plus
---CA_FILE for HTTPS; a value that was refused is replaced by its default. Waits.
---@param options? LoadOptions
---@return table|nil cfg, Problem[]|Error
function M.load(options)
  options = options or {}
  local environment = options.environment or host.env()
  local overrides = options.overrides or {}
  local report, finish = collector(options.scope)
  local before = { AFFICHE_LANG = overrides.AFFICHE_LANG or environment.AFFICHE_LANG }
  local early = choose_language(before, environment, function() end)
  local from_file, err =
    read_values(options.file or DEFAULT_FILE, options.file ~= nil, early, report)
  if not from_file then return nil, err end
  local cfg = merge(from_file, environment, overrides)
  local t = choose_language(cfg, environment, report)
  local refused = convert_all(cfg, environment, report)
  cfg.AFFICHE_LANG = cfg.AFFICHE_LANG or i18n.detect(environment)
  if not options.scope then checks.complete(cfg, environment, refused, report) end
  return cfg, finish(t)
end

-- What stops which command; the others run without settings of that kind.
local NEEDS = {
  run = { program = true, publish = true },
  serve = { program = true, serve = true },
}

---The problems that stop a command before it begins. `serve` starts without a token: each run it
---is asked for says what is missing.
---@param problems Problem[]
---@param command string
---@return Problem[]
function M.fatal(problems, command)
  local needs = NEEDS[command] or { program = true }
  local found = {}
  for _, problem in ipairs(problems) do
    if problem.fatal and needs[problem.scope] then found[#found + 1] = problem end
  end
  return found
end

---Where uploads go, or nil when that is among the problems.
---@param cfg table
---@return Target|nil
function M.target(cfg)
  return (targets.of(cfg))
end

---The settings for scripts: a read-only copy without secrets.
---@param cfg table
---@return table
function M.public(cfg)
  local copy = {}
  for name, value in pairs(cfg) do copy[name] = value end
  for _, key in ipairs(keys) do
    if key.secret then copy[key.name] = nil end
  end
  if copy.UPLOAD_URL then copy.UPLOAD_URL = url.without_password(copy.UPLOAD_URL, true) end
  return setmetatable({}, {
    __index = copy,
    __newindex = function(_, name)
      error(("env is read-only: %s cannot be set by a script"):format(tostring(name)), 2)
    end,
    __pairs = function() return next, copy, nil end,
    __metatable = "read-only",
  })
end

-- Settings of the user's own whose name says what they are.
local function looks_secret(name)
  return name:find("PASS") or name:find("SECRET") or name:find("TOKEN") or name:find("API_KEY")
end

---What must never be shown, for `host.secret(s.value, s.options)`.
---@param cfg table
---@return { value: string, options: { user?: string, shown?: boolean } }[]
function M.secrets(cfg)
  local known, shown, list = {}, {}, {}
  for _, key in ipairs(keys) do
    known[key.name] = key
    if not key.secret and cfg[key.name] ~= nil then shown[tostring(cfg[key.name])] = true end
  end
  local function add(value, user)
    if type(value) ~= "string" or value == "" then return end
    list[#list + 1] = { value = value, options = { user = user, shown = shown[value] } }
  end
  local target = (cfg.UPLOAD_URL or cfg.FTP_HOST) and M.target(cfg)
  local names = {}
  for name in pairs(cfg) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    local key = known[name]
    if key and key.secret or not key and looks_secret(name:upper()) then
      add(cfg[name], name == "FTP_PASS" and cfg.FTP_USER or nil)
    end
  end
  if target and target.password ~= cfg.FTP_PASS then add(target.password, target.user) end
  return list
end

return M
