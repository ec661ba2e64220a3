-- campaign.lua - all strikes, or a sample of them, side by side in worlds of their own, and what
-- came of it, added up.
local order = require "order"
local strike = require "strike"
local trace = require "trace"
local world = require "world"

local M = {}

local WORKERS = 2
-- Every third point gets a second kill, which comes anywhere; at another third the journal is lost.
local EVERY, STRIDE = 3, 7919

-- Whether it makes sense that the call fails from then on. An interrupted one is tried again, which
-- would be for ever. And where the loop reads and writes too, its own pipe would fail with it,
-- which no disk can do: libuv ends the process then, as a kill does.
local function lasts(point, error_name)
  local loops_own = point.scope == "all" and (point.call == "read" or point.call == "write")
  return error_name ~= "EINTR" and not loops_own
end

local function ways_of_killing(points, i, lost)
  if lost then return { { lost = true } } end
  if i % EVERY == 0 then return { {}, { again = points[i * STRIDE % #points + 1] } } end
  return { {}, i % EVERY == 1 and { lost = true } or nil }
end

local function jobs_of(first, options)
  local jobs = {}
  local function add(point, how)
    if not options.call or point.call == options.call then
      jobs[#jobs + 1] = { point = point, how = how }
    end
  end
  if options.kills then
    local points = trace.kill_points(first)
    for i, point in ipairs(points) do
      for _, how in ipairs(ways_of_killing(points, i, options.lost)) do add(point, how) end
    end
  end
  if options.errors then
    for _, point in ipairs(trace.error_points(first)) do
      for _, name in ipairs(trace.ERRORS[point.call]) do
        add(point, { error = name })
        if lasts(point, name) then add(point, { error = name, forever = true }) end
      end
    end
  end
  return jobs
end

local function sort_key(job)
  local how = job.how
  return ("%s %s %s %06d"):format(job.point.call, how.error or "",
    (how.forever or how.again) and "more" or how.lost and "lost" or "once", job.point.ordinal)
end

-- Some of each call, spread over the whole run.
local function thin(jobs, count)
  if not count or #jobs <= count then return jobs end
  table.sort(jobs, function(a, b) return sort_key(a) < sort_key(b) end)
  local chosen = {}
  for i = 1, count do chosen[i] = jobs[(i - 1) * #jobs // count + 1] end
  return chosen
end

local function new_folder()
  return ("%s/affiche-crash-%s"):format(host.env("TMPDIR") or "/tmp", host.random(4))
end

---Traces one clean run and raises when an effect came before its record. How many there were.
---@param change? fun(text: string): string what is done to the trace before it is looked at
---@return table<string, integer>
function M.order(change)
  local one <close> = world.open(new_folder())
  local text = trace.record(one, "all")
  local wrong, effects = order.check(change and change(text) or text, one)
  if #wrong > 0 then error(table.concat(wrong, "\n"), 0) end
  return effects
end

local function open_worlds(folder, options)
  local worlds = {}
  for i = 1, WORKERS do worlds[i] = world.open(("%s/%d"):format(folder, i), options.target) end
  return worlds
end

---@class Campaign
---@field outcomes Outcome[]
---@field runs integer of the program
---@field seconds number
---@field wrong integer strikes after which something did not hold

---@class CampaignOptions
---@field kills? boolean
---@field lost? boolean killed at every point, and each time the journal is lost as well
---@field errors? boolean
---@field sample? integer so many strikes in place of all
---@field call? string only points of this call
---@field target? "folder"|"vsftpd"|"nasty" where uploads go

---@param options CampaignOptions
---@param on_outcome? fun(outcome: Outcome, number: integer, count: integer)
---@return Campaign
function M.run(options, on_outcome)
  local folder = new_folder()
  local worlds = open_worlds(folder, options)
  local all = table.move(worlds, 1, #worlds, 1, {})
  local _ <close> = setmetatable({}, { __close = function()
    for _, one in ipairs(all) do one:close() end
    host.remove(folder, { recursive = true })
  end })
  local started = host.now("monotonic")
  local jobs = thin(jobs_of(worlds[1], options), options.sample)
  local result, done = { runs = 0, wrong = 0 }, 0
  result.outcomes = host.map(jobs, { concurrency = WORKERS }, function(job)
    local mine = table.remove(worlds)
    local outcome = strike.at(mine, job.point, job.how)
    worlds[#worlds + 1] = mine
    done = done + 1
    result.runs = result.runs + outcome.runs
    if #outcome.wrong > 0 then result.wrong = result.wrong + 1 end
    if on_outcome then on_outcome(outcome, done, #jobs) end
    return outcome
  end)
  result.seconds = host.now("monotonic") - started
  return result
end

return M
