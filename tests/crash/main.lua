-- main.lua - the proof that the program may be killed anywhere:
--   affiche console tests/crash/main.lua [report=FILE]
--   affiche console tests/crash/main.lua [kills|errors|lost] [target=NAME] [call=NAME] [sample=N]
-- A clean run under strace gives the points (trace.lua) and shows that the journal is always first
-- (order.lua). At each point the program is killed, or the call is made to fail, in a fresh world
-- (world.lua, strike.lua), and what must hold is looked at (check.lua). As it stands: everything
-- with uploads into a folder, the kills with uploads to vsftpd, and kills at random (storm.lua).
-- `lost`: killed at every point, and the journal deleted each time.
local root = host.info().root
package.path = ("%s/tests/crash/?.lua;%s/tests/system/?.lua;%s"):format(root, root, package.path)

local campaign = require "campaign"
local document = require "document"
local storm = require "storm"
local tally = require "tally"

local SHOW_EVERY = 50
local STORM = { files = 200, kills = 100 }
local VALUES = { target = true, call = true, sample = true, report = true }

local function options_of(args)
  local options = {}
  for _, word in ipairs(args) do
    local name, value = word:match("^(%l+)=(.+)$")
    if word == "kills" or word == "errors" or word == "lost" then
      options[word] = true
    elseif name and VALUES[name] then
      options[name] = tonumber(value) or value
    else
      error("crashtest: unknown word " .. word, 0)
    end
  end
  return options
end

-- What is to be done: as asked for, else all of it.
local function plans_of(options)
  local function plan(target, errors)
    local all = not (options.kills or options.errors or options.lost)
    return { target = target, kills = all or options.kills or options.lost, lost = options.lost,
      errors = options.errors or errors and all, call = options.call, sample = options.sample }
  end
  if options.target then return { plan(options.target, true) } end
  return { plan("folder", true), plan("vsftpd", false) }
end

-- Nothing was left out by a word.
local function is_whole(options)
  for name in pairs(options) do
    if name ~= "report" then return false end
  end
  return true
end

local function say(outcome)
  local point, how = outcome.point, outcome.how
  local more = how.forever and ", from then on"
    or how.again and (", then %s %d"):format(how.again.call, how.again.ordinal) or ""
  print(("%s %s %d (%s)%s: %s\n  at %s"):format(how.error or "kill", point.call, point.ordinal,
    point.role, more, outcome.outcome, point.args:sub(1, 160)))
  for _, text in ipairs(outcome.wrong) do print("  * " .. text) end
end

local function carry_out(plan)
  if plan.target ~= "folder" then
    local fetched = assert(host.exec({ root .. "/tests/system/fetch-servers.sh" },
      { timeout = 300 }))
    if fetched.status ~= 0 then error("no FTP servers: " .. fetched.stderr, 0) end
  end
  local done = campaign.run(plan, function(outcome, number, count)
    if #outcome.wrong > 0 then say(outcome) end
    if number % SHOW_EVERY == 0 then print(("%s: %d of %d"):format(plan.target, number, count)) end
    io.stdout:flush()
  end)
  print(tally.markdown(done))
  print(tally.summary(done))
  return done
end

return function(args)
  host.limit { seconds = 60, memory = 1 << 30 }
  local options = options_of(args)
  local effects = campaign.order()
  local wrong, parts = 0, {}
  for i, plan in ipairs(plans_of(options)) do
    parts[i] = { target = plan.target, campaign = carry_out(plan) }
    wrong = wrong + parts[i].campaign.wrong
  end
  if is_whole(options) then
    local random = storm.run(STORM)
    print(storm.summary(random))
    for _, text in ipairs(random.wrong) do print("  * " .. text) end
    wrong = wrong + #random.wrong
    if options.report then
      assert(host.write(options.report, document.of(parts, effects, random)))
    end
  end
  return wrong == 0 and 0 or 1
end
