-- item.lua - one medium on its way: the facts known of it, what its steps returned, its notes.
-- Scripts see a table with fields and a few methods; what the program keeps with it stays hidden.
local M = {}

-- Names with a fixed meaning: a step that returned one of them would break the promise behind it.
local FIXED = {}
for name in ("name stem ext path format kind size mtime width height sha256 account sidecar " ..
  "remember temp turn"):gmatch("%S+") do
  FIXED[name] = true
end

local hidden = setmetatable({}, { __mode = "k" })
local methods = {}

---What the program keeps with an item: { app, journal, id, step, notes, results, turn }.
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
  local note = context.notes[context.step] or {}
  for key, value in pairs(fields) do note[key] = value end
  context.notes[context.step] = note
  assert(context.app.journal:put_note(context.id, context.step, note))
end

---A private path for an intermediate file; it is removed when the item is done.
---@param extension string with its dot
---@return string
function methods.temp(item, extension)
  local context = M.context(item)
  local safe = tostring(extension or ""):gsub("[^%w.]", "")
  return ("%s/%s-%s%s"):format(context.app.work_folder, item.sha256:sub(1, 16),
    host.random(4), safe)
end

---Waits until it is this item's turn on the feed of its account. Closing the result, or the end of
---the step, passes the turn on.
---@return table turn to be held in a `local turn <close>`
function methods.turn(item)
  local context = M.context(item)
  if not context.turn then
    context.turn = context.app.turns:take(context.place, item)
  end
  return context.turn
end

local function index(item, key)
  if methods[key] then return methods[key] end
  local context = hidden[item]
  if key == "note" then return context.notes[context.step] or {} end
  local result = context.results[key]
  if result ~= nil then return result end
  if key == "file" then return rawget(item, "path") end
  -- The address is computed when it is used, so that a mended PUBLIC_BASE_URL heals the item.
  if key == "url" and context.results.remote then
    return context.app.uploader:url(context.results.remote)
  end
  return nil
end

---@param fields table the fixed fields
---@param context table
function M.new(fields, context)
  local item = {}
  for key, value in pairs(fields) do item[key] = value end
  hidden[item] = context
  return setmetatable(item, { __index = index, __name = "item" })
end

---Takes over what a step returned. Nil and an Error when it may not.
function M.merge(item, step, result)
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
  local results = M.context(item).results
  for key, value in pairs(result) do results[key] = value end
  return true
end

return M
