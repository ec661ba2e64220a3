-- workflow.lua - what a workflow script declares, checked, and its steps loaded.
-- `workflow { name=, folder=, accept=, order=, steps={ "name" or { name=, run= }, … } }`
local M = {}

local KEYS = { name = "string", folder = "string", accept = true, order = "string",
  steps = "table" }
local STEP_KEYS = { name = "string", run = "function", when = "function", retry = "table",
  timeout = "number" }
local RETRY_KEYS = { attempts = "number", first = "number", factor = "number", max = "number" }
local ORDERS = { name = true, age = true }

local function check_keys(what, value, keys)
  for key, content in pairs(value) do
    local wanted = keys[key]
    if not wanted then error(("%s: unknown field '%s'"):format(what, tostring(key)), 4) end
    if wanted ~= true and type(content) ~= wanted then
      error(("%s: '%s' must be a %s, not a %s"):format(what, key, wanted, type(content)), 4)
    end
  end
end

---The function that scripts call.
---@param fields table
---@return table
function M.define(fields)
  if type(fields) ~= "table" then error("workflow: a table expected", 2) end
  check_keys("workflow", fields, KEYS)
  if not fields.name then error("workflow: it needs a name", 2) end
  if type(fields.steps) ~= "table" or #fields.steps == 0 then
    error("workflow: it needs steps, a list of names", 2)
  end
  if fields.order and not ORDERS[fields.order] then
    error("workflow: order is \"name\" or \"age\"", 2)
  end
  return setmetatable({ name = fields.name, folder = fields.folder, accept = fields.accept,
    order = fields.order or "name", steps = fields.steps }, M)
end

local function normalise(name, value)
  if type(value) == "function" then value = { run = value } end
  if type(value) ~= "table" or type(value.run) ~= "function" then
    error(host.error { kind = "script", op = "script", message =
      ("step %s: a function, or a table with `run`, expected"):format(name) }, 0)
  end
  check_keys("step " .. name, value, STEP_KEYS)
  if value.retry then check_keys("step " .. name .. ", retry", value.retry, RETRY_KEYS) end
  return { name = name, run = value.run, when = value.when, retry = value.retry,
    timeout = value.timeout }
end

---Loads a workflow and all its steps; raises an Error of kind "script" before anything is touched.
---@param loader table
---@param name string
function M.load(loader, name)
  local definition = loader:load(name, "full")
  if getmetatable(definition) ~= M then
    error(host.error { kind = "script", op = "script",
      message = ("%s.lua does not return workflow { … }"):format(name) }, 0)
  end
  local steps, seen = {}, {}
  for i, entry in ipairs(definition.steps) do
    local step_name = type(entry) == "table" and entry.name or entry
    if type(step_name) ~= "string" then
      error(host.error { kind = "script", op = "script",
        message = ("%s.lua: step %d has no name"):format(name, i) }, 0)
    end
    if seen[step_name] then
      error(host.error { kind = "script", op = "script",
        message = ("%s.lua: step %s stands there twice"):format(name, step_name) }, 0)
    end
    seen[step_name] = true
    steps[i] = normalise(step_name, type(entry) == "table" and entry
      or loader:load("steps/" .. step_name, "full"))
  end
  return { name = definition.name, folder = definition.folder, order = definition.order,
    steps = steps, accept = M.rules(definition.accept) }
end

---`accept` is a function, or a table with the hooks of a filters script.
function M.rules(accept)
  if type(accept) == "function" then return { accept = accept } end
  if type(accept) == "table" and type(accept.accept) == "function" then return accept end
  if accept == nil then return { accept = function() return true end } end
  error(host.error { kind = "script", op = "script",
    message = "accept: a function, or a table with the function accept, expected" }, 0)
end

return M
