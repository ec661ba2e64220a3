-- json.lua - the one wrapper of lua-cjson, which by itself writes an empty list as {}, turns 4 into
-- 4.0, rounds integers over 14 digits and lets invalid UTF-8 through. Nothing else may require it.
--
--  * Lists are tables with a metatable (`json.list`), so that an empty one stays [].
--  * Whole numbers are integers. Integers of more than 14 digits are ids: they become strings.
--  * Output is deterministic: keys in bytewise order, or in the order that the caller gives.
local cjson = require "cjson"

local M = {}

-- Deeper than any honest answer, shallow enough for the C stack of both directions.
local MAX_DEPTH = 100
local REPLACEMENT = "\u{FFFD}"
-- Stands for [] while cjson decodes: input is valid UTF-8 by then, so no string can be equal to it.
local EMPTY_MARK = "\xFF"

local decoder = cjson.new()
decoder.decode_invalid_numbers(false)
decoder.decode_max_depth(MAX_DEPTH)

---@type lightuserdata JSON null, both ways; nil in a Lua table means "absent"
M.null = cjson.null

local list_meta = { __name = "json.list" }
local ordered_meta = { __name = "json.ordered" }

---Marks a table as a list, so that it is written with brackets even when empty.
---@generic T : table
---@param values? T
---@return T
function M.list(values)
  return setmetatable(values or {}, list_meta)
end

---@param value any
---@return boolean
function M.is_list(value)
  return type(value) == "table" and getmetatable(value) == list_meta
end

---An object whose members are written in this order: `json.ordered{ {"a", 1}, {"b", nil} }`. A
---member that is named but has no value is written as null.
---@param pairs_ table[]
---@return table
function M.ordered(pairs_)
  return setmetatable(pairs_, ordered_meta)
end

---The text with every byte that is not part of valid UTF-8 replaced by U+FFFD.
---@param text string
---@return string
function M.repair(text)
  if utf8.len(text) then return text end
  local parts, from = {}, 1
  while true do
    local length, bad = utf8.len(text, from)
    if length then break end
    parts[#parts + 1] = text:sub(from, bad - 1)
    parts[#parts + 1] = REPLACEMENT
    from = bad + 1
  end
  parts[#parts + 1] = text:sub(from)
  return table.concat(parts)
end

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

-- Encoding -------------------------------------------------------------------------------------

local ESCAPES = {
  ['"'] = '\\"', ["\\"] = "\\\\", ["\b"] = "\\b", ["\f"] = "\\f",
  ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t",
}

local function escape(char)
  return ESCAPES[char] or ("\\u%04x"):format(char:byte())
end

local function encode_string(text)
  return '"' .. M.repair(text):gsub('[%c"\\]', escape) .. '"'
end

local function encode_number(value)
  if value ~= value or value == math.huge or value == -math.huge then
    error("json: NaN and infinity cannot be written", 0)
  end
  local whole = math.tointeger(value)
  if whole then return ("%d"):format(whole) end
  for digits = 15, 17 do
    local text = ("%." .. digits .. "g"):format(value)
    if tonumber(text) == value then return text end
  end
end

-- The number of elements if `value` has the keys 1..n and no other, else nil.
local function sequence_length(value)
  local count = 0
  for key in pairs(value) do
    if math.type(key) ~= "integer" then return nil end
    count = count + 1
  end
  return count == #value and count or nil
end

-- Keys that stand in `rank` come first, in its order; the rest follows bytewise.
local function sorted_keys(value, rank)
  local keys = {}
  for key in pairs(value) do
    if type(key) ~= "string" then
      error(("json: a table mixes the key %s with names"):format(tostring(key)), 0)
    end
    keys[#keys + 1] = key
  end
  table.sort(keys, function(a, b)
    local rank_a, rank_b = rank[a], rank[b]
    if rank_a and rank_b then return rank_a < rank_b end
    if rank_a or rank_b then return rank_a ~= nil end
    return a < b
  end)
  return keys
end

-- Texts are gathered and handed on a good many at a time, so that a large value never stands in
-- memory as one text unless somebody wants it.
local PIECES = 1024

local function hand_on(writer)
  writer.sink(table.concat(writer.pieces, "", 1, writer.count))
  writer.count = 0
end

local function emit(writer, text)
  local count = writer.count + 1
  writer.pieces[count], writer.count = text, count
  if count == PIECES then hand_on(writer) end
end

local function new_line(writer)
  if writer.indent then emit(writer, "\n" .. writer.indent:rep(writer.depth)) end
end

local emit_value

-- What stands before one element: a comma but for the first, and its line.
local function emit_start(writer, index)
  if index > 1 then emit(writer, ",") end
  new_line(writer)
end

local function emit_member(writer, index, key, value)
  emit_start(writer, index)
  emit(writer, encode_string(key))
  emit(writer, writer.indent and ": " or ":")
  emit_value(writer, value, key)
end

local function emit_list(writer, value, length)
  for i = 1, length do
    emit_start(writer, i)
    emit_value(writer, value[i], i)
  end
  return length
end

local function emit_ordered(writer, value)
  for i, pair in ipairs(value) do
    local content = pair[2]
    if content == nil then content = M.null end
    emit_member(writer, i, pair[1], content)
  end
  return #value
end

local function emit_object(writer, value)
  local keys = sorted_keys(value, writer.rank)
  for i, key in ipairs(keys) do emit_member(writer, i, key, value[key]) end
  return #keys
end

local function emit_table(writer, value)
  if writer.depth >= MAX_DEPTH then error("json: nested too deeply, or a table holds itself", 0) end
  local ordered = getmetatable(value) == ordered_meta
  local length = not ordered
    and (M.is_list(value) and #value or next(value) ~= nil and sequence_length(value))
  emit(writer, length and "[" or "{")
  writer.depth = writer.depth + 1
  local count = length and emit_list(writer, value, length)
    or ordered and emit_ordered(writer, value) or emit_object(writer, value)
  writer.depth = writer.depth - 1
  if count > 0 then new_line(writer) end
  emit(writer, length and "]" or "}")
end

function emit_value(writer, value, key)
  local kind = type(value)
  if value == nil or value == M.null then return emit(writer, "null") end
  if kind == "string" then return emit(writer, encode_string(value)) end
  if kind == "number" then return emit(writer, encode_number(value)) end
  if kind == "boolean" then return emit(writer, tostring(value)) end
  if kind == "table" then return emit_table(writer, value) end
  error(("json: a %s (at %s) cannot be written"):format(kind, tostring(key)), 0)
end

local OPTIONS = { indent = true, order = true, sorted = true }

---@class JsonOptions
---@field indent? string|integer a text, or a number of spaces
---@field order? string[] names that come first in every object, in this order
---@field sorted? true says aloud what is always so

---Hands the JSON text of a value to `sink`, a piece at a time; otherwise as `encode`.
---@param sink fun(text: string)
---@param value any
---@param options? JsonOptions
function M.write(sink, value, options)
  local writer = { sink = sink, pieces = {}, count = 0, depth = 0, rank = {} }
  for key, option in pairs(options or {}) do
    if not OPTIONS[key] then error(("unknown option '%s'"):format(tostring(key)), 2) end
    if key == "indent" then
      writer.indent = type(option) == "number" and (" "):rep(option) or option
    elseif key == "order" then
      for i, name in ipairs(option) do writer.rank[name] = i end
    end
  end
  emit_value(writer, value, "the top")
  hand_on(writer)
end

---The JSON text of a value, always the same for the same value. A table with the keys 1..n is a
---list, any other an object; an empty one is {} unless it came from `json.list` or `decode`.
---Raises for what JSON cannot hold: functions, NaN, infinity, mixed keys, cycles.
---@param value any
---@param options? JsonOptions
---@return string
function M.encode(value, options)
  local texts = {}
  M.write(function(text) texts[#texts + 1] = text end, value, options)
  return texts[2] and table.concat(texts) or texts[1]
end

return M
