-- Verdicts: what each answer of the Graph API means, row by row of what is known of them.
local lu = require "luaunit"
local verdict = require "verdict"

local T = {}

local function answer(code, subcode, status)
  return host.error { kind = "remote", message = "no", code = code, subcode = subcode,
    status = status or 400 }
end

local UNSENT = host.error { kind = "network", message = "refused", sent = false }
local LOST = host.error { kind = "network", message = "reset", sent = true }
local LATE = host.error { kind = "timeout", message = "late", sent = true }
local UNREADABLE = host.error { kind = "remote", message = "no JSON", status = 502 }
local WITHOUT_ID = host.error { kind = "remote", message = "no id", status = 200 }

function T:test_media_publish()
  local rows = {
    { "not_ready", answer(9007, 2207027) },
    { "auth", answer(190) }, { "auth", answer(190, 463, 401) }, { "auth", answer(10) },
    { "auth", answer(200, nil, 403) }, { "auth", answer(299) }, { "auth", answer(25, 2207050) },
    { "refused", answer(100, 2207023) }, { "refused", answer(100, 2207040) },
    { "refused", answer(24, 2207006) }, { "refused", answer(24, 2207008) },
    { "refused", answer(36000, 2207004) }, { "refused", answer(36001) },
    { "refused", answer(36003, 2207009) }, { "refused", answer(36005) },
    { "refused", answer(352, 2207026) },
    { "rest", answer(9, 2207042) },
    { "unsent", UNSENT },
  }
  for _, row in ipairs(rows) do
    lu.assertEquals(verdict.of_publish(row[2], false), row[1], tostring(row[2].code))
  end
end

function T:test_media_publish_that_may_have_gone_out()
  local answers = { answer(4, 2207051, 403), answer(4), answer(17), answer(32), answer(613),
    answer(80002), answer(80014), answer(368), answer(1, nil, 500), answer(2, nil, 500), answer(-1),
    answer(-2), answer(-1, 2207001), answer(100), answer(100, 33), answer(9), answer(24),
    answer(9007), answer(25), answer(31337), answer(nil, nil, 500), answer(nil, nil, 429), LOST,
    LATE, UNREADABLE, WITHOUT_ID }
  for _, err in ipairs(answers) do
    lu.assertEquals(verdict.of_publish(err, false), "uncertain", tostring(err.code))
  end
end

function T:test_on_a_second_sending_no_answer_is_certain()
  for _, err in ipairs({ answer(9007, 2207027), answer(24, 2207008), answer(100, 2207023),
    answer(190, 463), answer(9, 2207042), answer(36003, 2207009), answer(10), LOST }) do
    lu.assertEquals(verdict.of_publish(err, true), "uncertain", tostring(err.code))
  end
  lu.assertEquals(verdict.of_publish(UNSENT, true), "unsent")
end

function T:test_other_calls()
  local rows = {
    transient = { answer(-2, 2207003), answer(-2, 2207020), answer(-1, 2207001),
      answer(-1, 2207032), answer(-1, 2207053), answer(9004, 2207052), answer(24, 2207008),
      answer(1), answer(2, nil, 500), answer(nil, nil, 503), answer(nil, nil, 429), LOST, LATE,
      UNREADABLE, WITHOUT_ID, answer(100, 2207076), answer(100, 2207082) },
    rest = { answer(4), answer(4, 2207051, 403), answer(9, 2207042), answer(17, 2446079),
      answer(32), answer(341), answer(368), answer(613), answer(80000), answer(80002),
      answer(80014) },
    auth = { answer(3), answer(10), answer(102), answer(190), answer(190, 467), answer(200),
      answer(299), answer(2500), answer(9009), answer(25, 2207050) },
    not_ready = { answer(9007, 2207027), answer(24, 2207024) },
    refused = { answer(1, 2207057), answer(100, 2207023), answer(100, 2207028),
      answer(100, 2207035), answer(100, 2207036), answer(100, 2207037), answer(100, 2207040),
      answer(352, 2207026), answer(36000, 2207004), answer(36001, 2207005), answer(36003, 2207009),
      answer(36004, 2207010), answer(100, 2207018), answer(100, 2207081), answer(100, 33),
      answer(506), answer(31337) },
  }
  for meaning, list in pairs(rows) do
    for _, err in ipairs(list) do
      lu.assertEquals(verdict.of(err), meaning, ("%s/%s"):format(err.code, err.subcode))
    end
  end
end

function T:test_the_table_holds_known_words_only()
  local words = { refused = true, transient = true, not_ready = true, rest = true, auth = true,
    uncertain = true }
  for _, rows in ipairs({ verdict.SUBCODES, verdict.CODES, verdict.PUBLISH_SUBCODES,
    verdict.PUBLISH_CODES }) do
    for code, meaning in pairs(rows) do lu.assertTrue(words[meaning], tostring(code)) end
  end
end

return T
