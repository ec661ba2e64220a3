-- item.lua - one medium on its way: the facts known of it, what its steps returned, its notes.
-- Scripts see a table that reads like one, with a few methods, and cannot be written to: what a
-- step wants to hand on it returns. What the program keeps with an item stays hidden.
local M = {}

-- Names with a fixed meaning: a step that returned one of them would break the promise behind it.
local FIXED = {}
for name in ("name stem ext path format kind size mtime width height orientation duration meta "
  .. "sha256 account sidecar note remember temp turn"):gmatch("%S+") do
  FIXED[name] = true
end

local hidden = setmetatable({}, { __mode = "k" })
local methods = {}

---What the program keeps with an item: { app, flow, id, step, notes, results, place, turn, … }.
---@param item table
---@return table
function M.context(item)
  return hidden[item] or error("an item expected: the argument of the step", 2)
end

---A durable note inside a step: on disk before it returns, there again when the step is entered
---again (`item.note`).
---@param fields table<string, any>
function methods.remember(item, fields)
  local context = M.context(item)
  if type(fields) ~= "table" then error("remember: a table of fields expected", 2) end
  local note = {}
  for key, value in pairs(context.notes[context.step] or {}) do note[key] = value end
  for key, value in pairs(fields) do note[key] = value end
  assert(context.app.journal:put_note(context.id, context.step, note))
  context.notes[context.step] = note
end

---The name of an item's own folder for intermediate files. By what the item is, not by its number:
---a journal made anew counts from 1 again.
function M.work_name(workflow, account, sha256)
  return host.digest(table.concat({ workflow, account or "", sha256 }, "\0")):sub(1, 24)
end

local function private_folder(item)
  local context = M.context(item)
  local name = M.work_name(context.flow.name, item.account, item.sha256)
  return context.app.work_folder .. "/" .. name
end

---A private path for an intermediate file; it is removed when the item is done. Waits.
---@param extension? string with its dot
---@return string
function methods.temp(item, extension)
  local folder = private_folder(item)
  assert(host.mkdir(folder, { mode = tonumber("700", 8) }))
  return ("%s/%s%s"):format(folder, host.random(4), tostring(extension or ""):gsub("[^%w.]", ""))
end

---Removes every intermediate file of an item that is done.
function M.discard(item)
  return host.remove(private_folder(item), { recursive = true })
end

---SQL that goes into the same transaction as the record of the step that runs now.
---@param statement table
function M.also(item, statement)
  local context = M.context(item)
  context.statements = context.statements or {}
  table.insert(context.statements, statement)
end

---Waits until it is this item's turn on the feed of its account. Closing the result, or the end of
---the step, passes the turn on.
---@return table turn to be held in a `local turn <close>`
function methods.turn(item)
  local context = M.context(item)
  if not context.turn or context.turn.released then
    context.turn = context.app.turns:take(context.place, item)
  end
  return context.turn
end

---What the end of a step does with a turn that it kept.
function M.end_turn(item)
  local context = M.context(item)
  if context.turn then context.turn.release() end
  context.turn = nil
end

local function index(item, key)
  if methods[key] then return methods[key] end
  local context = hidden[item]
  local fixed = context.fields[key]
  if fixed ~= nil then return fixed end
  if key == "note" then return context.notes[context.step] or {} end
  local result = context.results[key]
  if result ~= nil then return result end
  if key == "file" then return context.fields.path end
  -- The address is computed when it is used, so that a mended PUBLIC_BASE_URL heals the item.
  if key == "url" and context.results.remote then
    return context.app.uploader:url(context.results.remote)
  end
  return nil
end

local function refuse(_, key)
  error(("item.%s cannot be set: a step returns what it wants to hand on"):format(tostring(key)), 2)
end

-- For a script that looks at everything: the facts, then what the steps returned.
local function all(item)
  local context, everything = hidden[item], {}
  for key, value in pairs(context.results) do everything[key] = value end
  for key, value in pairs(context.fields) do everything[key] = value end
  return next, everything, nil
end

---@param fields table the fixed fields
---@param context table
function M.new(fields, context)
  local item = {}
  context.fields = fields
  hidden[item] = context
  return setmetatable(item, { __index = index, __newindex = refuse, __pairs = all, __name = "item",
    __metatable = "item" })
end

---Whether an item may take over what a step returned: true, or nil and an Error.
---@return true|nil, Error?
function M.check(step, result)
  if type(result) ~= "table" then
    return nil, host.error { kind = "script", op = "step",
      message = ("step %s returned a %s: a table of results, or nothing, is expected")
        :format(step, type(result)) }
  end
  for key in pairs(result) do
    if type(key) ~= "string" or FIXED[key] then
      local text = "step %s returned '%s', a name with a fixed meaning"
      return nil, host.error { kind = "script", op = "step",
        message = text:format(step, tostring(key)) }
    end
  end
  return true
end

---Takes over what a step returned. Nil and an Error when it may not.
---@return true|nil, Error?
function M.merge(item, step, result)
  local fine, err = M.check(step, result)
  if not fine then return nil, err end
  local results = M.context(item).results
  for key, value in pairs(result) do results[key] = value end
  return true
end

return M
