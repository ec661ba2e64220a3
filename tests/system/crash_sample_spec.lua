-- A sample of `make crashtest`: killed or hurt at some forty points of a run, spread over all
-- calls, the program publishes each file once and loses none; and the journal is always first.
package.path = host.info().root .. "/tests/crash/?.lua;" .. package.path

local campaign = require "campaign"
local check = require "check"
local lu = require "luaunit"
local world = require "world"

local T = {}

-- Every strike is to leave the world in order. The problems of the others, with their points.
local function problems_of(done)
  local lines = {}
  for _, outcome in ipairs(done.outcomes) do
    for _, text in ipairs(outcome.wrong) do
      lines[#lines + 1] = ("%s %s %d: %s"):format(outcome.how.error or "kill", outcome.point.call,
        outcome.point.ordinal, text)
    end
  end
  return table.concat(lines, "\n")
end

local function fired(done)
  local count = 0
  for _, outcome in ipairs(done.outcomes) do
    if outcome.fired then count = count + 1 end
  end
  return count
end

function T:test_killed_anywhere()
  local done = campaign.run { kills = true, sample = 24 }
  lu.assertEquals(problems_of(done), "")
  lu.assertTrue(fired(done) >= 22, fired(done) .. " of 24 fired")
end

function T:test_a_call_fails()
  local done = campaign.run { errors = true, sample = 16 }
  lu.assertEquals(problems_of(done), "")
  lu.assertTrue(fired(done) >= 12, fired(done) .. " of 16 fired")
end

function T:test_the_journal_is_first()
  local effects = campaign.order()
  lu.assertEquals(effects["POST /media_publish"], 3)
  lu.assertEquals(effects["POST /media"], 3)
  lu.assertEquals(effects["a file into the public folder"], 3)
end

function T:test_a_missing_sync_would_be_noticed()
  local function without_syncs(text)
    return (text:gsub("[^\n]*journal%.db%-wal>%) = 0\n", ""))
  end
  local ok, message = pcall(campaign.order, without_syncs)
  lu.assertFalse(ok)
  lu.assertStrContains(tostring(message), "synced records")
end

function T:test_the_checks_can_fail()
  local folder = ("%s/affiche-crash-%s"):format(host.env "TMPDIR" or "/tmp", host.random(4))
  local one <close> = world.open(folder)
  one:reset()
  local run = one:run()
  lu.assertEquals(check.finally(one, run), {})
  assert(host.write(one:path("public/half-0123456789ab.jpg"), "half"))
  assert(host.write(one:path("in/.affiche-0123456789abcdef.part"), ""))
  assert(host.write(one:path("state/work/left.jpg"), ""))
  assert(host.write(one:path("in/processed/clip.mp4"), "other bytes"))
  assert(host.write(one:path("in/processed/dusk-2.webp"), "nobody's"))
  local said = table.concat(check.finally(one, run), "\n")
  lu.assertStrContains(said, "public/half-0123456789ab.jpg holds something else")
  lu.assertStrContains(said, "left over: in/.affiche-0123456789abcdef.part")
  lu.assertStrContains(said, "left over: state/work/left.jpg")
  lu.assertStrContains(said, "clip.mp4 is lost or altered")
  lu.assertStrContains(said, "nobody put it there: in/processed/dusk-2.webp")
end

return T
