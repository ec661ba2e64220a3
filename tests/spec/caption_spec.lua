local caption = require "caption"
local lu = require "luaunit"

local T = {}

local function refused(text, code)
  local ok, err = caption.check(text)
  lu.assertNil(ok)
  lu.assertEquals(err.code, code)
  lu.assertFalse(err.retryable)
  lu.assertIsString(err.next_action)
  return err
end

function T:test_length_counts_both_ways()
  lu.assertTrue(caption.check(("é"):rep(2200)))
  refused(("é"):rep(2201), "length")
  lu.assertTrue(caption.check(("😀"):rep(1100)))
  local err = refused(("😀"):rep(1101), "length")
  lu.assertEquals(err.kind, "limit")
  lu.assertStrContains(err.message, "2202")
  lu.assertTrue(caption.check(""))
end

function T:test_hashtags_are_limited()
  lu.assertTrue(caption.check(("#a "):rep(30)))
  refused(("#a "):rep(31), "hashtags")
  refused(("#a"):rep(31), "hashtags")
end

function T:test_mentions_are_limited()
  lu.assertTrue(caption.check(("@a "):rep(20)))
  refused(("@a "):rep(21), "mentions")
end

function T:test_invalid_utf8_is_refused()
  lu.assertEquals(refused("caf\xE9", "encoding").kind, "format")
  lu.assertError(caption.check, nil)
end

function T:test_what_is_a_hashtag()
  local cases = {
    ["#été #日本 #_x #2020"] = 4, ["a#b # ## #! C# &#39;"] = 0, ["#one#two"] = 2,
    ["(#a) \n#b,#c"] = 3, ["＃wide"] = 1, ["#\u{FE0F}\u{20E3}"] = 0, ["#🎉"] = 1, ["##a"] = 1,
    ["#a-b #a.b"] = 2, ["«#a»"] = 1, ["#caf\u{65}\u{301}"] = 1,
  }
  for text, count in pairs(cases) do lu.assertEquals(caption.count(text).hashtags, count, text) end
end

function T:test_what_is_a_mention()
  local cases = {
    ["@me, (@you) @a.b_c"] = 3, ["me@example.com @ @é"] = 0, ["@a@b"] = 1, ["é@a"] = 0,
  }
  for text, count in pairs(cases) do lu.assertEquals(caption.count(text).mentions, count, text) end
end

function T:test_words()
  lu.assertEquals(caption.words("coucher_de-mer.fin 2"), { "coucher", "de", "mer", "fin", "2" })
  lu.assertEquals(caption.words("2025-09-01_plage"), { "2025-09-01", "plage" })
  lu.assertEquals(caption.words("a_2025_09_01"), { "a", "2025-09-01" })
  lu.assertEquals(caption.words("IMG_20250901-1"), { "IMG", "20250901", "1" })
  lu.assertEquals(caption.words("12025-09-011"), { "12025", "09", "011" })
  lu.assertEquals(caption.words("été\xE9x\ny"), { "été", "x", "y" })
  lu.assertEquals(caption.words("--"), {})
end

function T:test_capitalise()
  local cases = {
    ["été à"] = "Été à", abc = "Abc", ["œuvre"] = "Œuvre", ["ÿ"] = "Ÿ", ["łódź"] = "Łódź",
    ["7up"] = "7up", [""] = "", ["日本"] = "日本", ["жук"] = "Жук", ["άλφα"] = "Άλφα",
    ["Déjà"] = "Déjà",
    ["ž"] = "Ž", ["ŉ"] = "ŉ", ["ĸ"] = "ĸ", ["÷"] = "÷", ["\xE9t"] = "\xE9t",
  }
  for text, expected in pairs(cases) do lu.assertEquals(caption.capitalise(text), expected) end
end

function T:test_hashtags_line()
  local list = { "auto", "#gizmobbs", "coucher de soleil", "AUTO", "!!", "été", "" }
  lu.assertEquals(caption.hashtags(list), "#auto #gizmobbs #coucherdesoleil #été")
  lu.assertEquals(caption.hashtags({}), "")
end

return T
