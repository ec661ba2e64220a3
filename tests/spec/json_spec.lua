local lu = require "luaunit"
local json = require "json"

local T = {}

function T:test_empty_lists_and_objects_stay_what_they_are()
  local text = '{"a":[],"b":{},"c":[[]],"d":[ ]}'
  lu.assertEquals(json.encode(json.decode(text)), '{"a":[],"b":{},"c":[[]],"d":[]}')
  lu.assertEquals(json.encode(json.decode("[]")), "[]")
  lu.assertEquals(json.encode(json.list()), "[]")
  lu.assertEquals(json.encode({}), "{}")
  lu.assertTrue(json.is_list(json.decode("[1]")))
  lu.assertFalse(json.is_list(json.decode('{"a":1}')))
end

function T:test_a_string_that_looks_like_structure_is_left_alone()
  local text = [==[{"a":"[] 123456789012345678","b":"\"[ ]\\","c":[]}]==]
  local value = json.decode(text)
  lu.assertEquals(value.a, "[] 123456789012345678")
  lu.assertEquals(value.b, '"[ ]\\')
  lu.assertEquals(json.encode(value), text)
end

function T:test_whole_numbers_are_whole()
  local value = json.decode("[4,4.0,-0,1e3,2.5,12345678901234]")
  lu.assertEquals(json.encode(value), "[4,4,0,1000,2.5,12345678901234]")
  lu.assertEquals(math.type(value[1]), "integer")
  lu.assertEquals(json.encode(3.0), "3")
  lu.assertEquals(json.encode(0.1), "0.1")
  lu.assertEquals(tonumber(json.encode(1 / 3)), 1 / 3)
end

function T:test_long_integers_become_strings()
  local value = json.decode('{"id":17895695668004550,"n":-123456789012345,"l":[123456789012345 ]}')
  lu.assertEquals(value.id, "17895695668004550")
  lu.assertEquals(value.n, "-123456789012345")
  lu.assertEquals(value.l[1], "123456789012345")
  lu.assertEquals(json.decode("17895695668004550"), "17895695668004550")
end

function T:test_long_fractions_and_exponents_stay_numbers()
  local value = json.decode("[0.1234567890123456789,123456789012345.5,1e20,-1.5E-300]")
  lu.assertAlmostEquals(value[1], 0.12345678901234568, 1e-17)
  lu.assertEquals(value[2], 123456789012345.5)
  lu.assertEquals(value[3], 1e20)
  lu.assertEquals(value[4], -1.5e-300)
end

function T:test_bad_text_is_an_answer_not_a_crash()
  local bad = {
    "", "nul", "{", "[1,]", '{"a":1,}', "NaN", "Infinity", "-Infinity", "1e999", "[1e999]",
    '{"a":{"b":-1e999}}', '"abc', '"\\ud800"', "[1] x", "{123456789012345:1}",
    "01234567890123456", "0x123456789012345", "--123456789012345", ("["):rep(200) .. ("]"):rep(200),
    "<html></html>", "\0\0", '{"a":[]', "[] []",
  }
  for _, text in ipairs(bad) do
    local value, message = json.decode(text)
    lu.assertNil(value, text)
    lu.assertIsString(message, text)
    lu.assertFalse(pcall(json.parse, text), text)
  end
  lu.assertError(json.decode, nil)
end

function T:test_null_is_told_from_absent()
  local value = json.decode('{"a":null}')
  lu.assertTrue(value.a == json.null)
  lu.assertNil(value.b)
  lu.assertTrue(json.decode("null") == json.null)
  lu.assertEquals(json.encode({ a = json.null }), '{"a":null}')
  lu.assertEquals(json.decode("false"), false)
  lu.assertEquals(json.parse("false"), false)
  lu.assertEquals(json.encode(json.decode("[false,null]")), "[false,null]")
end

function T:test_invalid_utf8_is_repaired_both_ways()
  lu.assertEquals(json.encode("caf\xE9!"), '"caf\u{FFFD}!"')
  lu.assertEquals(json.encode("\xE2\x82"), '"\u{FFFD}\u{FFFD}"')
  lu.assertEquals(json.encode("\xED\xA0\x80x"), '"\u{FFFD}\u{FFFD}\u{FFFD}x"')
  lu.assertEquals(json.encode({ ["\xFF"] = 1 }), '{"\u{FFFD}":1}')
  lu.assertEquals(json.decode('["\xFF",[]]')[1], "\u{FFFD}")
  lu.assertEquals(json.repair("é😀"), "é😀")
end

function T:test_strings_are_escaped_and_come_back()
  local text = 'a"b\\c\n\r\t\b\f\0\1\127/é😀\u{2028}'
  lu.assertEquals(json.decode(json.encode(text)), text)
  lu.assertEquals(json.encode("a/b"), '"a/b"')
  lu.assertEquals(json.encode("\1"), '"\\u0001"')
  lu.assertEquals(json.decode('"\\ud83d\\ude00\\u00e9"'), "😀é")
end

function T:test_output_is_sorted_and_a_hint_changes_the_order()
  local value = { b = 1, a = { z = 1, success = true }, success = false, c = 2 }
  lu.assertEquals(json.encode(value), '{"a":{"success":true,"z":1},"b":1,"c":2,"success":false}')
  lu.assertEquals(
    json.encode(value, { order = { "success", "c" } }),
    '{"success":false,"c":2,"a":{"success":true,"z":1},"b":1}'
  )
end

function T:test_ordered_objects_keep_their_order()
  local value = json.ordered { { "z", 1 }, { "a", json.list() }, { "error", nil } }
  lu.assertEquals(json.encode(value), '{"z":1,"a":[],"error":null}')
end

function T:test_indentation()
  local value = { a = json.list { 1, 2 }, b = {}, c = json.list() }
  lu.assertEquals(
    json.encode(value, { indent = 2 }),
    '{\n  "a": [\n    1,\n    2\n  ],\n  "b": {},\n  "c": []\n}'
  )
  lu.assertEquals(json.encode({ 1 }, { indent = "\t" }), "[\n\t1\n]")
end

function T:test_what_json_cannot_hold_is_refused()
  local loop = {}
  loop.loop = loop
  local bad = { loop, { f = print }, { 0 / 0 }, { math.huge }, { 1, a = 2 }, { [3] = 1 } }
  for _, value in ipairs(bad) do
    lu.assertFalse(pcall(json.encode, value))
  end
  lu.assertErrorMsgContains("at run", json.encode, { run = print })
  lu.assertErrorMsgContains("'sortd'", json.encode, {}, { sortd = true })
end

function T:test_a_large_answer_stays_cheap()
  local rows = {}
  for i = 1, 2000 do
    rows[i] = ('{"id":%d,"caption":"a \\"b\\" []","children":[]}'):format(17895695668004550 + i)
  end
  local value = json.decode("[" .. table.concat(rows, ",") .. "]")
  lu.assertEquals(#value, 2000)
  lu.assertEquals(value[2000].id, "17895695668006550")
  lu.assertTrue(json.is_list(value[1].children))
end

return T
