-- caption.lua - Instagram's limits for a caption, and helpers to write one in captions.lua.
local errors = require "errors"
local i18n = require "i18n"
local json = require "json"
local letters = require "letters"

local M = {}

-- Documented by Meta; the unit of length is not, so both readings must hold.
M.limits = { length = 2200, hashtags = 30, mentions = 20 }

local HASH, WIDE_HASH, AT, AMPERSAND = 0x23, 0xFF03, 0x40, 0x26

local function codes_of(text)
  local codes = {}
  for _, code in utf8.codes(text) do codes[#codes + 1] = code end
  return codes
end

local function is_hash(code)
  return code == HASH or code == WIDE_HASH
end

-- Tags may touch ("#one#two"), but "a#b" and "&#39;" are none.
local function count_hashtags(codes)
  local count, in_tag, before = 0, false, nil
  for i, code in ipairs(codes) do
    local following = codes[i + 1]
    if is_hash(code) then
      local free = in_tag or not before or not (letters.is_word(before) or before == AMPERSAND)
      local named = following and letters.is_word(following) and not letters.is_joiner(following)
      in_tag = free and named or false
      if in_tag then count = count + 1 end
    elseif not letters.is_word(code) then
      in_tag = false
    end
    before = code
  end
  return count
end

-- Account names are ASCII; an address such as me@example.com is no mention.
local function count_mentions(codes)
  local count = 0
  for i, code in ipairs(codes) do
    local before, following = codes[i - 1], codes[i + 1]
    local named = following and following < 0x80 and letters.is_word(following)
    if code == AT and named and not (before and letters.is_word(before)) then count = count + 1 end
  end
  return count
end

---What a caption holds, as Instagram counts it. `length` is the larger of code points and UTF-16
---units.
---@param text string valid UTF-8
---@return { length: integer, hashtags: integer, mentions: integer }
function M.count(text)
  local codes = codes_of(text)
  local units = #codes
  for _, code in ipairs(codes) do
    if code > 0xFFFF then units = units + 1 end
  end
  return { length = units, hashtags = count_hashtags(codes), mentions = count_mentions(codes) }
end

local function refuse(kind, what, words)
  return nil, errors.new {
    kind = kind, op = "caption", code = what, retryable = false,
    message = i18n.t("caption." .. what, words),
    next_action = i18n.t(what == "encoding" and "action.caption.encoding" or "action.caption"),
  }
end

---Whether a caption may be sent. On success also what was counted.
---@param text string
---@return true|nil, table|Error err.code is "encoding", "length", "hashtags" or "mentions"
function M.check(text)
  if type(text) ~= "string" then error("caption: text expected, got " .. type(text), 2) end
  if not utf8.len(text) then return refuse("format", "encoding") end
  local found = M.count(text)
  for _, what in ipairs({ "length", "hashtags", "mentions" }) do
    if found[what] > M.limits[what] then
      return refuse("limit", what, { count = found[what], limit = M.limits[what] })
    end
  end
  return true, found
end

-- A date holds together: "2025-09-01" is one word, also when written with dots or underscores.
local DATE = "%f[%d](%d%d%d%d)([-_.])(%d%d)%2(%d%d)%f[%D]"
local JOIN = "\1"

---The words of a file name: it is split at spaces, "-", "_" and "."; dates stay whole.
---@param stem string
---@return string[]
function M.words(stem)
  local text = json.repair(stem):gsub("\u{FFFD}", " "):gsub("%c", " "):gsub("\u{A0}", " ")
  text = text:gsub(DATE, "%1" .. JOIN .. "%3" .. JOIN .. "%4")
  local words = {}
  for word in text:gmatch("[^%s_.-]+") do
    words[#words + 1] = (word:gsub(JOIN, "-"))
  end
  return words
end

---The text with its first letter as a capital, accents included.
---@param text string
---@return string
function M.capitalise(text)
  local first = text:match("^" .. utf8.charpattern)
  if not first or first == "" or not utf8.len(first) then return text end
  return letters.upper(first) .. text:sub(#first + 1)
end

---A file name as a title: its words, each with a capital.
---@param stem string
---@return string
function M.title(stem)
  local words = M.words(stem)
  for i, word in ipairs(words) do words[i] = M.capitalise(word) end
  return table.concat(words, " ")
end

---One line of hashtags: "#" is added, what cannot stand in a tag is left out, doubles too.
---@param list string[]
---@return string
function M.hashtags(list)
  local tags, seen = {}, {}
  for _, entry in ipairs(list) do
    local parts = {}
    for _, code in utf8.codes(json.repair(entry)) do
      if letters.is_word(code) then parts[#parts + 1] = utf8.char(code) end
    end
    local tag = table.concat(parts)
    if tag ~= "" and not seen[tag:lower()] then
      seen[tag:lower()] = true
      tags[#tags + 1] = "#" .. tag
    end
  end
  return table.concat(tags, " ")
end

return M
