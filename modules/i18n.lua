-- i18n.lua - texts for people, by key, in the language of their choice.
-- A catalogue is a plain table of texts with {placeholders}; icons stand with the call, not here.
-- Each comes in three files: the daily work, the commands with which a person looks and decides,
-- and what is said of pictures and videos.
local M = {}

---@type string[]
M.languages = { "en", "fr" }

local PARTS = { "", "_commands", "_media" }

-- Read when a text is asked for: many a command says nothing, and none says it in two languages.
local catalogues = setmetatable({}, { __index = function(all, language)
  local texts = {}
  for _, part in ipairs(PARTS) do
    for key, text in pairs(require("i18n." .. language .. part)) do texts[key] = text end
  end
  all[language] = texts
  return texts
end })

local FALLBACK = "en"

---@class Translator
---@field language string
---@field has fun(key: string): boolean
---@operator call(string): string

local function translate(language, key, values)
  -- A forgotten text must not fail a file whose post is already live: the key is shown instead.
  local text = catalogues[language][key] or catalogues[FALLBACK][key] or key
  return (text:gsub("{([%w_]+)}", function(name)
    local value = values and values[name]
    if value ~= nil then return tostring(value) end
  end))
end

local translators = {}
for _, language in ipairs(M.languages) do
  translators[language] = setmetatable({
    language = language,
    has = function(key) return catalogues[language][key] ~= nil end,
  }, {
    __call = function(_, key, values) return translate(language, key, values) end,
  })
end

local current = translators[FALLBACK]

---The language of a locale name such as "fr_FR.UTF-8", or nil when there are no texts for it.
---@param locale string|nil
---@return string|nil
local function language_of(locale)
  local name = (locale or ""):lower():match("^%a+")
  return translators[name] and name or nil
end

---The language that the surroundings ask for: the first of LC_ALL, LC_MESSAGES and LANG that is
---set decides, else "en".
---@param environment table<string,string>
---@return string
function M.detect(environment)
  for _, name in ipairs({ "LC_ALL", "LC_MESSAGES", "LANG" }) do
    local value = environment[name]
    if value and value ~= "" then return language_of(value) or FALLBACK end
  end
  return FALLBACK
end

---The translator of a language: `t("log.scan", { dir = "in" })`, `t.has(key)`, `t.language`. For an
---unknown name nil, and a message that lists the choices.
---@param name string "fr", "en", or a locale such as "fr_FR.UTF-8"
---@return Translator|nil, string?
function M.get(name)
  local language = language_of(name)
  if language then return translators[language] end
  local choices = table.concat(M.languages, ", ")
  local words = { key = "AFFICHE_LANG", value = tostring(name), choices = choices }
  return nil, current("config.choice", words)
end

---As `get`, and `i18n.t` speaks this language from now on. Without a name: what the process
---environment asks for (AFFICHE_LANG, LC_ALL, LC_MESSAGES, LANG).
---@param name? string
---@return Translator|nil, string?
function M.use(name)
  if not name then
    local environment = host.env()
    local wanted = environment.AFFICHE_LANG
    name = wanted and wanted ~= "" and wanted or M.detect(environment)
  end
  local translator, message = M.get(name)
  if not translator then return nil, message end
  current = translator
  return translator
end

---The translator of the last `use`.
---@return Translator
function M.current()
  return current
end

---Translates in the language of the last `use`, for modules that are handed no translator.
---@param key string
---@param values? table<string, any>
---@return string
function M.t(key, values)
  return current(key, values)
end

return M
