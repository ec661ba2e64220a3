-- wording.lua - the host's own words in the language of the reader.
--
-- The host (C, libuv, SQLite) speaks English and knows no language; its messages are built of
-- phrases with ": " between them and a detail in brackets behind. Each phrase is looked up in a
-- list by its English text, as gettext does; what stands in no list (names, paths, the words of a
-- server) is left as it is.
local i18n = require "i18n"

local M = {}

local LISTS = { fr = "i18n.fr_host" }
local MOST_PARTS = 6

local function pattern_of(english)
  local escaped = english:gsub("[%^%$%(%)%%%.%[%]%*%+%-%?]", "%%%0")
  return "^" .. escaped:gsub("{}", "(.-)") .. "$"
end

-- Exact phrases by their text; those with holes as patterns, the longest first.
local function prepare(list)
  local exact, open = {}, {}
  for english, own in pairs(list) do
    if english:find("{}", 1, true) then
      open[#open + 1] = { length = #english, pattern = pattern_of(english), own = own }
    else
      exact[english] = own
    end
  end
  table.sort(open, function(a, b) return a.length > b.length end)
  return { exact = exact, open = open }
end

local prepared = {}

-- Read when the first message needs it: most commands say nothing of the kind.
local function known_in(language)
  if LISTS[language] and not prepared[language] then
    prepared[language] = prepare(require(LISTS[language]))
  end
  return prepared[language]
end

local translate

local function filled(known, phrase, captures, depth)
  return (phrase.own:gsub("{(%d)}", function(number)
    return translate(known, captures[tonumber(number)], depth)
  end))
end

-- The whole text as one phrase, or nil.
local function whole(known, text, depth)
  if known.exact[text] then return known.exact[text] end
  for _, phrase in ipairs(known.open) do
    local captures = { text:match(phrase.pattern) }
    if captures[1] then return filled(known, phrase, captures, depth) end
  end
end

function translate(known, text, depth)
  if depth > MOST_PARTS then return text end
  local own = whole(known, text, depth + 1)
  if own then return own end
  local head, detail = text:match("^(.-)( %(.*%))$")
  own = head and translate(known, head, depth + 1)
  if own and own ~= head then return own .. detail end
  local before, after = text:match("^(.-): (.+)$")
  if not before then return text end
  local first, rest = whole(known, before, depth + 1), translate(known, after, depth + 1)
  if not first and rest == after then return text end
  return (first or before) .. (first and " : " or ": ") .. rest
end

---The message as far as its phrases are known in the language of `t`, or of the last `i18n.use`.
---@param message string
---@param t? Translator
---@return string
function M.of(message, t)
  local known = known_in((t or i18n.current()).language)
  return known and translate(known, message, 0) or message
end

return M
