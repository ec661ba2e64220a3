-- The journal cannot be written: nothing is sent without it.
package.path = host.info().root .. "/tests/crash/?.lua;" .. package.path

local campaign = require "campaign"
local lu = require "luaunit"

local T = { deadline = 300 }

-- At each sync of a run, once and for good: no request leaves afterwards, the end comes within 5 s,
-- and the next start goes on as the stand-in has it (strike.lua and check.lua look at all of it).
function T.test_a_sync_that_fails()
  local done = campaign.run { errors = true, call = "fdatasync", sample = 12 }
  local lines, fired = {}, 0
  for _, outcome in ipairs(done.outcomes) do
    fired = fired + (outcome.fired and 1 or 0)
    for _, text in ipairs(outcome.wrong) do
      lines[#lines + 1] = ("%s %d: %s"):format(outcome.how.error, outcome.point.ordinal, text)
    end
  end
  lu.assertEquals(table.concat(lines, "\n"), "")
  lu.assertTrue(fired >= 10, fired .. " fired")
end

return T
