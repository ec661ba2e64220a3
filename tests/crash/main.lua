-- main.lua - the proof that the program may be killed anywhere:
--   affiche console tests/crash/main.lua [kills|errors] [target=vsftpd] [sample=N]
--                                              [call=NAME] [report=FILE]
-- A clean run under strace gives the points (trace.lua) and shows that the journal is always first
-- (order.lua). At each point the program is killed, or the call is made to fail, in a fresh world
-- (world.lua, strike.lua), and what must hold is looked at (check.lua).
local tests = host.info().root .. "/tests"
package.path = ("%s/crash/?.lua;%s/system/?.lua;%s"):format(tests, tests, package.path)

local campaign = require "campaign"
local document = require "document"
local tally = require "tally"

local SHOW_EVERY = 50

local function options_of(args)
  local options = { kills = true, errors = true }
  for _, word in ipairs(args) do
    local name, value = word:match("^(%l+)=(.+)$")
    if word == "kills" then
      options.errors = false
    elseif word == "errors" then
      options.kills = false
    elseif name == "sample" or name == "call" or name == "report" or name == "target" then
      options[name] = tonumber(value) or value
    else
      error("crashtest: unknown word " .. word, 0)
    end
  end
  return options
end

local function say(outcome)
  local point, how = outcome.point, outcome.how
  print(("%s %s %d (%s)%s: %s\n  at %s"):format(how.error or "kill", point.call, point.ordinal,
    point.role, how.forever and ", from then on" or "", outcome.outcome, point.args:sub(1, 160)))
  for _, text in ipairs(outcome.wrong) do print("  * " .. text) end
end

return function(args)
  host.limit { seconds = 60, memory = 1 << 30 }
  local options = options_of(args)
  local effects = campaign.order()
  local done = campaign.run(options, function(outcome, number, count)
    if #outcome.wrong > 0 then say(outcome) end
    if number % SHOW_EVERY == 0 then print(("%d of %d"):format(number, count)) end
    io.stdout:flush()
  end)
  print(tally.markdown(done))
  print(tally.summary(done))
  if options.report then assert(host.write(options.report, document.of(done, effects))) end
  return done.wrong == 0 and 0 or 1
end
