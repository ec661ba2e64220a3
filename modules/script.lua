-- script.lua - finds and loads the user's scripts: file by file, the user's folder before the
-- shipped one, each with an environment of its own.
local i18n = require "i18n"
local lazy = require "lazy"

local caption, errors = lazy "caption", lazy "errors"

local M = {}
local Loader = {}
Loader.__index = Loader

-- What plain rules may use: data in, data out. No files, no network, no way to end the program.
local PURE = {
  "assert", "error", "ipairs", "next", "pairs", "pcall", "select", "tonumber", "tostring", "type",
  "xpcall", "rawequal", "rawget", "rawlen", "rawset", "getmetatable",
}
local LIBRARIES = { "string", "table", "math", "utf8" }
-- Of caption.lua, which is loaded when a script uses one.
local HELPERS = { title = true, words = true, capitalise = true, hashtags = true }

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
    __index = function(_, name)
      if HELPERS[name] then return caption[name] end
      error(("undefined global '%s'"):format(tostring(name)), 2)
    end,
    __newindex = function(_, name)
      error(("global '%s' is not allowed: write 'local'"):format(tostring(name)), 2)
    end,
    __metatable = "script environment",
  })
end

-- `chain` names the script itself and those that are waiting for it: one that needs one of these
-- goes round in a circle.
local function pure_environment(loader, chain)
  local environment = { _VERSION = _VERSION, setmetatable = safe_setmetatable }
  for _, name in ipairs(PURE) do environment[name] = _G[name] end
  for _, name in ipairs(LIBRARIES) do environment[name] = copy(_G[name]) end
  environment.print = print_to_log
  environment.date = os.date
  environment.require = function(name) return loader:load(name, "pure", chain) end
  environment._G = environment
  return environment
end

local function full_environment(loader, chain)
  local environment = pure_environment(loader, chain)
  environment.host, environment.env = host, loader.env
  environment.coroutine, environment.load = coroutine, load
  environment.io, environment.os = copy(io), copy(os)
  environment.workflow = loader.workflow
  environment.require = function(name)
    if loader:find(name) then return loader:load(name, nil, chain) end
    return require(name)
  end
  return environment
end

-- Rules see data only; steps and workflows see everything.
local RULES = { captions = true, filters = true, pacing = true, formats = true }

function M.tier(name)
  return RULES[name] and "pure" or "full"
end

local function home_folder()
  local home = host.env("XDG_CONFIG_HOME")
  if not home or home == "" then home = (host.env("HOME") or "") .. "/.config" end
  return home:sub(1, 1) == "/" and home .. "/affiche/scripts" or nil
end

---The folder of the user's own scripts: the one that is named, else the one in the home folder.
---@param cfg table
---@return string|nil
function M.user_folder(cfg)
  return cfg.AFFICHE_SCRIPTS or home_folder()
end

-- The named folder must be there: a mistyped one would silently mean the shipped rules.
local function check_folder(path)
  if not path then return true end
  local stat = host.stat(path .. "/.")
  if stat and stat.type == "folder" then return true end
  return nil, host.error { kind = "script", op = "script", path = path,
    message = i18n.t("script.no_folder", { path = path }),
    next_action = i18n.t("action.script.no_folder") }
end

---@param options { folders: string[], env: table, workflow: function }
function M.new(options)
  return setmetatable({
    folders = options.folders, env = options.env, workflow = options.workflow,
    loaded = {}, texts = {},
  }, Loader)
end

---A loader for the scripts that the settings ask for. Where only rules are loaded, `env` and
---`workflow` may be left out. Waits.
---@param cfg table
---@param env? table
---@param workflow? function
---@return table|nil loader, Error?
function M.open(cfg, env, workflow)
  local named, err = check_folder(cfg.AFFICHE_SCRIPTS)
  if not named then return nil, err end
  local folders = { cfg.AFFICHE_SCRIPTS }
  folders[#folders + 1] = home_folder()
  folders[#folders + 1] = host.info().root .. "/scripts"
  return M.new { folders = folders, env = env, workflow = workflow }
end

local function script_error(message, path, traceback)
  return host.error { kind = "script", message = message, path = path, traceback = traceback,
    op = "script" }
end

local ENOENT, ENOTDIR = 2, 20

-- The text, or nil when no file is there. One that is there and cannot be read is an error: the
-- shipped rules in place of the user's would be silence.
local function text_of(path)
  local file, message, code = io.open(path, "rb")
  if not file then
    if code == ENOENT or code == ENOTDIR then return nil end
    error(script_error(message, path), 0)
  end
  local text, problem = file:read("a")
  file:close()
  if not text then error(script_error(("%s: %s"):format(path, problem), path), 0) end
  return text
end

-- The text and path of a script, or nil and the places looked at. A name is a plain relative one:
-- nothing outside of the script folders can be reached.
function Loader:find(name)
  if type(name) ~= "string" or name:find("%.%.") or name:find("^/") or name:find("[\0\r\n]") then
    return nil, "a script's name is a plain name such as captions or steps/upload"
  end
  local tried = {}
  for _, folder in ipairs(self.folders) do
    local path = folder .. "/" .. name .. ".lua"
    local text = text_of(path)
    if text then return text, path end
    tried[#tried + 1] = path
  end
  return nil, table.concat(tried, ", ")
end

-- Runs a chunk in a task of its own, so that one that loops is stopped without harm to the rest.
-- Where no task can be waited for, such as inside a `table.sort`, it runs in place.
local function run_chunk(chunk)
  if not coroutine.isyieldable() then return chunk() end
  local task <close> = host.spawn(chunk)
  local ok, value = task:join()
  if not ok then error(value, 0) end
  return value
end

local function contains(chain, key)
  while chain do
    if chain.key == key then return true end
    chain = chain.parent
  end
  return false
end

-- A script has one value in each tier: loaded as a rule it sees less.
local function compile(loader, name, tier, chain)
  local text, path = loader:find(name)
  if not text then
    error(errors.new { kind = "script",
      message = i18n.t("script.missing", { name = tostring(name), tried = path }),
      next_action = i18n.t("action.script.missing") }, 0)
  end
  local key = tier .. " " .. name
  if contains(chain, key) then
    error(script_error(("%s needs itself by require"):format(path), path), 0)
  end
  local make = tier == "pure" and pure_environment or full_environment
  local environment = make(loader, { key = key, parent = chain })
  local chunk, message = load(text, "@" .. path, "t", seal(environment))
  if not chunk then
    -- A refused binary chunk is not named by Lua itself.
    if not message:find(path, 1, true) then message = path .. ": " .. message end
    error(script_error(message, path), 0)
  end
  return chunk, path, text
end

---What the script returned; raises an Error of kind "script" that names file, line and traceback.
---@param name string
---@param tier? "pure"|"full" default: what the name calls for
---@param chain? table the scripts that wait for this one
function Loader:load(name, tier, chain)
  tier = tier or M.tier(name)
  local key = tier .. " " .. tostring(name)
  if self.loaded[key] ~= nil then return self.loaded[key] end
  local chunk, path, text = compile(self, name, tier, chain)
  local value = run_chunk(chunk)
  if value == nil then
    error(script_error(("%s returns nothing"):format(path), path), 0)
  end
  -- Two tasks may have come here for the same script: the first one's value is everybody's.
  if self.loaded[key] == nil then
    self.loaded[key], self.texts[path] = value, text
  end
  return self.loaded[key]
end

-- One fingerprint of every script loaded so far: a changed rule runs unfinished steps again.
function Loader:fingerprint()
  local list = {}
  for path, text in pairs(self.texts) do list[#list + 1] = path .. "\0" .. host.digest(text) end
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
