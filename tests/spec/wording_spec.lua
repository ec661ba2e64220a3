-- The host's own words in French: how a message is taken apart, and that no phrase of the sources
-- is forgotten.
local i18n = require "i18n"
local lu = require "luaunit"
local wording = require "wording"

local T = {}

local phrases = require "i18n.fr_host"

function T.setUp() i18n.use "fr" end
function T.tearDown() i18n.use "en" end

function T.test_whole_phrases_holes_and_parts()
  local cases = {
    ["the file is empty (0 bytes)"] = "le fichier est vide (0 octet)",
    ["a: b.jpg: the file is cut short"] = "a: b.jpg: le fichier est incomplet",
    ["x.webp: the WebP file is cut short: 2 of 16 bytes"] =
      "x.webp: le fichier WebP est incomplet : 2 octets sur 16",
    ["copy: no space left on device: /a: b/c.jpg"] = "copie : le disque est plein : /a: b/c.jpg",
    ["looking at the final name: the server took too long (after 15 ms (or so))"] =
      "vérification du nom sur le serveur : le serveur a mis trop de temps (after 15 ms (or so))",
    ["/j.db: database or disk is full: nothing more is written there until it is opened anew"] =
      "/j.db: le disque est plein : plus rien n'y est écrit jusqu'à sa réouverture",
  }
  for english, french in pairs(cases) do lu.assertEquals(wording.of(english), french) end
end

function T.test_what_is_not_ours_stays_as_it_is()
  for _, text in ipairs({ "", ": ", "530 Sorry (really)", "le fichier : rien", "a: b: c: d" }) do
    lu.assertEquals(wording.of(text), text)
  end
  i18n.use "en"
  lu.assertEquals(wording.of("the file is cut short"), "the file is cut short")
end

-- The literal at the head of a C argument list, adjacent ones joined, as the list writes it.
local function literal_of(code)
  local text = ""
  local part, rest = code:match('^%s*"([^"]*)"(.*)$')
  while part do
    text = text .. part
    -- A macro between two literals is a text as well.
    local after = rest:match('^%s+[%u_]+(%s*".*)$')
    if after then text, rest = text .. "{}", after end
    part, rest = rest:match('^%s*"([^"]*)"(.*)$')
  end
  return (text:gsub("%%%.?%*?[%d%.]*[lz]*%a", "{}"))
end

local function source(path) return assert(host.read(host.info().root .. "/host/" .. path)) end

local function assert_known(text, where)
  if text:find("%a%a%a") then lu.assertNotNil(phrases[text], where .. ": " .. text) end
end

function T.test_the_words_of_the_decoders_are_known()
  local count = 0
  for _, name in ipairs(host.list(host.info().root .. "/host/codec")) do
    if name:find("%.c$") then
      for call in source("codec/" .. name):gmatch("%f[%w]report%([^;]-CODEC_[A-Z]+,([^;]*);") do
        count = count + 1
        assert_known(literal_of(call), name)
      end
    end
  end
  lu.assertTrue(count > 30, count)
end

function T.test_the_words_of_transfers_and_files_are_known()
  local count = 0
  for row in source("upload_error.c"):gmatch("\n    {([^\n{}]+\n?[^\n{}]*)},") do
    local text = row:match('"([^"]*)"%s*$')
    if text then
      count = count + 1
      assert_known(text, "upload_error.c")
    end
  end
  lu.assertTrue(count > 40, count)
  for text in source("ftp_link.c"):gmatch('%[?%]? =%s+"(the FTP [^"]+)"') do
    assert_known(text, "ftp_link.c")
  end
  for text in source("file_work.c"):gmatch('return "(%l[^"]+)";') do
    assert_known(text, "file_work.c")
  end
end

return T
