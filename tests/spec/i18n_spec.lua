local i18n = require "i18n"
local lu = require "luaunit"

local T = {}

local en, fr = require "i18n.en", require "i18n.fr"

local function placeholders(text)
  local names, seen = {}, {}
  for name in text:gmatch("{([%w_]+)}") do
    if not seen[name] then names[#names + 1] = name end
    seen[name] = true
  end
  table.sort(names)
  return table.concat(names, " ")
end

local function same_keys(a, b)
  for key, text in pairs(a) do
    lu.assertNotNil(b[key], key)
    lu.assertEquals(placeholders(text), placeholders(b[key]), key)
    lu.assertNotEquals(text, "", key)
    lu.assertNotNil(utf8.len(text), key)
  end
end

function T:test_both_languages_have_the_same_keys_and_placeholders()
  same_keys(en, fr)
  same_keys(fr, en)
  local more_en, more_fr = require "i18n.en_commands", require "i18n.fr_commands"
  same_keys(more_en, more_fr)
  same_keys(more_fr, more_en)
  for key in pairs(more_en) do lu.assertNil(en[key], key .. " stands in two catalogues") end
end

function T:test_french_log_lines_are_those_of_the_original()
  local t = i18n.get("fr")
  lu.assertEquals(t("log.scan", { dir = "/in" }), "Parcours du dossier: /in")
  lu.assertEquals(t("log.uploaded", { name = "a.webp" }), "Upload FTP réussi: a.webp")
  lu.assertEquals(t("log.published", { id = "17" }), "Publication Instagram réussie: 17")
  lu.assertEquals(
    t("log.archived", { name = "a.webp" }),
    "Fichier déplacé vers processed: a.webp"
  )
  lu.assertEquals(
    t("log.finished", { published = 3, processed = 4 }),
    "Publication terminée: 3/4 fichiers publiés"
  )
end

function T:test_a_value_is_inserted_as_it_is()
  local t = i18n.get("en")
  lu.assertEquals(t("log.scan", { dir = "100%1 {dir}" }), "Scanning the folder: 100%1 {dir}")
  lu.assertStrContains(t("log.scan"), "{dir}")
end

function T:test_an_unknown_key_is_shown_and_stops_nothing()
  lu.assertEquals(i18n.get("fr")("no.such.key"), "no.such.key")
  lu.assertFalse(i18n.get("fr").has("no.such.key"))
  lu.assertTrue(i18n.get("fr").has("log.scan"))
end

function T:test_the_surroundings_choose_the_language()
  lu.assertEquals(i18n.detect({}), "en")
  lu.assertEquals(i18n.detect({ LANG = "fr_FR.UTF-8" }), "fr")
  lu.assertEquals(i18n.detect({ LC_ALL = "C", LANG = "fr_FR.UTF-8" }), "en")
  lu.assertEquals(i18n.detect({ LC_ALL = "", LC_MESSAGES = "fr", LANG = "en" }), "fr")
  lu.assertEquals(i18n.detect({ LANG = "de_DE" }), "en")
end

function T:test_an_unknown_language_names_the_choices()
  local t, message = i18n.get("klingon")
  lu.assertNil(t)
  lu.assertStrContains(message, "en, fr")
  lu.assertStrContains(message, "klingon")
end

function T:test_use_changes_what_t_speaks()
  local before = i18n.t("error.io")
  lu.assertEquals(assert(i18n.use("fr")).language, "fr")
  lu.assertEquals(i18n.t("error.io"), fr["error.io"])
  i18n.use("en")
  lu.assertEquals(i18n.t("error.io"), en["error.io"])
  lu.assertTrue(before == en["error.io"] or before == fr["error.io"])
end

-- Every key that stands in the code as a literal must be in the catalogue.
local function check_file(path)
  local text = assert(host.read(path))
  for key in text:gmatch('%f[%w_]t%("([%w_.]+)"%s*[,)]') do
    lu.assertTrue(i18n.get("en").has(key), path .. ": " .. key)
  end
end

local function check_folder(folder)
  for _, name in ipairs(assert(host.list(folder))) do
    local path = folder .. "/" .. name
    if name:find("%.lua$") then
      check_file(path)
    elseif assert(host.stat(path)).type == "folder" then
      check_folder(path)
    end
  end
end

function T:test_no_module_uses_a_key_that_is_not_there()
  local root = host.info().root
  check_folder(root .. "/modules")
  if host.stat(root .. "/scripts") then check_folder(root .. "/scripts") end
end

return T
