-- workflow.lua - what a workflow script declares, checked, and its steps loaded.
-- `workflow { name=, folder=, accept=, order=, steps={ "name" or { name=, run= }, … } }`
--
-- The checks are made on loading and not in the call: `return workflow { … }` is a tail call, so
-- the call does not know its file any more; the loader does.
local M = {}

local KEYS = { name = "string", folder = "string", accept = true, order = "string",
  steps = "table" }
local STEP_KEYS = { name = "string", run = "function", when = "function", retry = "table",
  timeout = "number" }
local RETRY_KEYS = { attempts = "number", first = "number", factor = "number", max = "number" }
local ORDERS = { name = true, age = true }

local Definition = {}

---The function that scripts call.
---@param fields table
---@return table
function M.define(fields)
  if type(fields) ~= "table" then error("workflow: a table expected", 2) end
  local definition = {}
  for key, value in pairs(fields) do definition[key] = value end
  return setmetatable(definition, Definition)
end

local function refuse(where, text, ...)
  error(host.error { kind = "script", op = "script", path = where.path,
    message = ("%s: %s"):format(where.name, text:format(...)) }, 0)
end

local function check_keys(where, value, keys)
  for key, content in pairs(value) do
    local wanted = keys[key]
    if not wanted then refuse(where, "unknown field '%s'", tostring(key)) end
    if wanted ~= true and type(content) ~= wanted then
      refuse(where, "'%s' must be a %s, not a %s", key, wanted, type(content))
    end
    if wanted == "number" and not (content > 0 and content < math.huge) then
      refuse(where, "'%s' must be more than 0", key)
    end
  end
end

local function check_definition(where, definition)
  if getmetatable(definition) ~= Definition then
    refuse(where, "it does not return workflow { … }")
  end
  check_keys(where, definition, KEYS)
  if not definition.name then refuse(where, "it needs a name") end
  if type(definition.steps) ~= "table" or #definition.steps == 0 then
    refuse(where, "it needs steps, a list of names")
  end
  if definition.order and not ORDERS[definition.order] then
    refuse(where, "order is \"name\" or \"age\", not %q", definition.order)
  end
end

-- A step is a function, or a table with `run`.
local function normalise(where, name, value)
  if type(value) == "function" then value = { run = value } end
  if type(value) ~= "table" or type(value.run) ~= "function" then
    refuse(where, "step %s: a function, or a table with `run`, expected", name)
  end
  local here = { name = ("%s: step %s"):format(where.name, name), path = where.path }
  check_keys(here, value, STEP_KEYS)
  if value.retry then
    check_keys({ name = here.name .. ", retry", path = where.path }, value.retry, RETRY_KEYS)
  end
  return { name = name, run = value.run, when = value.when, retry = value.retry,
    timeout = value.timeout }
end

local function load_step(loader, name)
  local script = "steps/" .. name
  local value = loader:load(script, "full")
  return normalise({ name = script .. ".lua", path = select(2, loader:find(script)) }, name, value)
end

-- What these two work on is moved away by the step "archive".
local function check_order(where, steps)
  local archived = false
  for _, step in ipairs(steps) do
    if archived and (step.name == "prepare" or step.name == "upload") then
      refuse(where, "%s needs the file that archive moves away: put %s before archive", step.name,
        step.name)
    end
    archived = archived or step.name == "archive"
  end
end

local function load_steps(loader, where, list)
  local steps, seen = {}, {}
  for i, entry in ipairs(list) do
    local inline = type(entry) == "table"
    local name = entry
    if inline then name = entry.name end
    if type(name) ~= "string" then refuse(where, "step %d has no name", i) end
    if seen[name] then refuse(where, "step %s stands there twice", name) end
    seen[name] = true
    steps[i] = inline and normalise(where, name, entry) or load_step(loader, name)
  end
  check_order(where, steps)
  return steps
end

-- `accept` is a function, or a table with the hooks of a filters script.
local function rules(where, accept)
  if accept == nil then return { accept = function() return true end } end
  if type(accept) == "function" then return { accept = accept } end
  if type(accept) ~= "table" or type(accept.accept) ~= "function" then
    refuse(where, "accept: a function, or a table with the function accept, expected")
  end
  check_keys({ name = where.name .. ": accept", path = where.path }, accept,
    { accept = "function", on_duplicate = "function" })
  return accept
end

---Loads a workflow and all its steps; raises an Error of kind "script" before anything is touched.
---@param loader table
---@param name string
function M.load(loader, name)
  local definition = loader:load(name, "full")
  local where = { name = name .. ".lua", path = select(2, loader:find(name)) }
  check_definition(where, definition)
  return { name = definition.name, folder = definition.folder, order = definition.order or "name",
    steps = load_steps(loader, where, definition.steps),
    accept = rules(where, definition.accept) }
end

return M
