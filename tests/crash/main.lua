-- main.lua - the proof that the program may be killed anywhere:
--   affiche console tests/crash/main.lua [kills|errors] [sample=N] [call=NAME] [report=FILE]
-- One clean run under strace gives the points (trace.lua); at each the program is killed, or the
-- call is made to fail, in a fresh world (strike.lua), and the world is looked at (check.lua).
package.path = host.info().root .. "/tests/crash/?.lua;" .. package.path

local strike = require "strike"
local trace = require "trace"
local world = require "world"

local WORKERS = 2

local function options_of(args)
  local options = { kills = true, errors = true }
  for _, word in ipairs(args) do
    local name, value = word:match("^(%l+)=(.+)$")
    if word == "kills" then
      options.errors = false
    elseif word == "errors" then
      options.kills = false
    elseif name == "sample" or name == "call" or name == "report" then
      options[name] = value
    else
      error("crashtest: unknown word " .. word, 0)
    end
  end
  return options
end

local function jobs_of(first, options)
  local jobs = {}
  local function add(point, how)
    if not options.call or point.call == options.call then
      jobs[#jobs + 1] = { point = point, how = how }
    end
  end
  for _, point in ipairs(options.kills and trace.kill_points(first) or {}) do add(point, {}) end
  for _, point in ipairs(options.errors and trace.error_points(first) or {}) do
    for _, name in ipairs(trace.ERRORS[point.call]) do
      add(point, { error = name })
      add(point, { error = name, forever = true })
    end
  end
  return jobs
end

-- Every k-th job, so that a sample is spread over all calls.
local function thin(jobs, count)
  if not count or #jobs <= count then return jobs end
  table.sort(jobs, function(a, b)
    if a.point.call ~= b.point.call then return a.point.call < b.point.call end
    if (a.how.error or "") ~= (b.how.error or "") then return (a.how.error or "") < (b.how.error or "") end
    return a.point.ordinal < b.point.ordinal
  end)
  local chosen = {}
  for i = 1, count do chosen[i] = jobs[(i - 1) * #jobs // count + 1] end
  return chosen
end

local function say(outcome)
  local point, how = outcome.point, outcome.how
  io.stderr:write(("%s %s %d (%s) %s: %s\n  at %s\n"):format(how.error or "kill", point.call,
    point.ordinal, point.role, how.forever and "for good" or "", outcome.outcome,
    point.args:sub(1, 160)))
  for _, text in ipairs(outcome.wrong) do io.stderr:write("  * ", text, "\n") end
end

return function(args)
  host.limit { seconds = 60, memory = 1 << 30 }
  local options = options_of(args)
  local folder = ("%s/affiche-crash-%s"):format(host.env("TMPDIR") or "/tmp", host.random(4))
  local worlds = {}
  for i = 1, WORKERS do worlds[i] = world.open(("%s/%d"):format(folder, i)) end
  local jobs = thin(jobs_of(worlds[1], options), tonumber(options.sample))
  local started, wrong, runs, counts = host.now("monotonic"), 0, 0, {}
  local free = worlds
  host.map(jobs, { concurrency = WORKERS }, function(job, index)
    local mine = table.remove(free)
    local outcome = strike.at(mine, job.point, job.how)
    free[#free + 1] = mine
    runs = runs + outcome.runs
    counts[outcome.outcome] = (counts[outcome.outcome] or 0) + 1
    if #outcome.wrong > 0 then
      wrong = wrong + 1
      say(outcome)
    end
    if index % 50 == 0 then
      io.stderr:write(("%d of %d, %.0f s\n"):format(index, #jobs, host.now("monotonic") - started))
    end
  end)
  print(#jobs, runs, wrong, host.now("monotonic") - started)
  for k, v in pairs(counts) do print(k, v) end
  for i = 1, WORKERS do worlds[i]:close() end
  host.remove(folder, { recursive = true })
  return wrong == 0 and 0 or 1
end
