local lu = require "luaunit"
local remote_name = require "remote_name"

local T = {}

local HASH = ("0123456789abcdef"):rep(4)

local function name(text, extension)
  local result = remote_name.of(text, HASH, extension)
  lu.assertTrue(result:find("^[%w_][%w._-]*$") ~= nil, text .. " -> " .. result)
  lu.assertTrue(#result <= 120, result)
  return result
end

function T:test_plain_names_stay_readable()
  lu.assertEquals(name("Sunset_1.webp", ".jpg"), "Sunset_1-0123456789ab.jpg")
  lu.assertEquals(name("a.b.MP4"), "a.b-0123456789ab.mp4")
  lu.assertEquals(name("noext"), "noext-0123456789ab")
end

function T:test_accents_become_plain_letters()
  lu.assertEquals(name("Été à la plage.jpg"), "Ete-a-la-plage-0123456789ab.jpg")
  lu.assertEquals(name("Gießen Œuvre Łódź Ñandú.jpg"), "Giessen-Oeuvre-Lodz-Nandu-0123456789ab.jpg")
  lu.assertEquals(name("e\u{301}te\u{301}.jpg"), "ete-0123456789ab.jpg")
  lu.assertEquals(name("ÀÇÉÎÕÜŸŠŽ.jpg"), "ACEIOUYSZ-0123456789ab.jpg")
end

function T:test_nasty_names_become_harmless()
  lu.assertEquals(name("-rf.jpg"), "rf-0123456789ab.jpg")
  lu.assertEquals(name(".hidden.jpg"), "hidden-0123456789ab.jpg")
  lu.assertEquals(name("../../etc/passwd"), "etc-passwd-0123456789ab")
  lu.assertEquals(name("a\r\nDELE b.jpg"), "a-DELE-b-0123456789ab.jpg")
  lu.assertEquals(name("100% #1?\"'.jpg"), "100-1-0123456789ab.jpg")
  lu.assertEquals(name("日本.jpg"), "media-0123456789ab.jpg")
  lu.assertEquals(name("caf\xE9.jpg"), "caf-0123456789ab.jpg")
  lu.assertEquals(name("...", ".jpg"), "media-0123456789ab.jpg")
  lu.assertEquals(name("a.j p\ng", ".jpg"), "a.j-p-g-0123456789ab.jpg")
end

function T:test_long_names_are_cut_before_the_hash()
  local result = name(("x"):rep(251) .. ".webp", ".jpg")
  lu.assertEquals(#result, 120)
  lu.assertStrContains(result, "-0123456789ab.jpg")
  name(("é"):rep(127))
end

function T:test_a_wrong_hash_is_a_mistake()
  lu.assertError(remote_name.of, "a.jpg", "xyz")
  lu.assertError(remote_name.of, "a.jpg", "abc")
end

return T
