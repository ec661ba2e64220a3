-- json.lua - the one wrapper of lua-cjson, which by itself writes an empty list as {}, turns 4 into
-- 4.0, rounds integers over 14 digits and lets invalid UTF-8 through. Nothing else may require it,
-- but json_text.lua for its null.
--
--  * Lists are tables with a metatable (`json.list`), so that an empty one stays [].
--  * Whole numbers are integers. Integers of more than 14 digits are ids: they become strings.
--  * Output is deterministic: keys in bytewise order, or in the order that the caller gives.
local cjson = require "cjson"
local encoder = require "json_text"

local M = {}

-- Deeper than any honest answer, shallow enough for the C stack of both directions.
local MAX_DEPTH = 100
-- Stands for [] while cjson decodes: input is valid UTF-8 by then, so no string can be equal to it.
local EMPTY_MARK = "\xFF"

local decoder = cjson.new()
decoder.decode_invalid_numbers(false)
decoder.decode_max_depth(MAX_DEPTH)

-- Null, lists, objects in order, and the encoder: see json_text.lua.
for name, value in pairs(encoder) do M[name] = value end

-- Decoding -------------------------------------------------------------------------------------

local function quote_long_integer(token)
  if token:find("^%-?[1-9]%d+$") and #token:gsub("%-", "") > 14 then
    return '"' .. token .. '"'
  end
end

-- What stands between two strings: punctuation and numbers.
local function prepare_segment(segment)
  -- A number in the place of a key is an error, which quoting it would hide.
  if not segment:find("%d%s*:") then
    segment = segment:gsub("%-?%d[%d%.eE+%-]*", quote_long_integer)
  end
  return (segment:gsub("%[%s*%]", '["' .. EMPTY_MARK .. '"]'))
end

-- The position of the quote that closes the string opened at `open`, or nil.
local function string_end(text, open)
  local at = open + 1
  while true do
    local found = text:find('["\\]', at)
    if not found then return nil end
    if text:byte(found) == 34 then return found end
    at = found + 2
  end
end

-- Protects what cjson would lose: long integers and empty lists, outside strings only.
local function prepare(text)
  if not text:find(("%d"):rep(15)) and not text:find("%[%s*%]") then return text end
  local parts, from = {}, 1
  while true do
    local open = text:find('"', from, true)
    parts[#parts + 1] = prepare_segment(text:sub(from, open and open - 1))
    if not open then break end
    local close = string_end(text, open)
    if not close then return text end
    parts[#parts + 1] = text:sub(open, close)
    from = close + 1
  end
  return table.concat(parts)
end

-- Marks lists, makes whole numbers whole. Returns nil and a message for what JSON cannot hold.
local function finish(value)
  if math.type(value) == "float" then
    if value ~= value or value == math.huge or value == -math.huge then
      return nil, "a number is too large"
    end
    return math.tointeger(value) or value
  elseif type(value) ~= "table" then
    return value
  elseif value[1] == EMPTY_MARK then
    return M.list()
  end
  for key, member in pairs(value) do
    local kind = type(member)
    if kind == "number" or kind == "table" then
      local done, message = finish(member)
      if done == nil then return nil, message end
      value[key] = done
    end
  end
  return value[1] ~= nil and M.list(value) or value
end

---The value in a JSON text. Never raises for what the text holds.
---@param text string
---@return any|nil value `json.null` for null
---@return string? message when the text is no JSON
function M.decode(text)
  if type(text) ~= "string" then error("text: string expected, got " .. type(text), 2) end
  local ok, value = pcall(decoder.decode, prepare(M.repair(text)))
  if not ok then return nil, (tostring(value):gsub(EMPTY_MARK, "")) end
  return finish(value)
end

---As `decode`, but raises: for the `decode` option of host.graph_get and host.graph_post.
---@param text string
---@return any
function M.parse(text)
  local value, message = M.decode(text)
  if value == nil then error(message, 0) end
  return value
end

return M
