-- strike.lua - one point, one fresh world: the program is killed there, or the call fails, and then
-- it is run until nothing is left to do. What came of it, and what is wrong with that.
local check = require "check"
local trace = require "trace"

local M = {}

local MOST_RUNS = 3      -- to get everything done after a strike
local MOST_SECONDS = 5   -- for a run in which something fails

local function join(into, list)
  for _, text in ipairs(list) do into[#into + 1] = text end
end

local function read_trace(path)
  return host.read(path, { max = 256 << 20 }) or ""
end

-- Calls whose failure may cost the journal a record. (Its owner and its length are no such thing.)
local RECORDS = { pwrite64 = true, write = true, fdatasync = true, fsync = true }

-- After an error of the journal's own files no request may leave.
local function check_silence(text, wrong)
  local struck = false
  for line in text:gmatch("[^\n]+") do
    if line:find("(INJECTED)", 1, true) and line:find("/state/journal.db", 1, true)
      and RECORDS[line:match("^%d+%s+([%l%d]+)%(")] and not line:find("EINTR", 1, true) then
      struck = true
    elseif struck and line:find("sendto(", 1, true) and line:find("POST ", 1, true) then
      wrong[#wrong + 1] = "a request left after the journal failed: " .. line
    end
  end
end

-- The loop wakes itself by a descriptor of its own, and how often differs from run to run: a call
-- that was counted out may be one on that. No disk fails there, and libuv ends the process then.
local function struck_the_loop(text)
  for line in text:gmatch("[^\n]+") do
    if line:find("(INJECTED)", 1, true) then
      return line:find("<anon_inode:", 1, true) ~= nil or line:find("<pipe:", 1, true) ~= nil
    end
  end
  return false
end

-- Runs until nothing is left to do; the last run, and how many it took.
local function recover(world, wrong)
  local run
  for number = 1, MOST_RUNS do
    run = world:run()
    join(wrong, check.always(world))
    if run.signal ~= 0 or run.status < 0 then
      wrong[#wrong + 1] = ("recovery ended with signal %d, status %d: %s"):format(run.signal,
        run.status, run.stderr)
    end
    if check.is_done(world, run) then return run, number end
  end
  wrong[#wrong + 1] = ("not done after %d runs: status %d, %s%s"):format(MOST_RUNS, run.status,
    run.stderr, run.stdout:sub(-1500))
  return run, MOST_RUNS
end

-- What was held for a person can be sent again by the user's wish, and then all is published.
local function resend(world, wrong)
  local run = world:run(nil, { ON_UNCERTAIN = "resend" })
  for _, text in ipairs(check.finally(world, run)) do
    wrong[#wrong + 1] = "with ON_UNCERTAIN=resend: " .. text
  end
end

---@class Outcome
---@field point Point
---@field fired boolean
---@field outcome string
---@field runs integer
---@field wrong string[]

-- The run that is struck: how it ended, and whether the point was reached.
local function run_into(world, point, how, wrong)
  local output = world:path("trace")
  host.remove(output)
  local what = how.error and "error=" .. how.error or "signal=KILL"
  local inject = ("%s:%s:when=%d%s"):format(point.call, what, point.ordinal,
    how.forever and "+" or "")
  local calls = point.call .. (how.error and ",sendto" or "")
  local run = world:run(trace.command(world, point.scope, calls, inject, output))
  local text = read_trace(output)
  -- A decoder that is killed costs one file; the program goes on.
  if not how.error then return run, text:find("killed by SIGKILL", 1, true) ~= nil end
  check_silence(text, wrong)
  if struck_the_loop(text) then return run, false end
  if run.status < 0 or run.signal ~= 0 or run.seconds > MOST_SECONDS then
    wrong[#wrong + 1] = ("ended with signal %d, status %d, after %.1f s: %s"):format(run.signal,
      run.status, run.seconds, run.stderr)
  end
  return run, text:find("(INJECTED)", 1, true) ~= nil
end

---@param world table
---@param point Point
---@param how { error?: string, forever?: boolean, again?: Point, lost?: boolean }
--- again: where the run after that is killed, if it comes to it; lost: and the journal is deleted
---@return Outcome
function M.at(world, point, how)
  world:reset()
  local wrong = {}
  local first, fired = run_into(world, point, how, wrong)
  join(wrong, check.always(world))
  if how.again then
    run_into(world, how.again, how, wrong)
    join(wrong, check.always(world))
  end
  if how.lost then world:lose_journal() end
  local unharmed = how.error and check.is_done(world, first)
  local last, runs = recover(world, wrong)
  join(wrong, check.finally(world, last))
  join(wrong, check.rest(world))
  local held = next(check.held(last.object)) ~= nil
  if held then resend(world, wrong) end
  join(wrong, world.findings)
  local outcome = not fired and "not reached" or held and "held" or unharmed and "unharmed"
    or "finished"
  return { point = point, how = how, fired = fired, outcome = outcome, wrong = wrong,
    runs = runs + (held and 3 or 2) + (how.again and 1 or 0) }
end

return M
