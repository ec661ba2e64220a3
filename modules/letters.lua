-- letters.lua - the little of Unicode that names and captions need: capitals, plain ASCII forms,
-- and what may be part of a word. Latin, Greek and Cyrillic; other scripts have no capitals.
local M = {}

-- Letters without a mark of their own in Unicode's decompositions, or with a two-letter form.
local SPECIAL = {
  ["ß"] = "ss", ["æ"] = "ae", ["œ"] = "oe", ["ø"] = "o", ["đ"] = "d", ["ð"] = "d", ["þ"] = "th",
  ["ł"] = "l", ["ı"] = "i", ["ħ"] = "h", ["ŋ"] = "n", ["ŧ"] = "t", ["ĸ"] = "k", ["ŉ"] = "n",
  ["ĳ"] = "ij", ["ſ"] = "s",
}

local MARKED = {
  a = "àáâãäåāăą", c = "çćĉċč", d = "ď", e = "èéêëēĕėęě", g = "ĝğġģ", h = "ĥ", i = "ìíîïĩīĭį",
  j = "ĵ", k = "ķ", l = "ĺļľŀ", n = "ñńņň", o = "òóôõöōŏő", r = "ŕŗř", s = "śŝşšș", t = "ţťț",
  u = "ùúûüũūŭůűų", w = "ŵ", y = "ýÿŷ", z = "źżž",
}

-- Where capitals are the code point before, within these ranges, counted from the first capital.
local PAIRED = {
  { 0x0100, 0x0137 }, { 0x0139, 0x0148 }, { 0x014A, 0x0177 }, { 0x0179, 0x017E },
  { 0x0218, 0x021B }, { 0x0460, 0x0481 }, { 0x048A, 0x04BF }, { 0x04D0, 0x052F },
  { 0x1E00, 0x1E95 }, { 0x1EA0, 0x1EFF },
}

-- first, last lower-case letter, and how far back the capital is.
local SHIFTED = {
  { 0x61, 0x7A, 32 }, { 0xE0, 0xF6, 32 }, { 0xF8, 0xFE, 32 }, { 0x03B1, 0x03C1, 32 },
  { 0x03C3, 0x03CB, 32 }, { 0x0430, 0x044F, 32 }, { 0x0450, 0x045F, 80 },
}

local ODD = { [0xFF] = 0x178, [0x3AC] = 0x386, [0x3AD] = 0x388, [0x3AE] = 0x389, [0x3AF] = 0x38A }

local function upper_code(code)
  if ODD[code] then return ODD[code] end
  for _, range in ipairs(SHIFTED) do
    if code >= range[1] and code <= range[2] then return code - range[3] end
  end
  for _, range in ipairs(PAIRED) do
    local is_lower = code > range[1] and code <= range[2] and (code - range[1]) % 2 == 1
    if is_lower and code ~= 0x131 then return code - 1 end
  end
  return code
end

---The capital form of one code point.
---@param char string
---@return string
function M.upper(char)
  if char == "ß" then return "SS" end
  return utf8.char(upper_code(utf8.codepoint(char)))
end

-- Built once, at the first need: both cases of every letter above.
local plain

local function plain_forms()
  plain = {}
  local function add(char, form)
    plain[char] = form
    local capital = M.upper(char)
    if capital ~= char then plain[capital] = form:sub(1, 1):upper() .. form:sub(2) end
  end
  for char, form in pairs(SPECIAL) do add(char, form) end
  plain["SS"], plain["İ"], plain["ẞ"] = nil, "I", "Ss"
  for form, chars in pairs(MARKED) do
    for _, code in utf8.codes(chars) do add(utf8.char(code), form) end
  end
  -- Marks that stand apart, as file systems of another make write them: e + U+0301.
  for code = 0x300, 0x36F do plain[utf8.char(code)] = "" end
  return plain
end

---The text with Latin letters in their plain form: "Été à Gießen" is "Ete a Giessen". What has
---none stays as it is.
---@param text string valid UTF-8
---@return string
function M.ascii(text)
  return (text:gsub("[\xC2-\xF4][\x80-\xBF]+", plain or plain_forms()))
end

-- Spaces, punctuation and symbols beyond ASCII; everything else up there is part of words, emoji
-- included, since Instagram takes them in hashtags.
local BREAKS = {
  { 0x80, 0xA9 }, { 0xAB, 0xB4 }, { 0xB6, 0xB9 }, { 0xBB, 0xBF }, { 0xD7, 0xD7 }, { 0xF7, 0xF7 },
  { 0x2000, 0x200C }, { 0x200E, 0x206F }, { 0x20A0, 0x20CF }, { 0x2190, 0x22FF },
  { 0x3000, 0x3004 }, { 0x3008, 0x3020 }, { 0x3030, 0x3030 }, { 0xFE10, 0xFE1F },
  { 0xFE30, 0xFE6F }, { 0xFEFF, 0xFEFF }, { 0xFF01, 0xFF0F }, { 0xFF1A, 0xFF20 },
  { 0xFF3B, 0xFF3E }, { 0xFF40, 0xFF40 }, { 0xFF5B, 0xFF65 }, { 0xFFF0, 0xFFFF },
}

---Whether a code point can be part of a word or hashtag.
---@param code integer
---@return boolean
function M.is_word(code)
  if code < 0x80 then return string.char(code):find("^[%w_]$") ~= nil end
  for _, range in ipairs(BREAKS) do
    if code >= range[1] and code <= range[2] then return false end
  end
  return true
end

-- Joiners and variation selectors: within a word they are part of it, none begins with them.
---@param code integer
---@return boolean
function M.is_joiner(code)
  return code == 0x200D or code == 0x20E3 or code >= 0xFE00 and code <= 0xFE0F
    or code >= 0x300 and code <= 0x36F
end

return M
