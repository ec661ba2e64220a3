-- script.lua - finds and loads the user's scripts: file by file, the user's folder before the
-- shipped one, each with an environment of its own.
local caption = require "caption"
local errors = require "errors"

local M = {}
local Loader = {}
Loader.__index = Loader

-- What plain rules may use: data in, data out. No files, no network, no way to end the program.
local PURE = {
  "assert", "error", "ipairs", "next", "pairs", "pcall", "select", "tonumber", "tostring", "type",
  "xpcall", "rawequal", "rawget", "rawlen", "rawset", "getmetatable",
}
local LIBRARIES = { "string", "table", "math", "utf8" }

-- A finalizer runs with the instruction hook off, so none is allowed in.
local function safe_setmetatable(object, meta)
  if type(meta) == "table" and rawget(meta, "__gc") ~= nil then
    error("__gc is not possible in a script", 2)
  end
  return setmetatable(object, meta)
end

local function copy(source)
  local result = {}
  for key, value in pairs(source) do result[key] = value end
  return result
end

-- stdout carries results only, so what a script prints goes to the log.
local function print_to_log(...)
  local parts = table.pack(...)
  for i = 1, parts.n do parts[i] = tostring(parts[i]) end
  host.log("info", table.concat(parts, "\t"))
end

local function seal(environment)
  return setmetatable(environment, {
    __index = function(_, name) error(("undefined global '%s'"):format(tostring(name)), 2) end,
    __newindex = function(_, name)
      error(("global '%s' is not allowed: write 'local'"):format(tostring(name)), 2)
    end,
    __metatable = "script environment",
  })
end

local function pure_environment(loader)
  local environment = { _VERSION = _VERSION, setmetatable = safe_setmetatable }
  for _, name in ipairs(PURE) do environment[name] = _G[name] end
  for _, name in ipairs(LIBRARIES) do environment[name] = copy(_G[name]) end
  environment.print = print_to_log
  environment.title, environment.words = caption.title, caption.words
  environment.capitalise, environment.hashtags = caption.capitalise, caption.hashtags
  environment.date = os.date
  environment.require = function(name) return loader:load(name, "pure") end
  return environment
end

local function full_environment(loader)
  local environment = pure_environment(loader)
  environment.host, environment.env = host, loader.env
  environment.coroutine, environment.load = coroutine, load
  environment.io, environment.os = copy(io), copy(os)
  environment.workflow = loader.workflow
  environment.require = function(name)
    if loader:find(name) then return loader:load(name, M.tier(name)) end
    return require(name)
  end
  return environment
end

-- Rules see data only; steps and workflows see everything.
local RULES = { captions = true, filters = true, pacing = true, formats = true }

function M.tier(name)
  return RULES[name] and "pure" or "full"
end

---@param options { folders: string[], env: table, workflow: function }
function M.new(options)
  return setmetatable({
    folders = options.folders, env = options.env, workflow = options.workflow,
    loaded = {}, digests = {}, loading = {},
  }, Loader)
end

local function readable(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read("a")
  file:close()
  return text
end

-- The text and path of a script, or nil and the places looked at. A name is a plain relative one:
-- nothing outside of the script folders can be reached.
function Loader:find(name)
  if type(name) ~= "string" or name:find("%.%.") or name:find("^/") or name:find("[%z\r\n]") then
    return nil, "a script's name is a plain name such as captions or steps/upload"
  end
  local tried = {}
  for _, folder in ipairs(self.folders) do
    local path = folder .. "/" .. name .. ".lua"
    local text = readable(path)
    if text then return text, path end
    tried[#tried + 1] = path
  end
  return nil, table.concat(tried, ", ")
end

local function script_error(message, path, traceback)
  return host.error { kind = "script", message = message, path = path, traceback = traceback,
    op = "script" }
end

-- Runs a chunk in a task of its own, so that one that loops is stopped without harm to the rest.
local function run_chunk(chunk)
  local task <close> = host.spawn(chunk)
  return task:join()
end

-- What the script returned; raises an Error of kind "script" that names file, line and traceback.
function Loader:load(name, tier)
  local known = self.loaded[name]
  if known ~= nil then return known end
  local text, path = self:find(name)
  if not text then
    error(script_error(("no script '%s' (looked for %s)"):format(name, path)), 0)
  end
  if self.loading[name] then
    error(script_error(("%s needs itself by require"):format(path), path), 0)
  end
  local environment = (tier or M.tier(name)) == "pure" and pure_environment(self)
    or full_environment(self)
  local chunk, message = load(text, "@" .. path, "t", seal(environment))
  if not chunk then error(script_error(message, path), 0) end
  self.loading[name] = true
  local value
  if coroutine.isyieldable() then
    local ok, result = run_chunk(chunk)
    self.loading[name] = nil
    if not ok then error(result, 0) end
    value = result
  else  -- inside a require of another script: no task can be waited for there
    value = chunk()
    self.loading[name] = nil
  end
  if value == nil then
    error(script_error(("%s returns nothing"):format(path), path), 0)
  end
  self.loaded[name], self.digests[path] = value, host.digest(text)
  return value
end

-- One fingerprint of every script loaded so far: a changed rule runs unfinished steps again.
function Loader:fingerprint()
  local list = {}
  for path, digest in pairs(self.digests) do list[#list + 1] = path .. "\0" .. digest end
  table.sort(list)
  return host.digest(table.concat(list, "\n"))
end

-- Calls a function of a script in a task of its own. Its results, or nil and an Error.
function M.call(fn, ...)
  local task <close> = host.spawn(fn, ...)
  local outcome = table.pack(task:join())
  if outcome[1] then return table.unpack(outcome, 2, outcome.n) end
  return nil, errors.of(outcome[2])
end

return M
