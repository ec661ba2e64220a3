-- storm.lua - killed at random times, with all threads and eight files at once, where strike.lua
-- goes point by point with one of each. Meanwhile somebody looks at the public folder every 5 ms
-- and reads each name as it appears.
local check = require "check"
local world = require "world"

local M = {}

local SHORTEST, LONGEST = 0.2, 1.2  -- seconds that a run lives
local LOOK_EVERY = 0.005
local LATENCY = 0.1  -- seconds of the stand-in before each answer: a run has much in flight
local BUSY = { AFFICHE_CONCURRENCY = "8", UV_THREADPOOL_SIZE = "4" }
local RESEND = { AFFICHE_CONCURRENCY = "8", UV_THREADPOOL_SIZE = "4", ON_UNCERTAIN = "resend" }
local ENOUGH = 120  -- seconds for a run that is left alone

-- Files of different content: the samples with something at their end that changes nothing.
local function make_files(folder, count)
  local root = host.info().root
  local jpeg = assert(host.read(root .. "/examples/media/morning.jpg"))
  local movie = assert(host.read(root .. "/examples/media/clip.mp4"))
  local sources = {}
  assert(host.mkdir(folder))
  for i = 1, count do
    local number = ("%04d"):format(i)
    local name, bytes = ("photo %s.jpg"):format(number), jpeg .. number
    if i % 10 == 0 then
      name, bytes = ("film %s.mp4"):format(number), movie .. "\0\0\0\12free" .. number
    end
    sources[name] = folder .. "/" .. name
    assert(host.write(sources[name], bytes))
  end
  return sources
end

-- Reads every public name once, the moment it is there.
local function watch(one, wrong)
  local known = {}
  while true do
    for _, name in ipairs(host.list(one.public) or {}) do
      if name:sub(1, 1) ~= "." and not known[name] then
        known[name] = true
        local hash = host.hash(one.public .. "/" .. name) or "nothing"
        if not name:find(hash:sub(1, 12), 1, true) then
          wrong[#wrong + 1] = ("public/%s was seen with %s"):format(name, hash)
        end
      end
    end
    host.sleep(LOOK_EVERY)
  end
end

local function join(into, list)
  table.move(list, 1, #list, #into + 1, into)
end

-- A file struck while it was sent is held. Then the user has it sent again.
local function finish(one, wrong)
  local run
  for _ = 1, 3 do
    run = one:run(nil, BUSY, ENOUGH)
    if check.is_done(one, run) then break end
  end
  join(wrong, check.finally(one, run))
  join(wrong, check.rest(one))
  local held = 0
  for _ in pairs(check.held(run.object)) do held = held + 1 end
  if held > 0 then join(wrong, check.finally(one, one:run(nil, RESEND, ENOUGH))) end
  return held
end

---@param options { files: integer, kills: integer }
---@return { files: integer, kills: integer, held: integer, wrong: string[] }
function M.run(options)
  local folder = ("%s/affiche-crash-%d-%s"):format(host.env("TMPDIR") or "/tmp",
    host.info().pid, host.random(4))
  local sources = make_files(folder .. "/files", options.files)
  local one <close> = world.open(folder .. "/world", "folder", sources)
  one:reset()
  one:switch { latency = LATENCY, quota_total = 10000, container_cap = 10000 }
  local wrong, kills = {}, 0
  local watcher <close> = host.spawn(watch, one, wrong)
  for _ = 1, options.kills do
    local run = one:run(nil, BUSY, SHORTEST + math.random() * (LONGEST - SHORTEST))
    if run.status < 0 then kills = kills + 1 end
    join(wrong, check.always(one))
  end
  one:switch { latency = 0 }
  local held = finish(one, wrong)
  watcher:cancel()
  host.remove(folder .. "/files", { recursive = true })
  return { files = options.files, kills = kills, held = held, wrong = wrong }
end

---One sentence.
function M.summary(result)
  local text = "%d files, eight at once, all threads at work, killed %d times after %g to %g s, a "
    .. "client looking for new public names every %d ms: %d held for a person, %d wrong"
  return text:format(result.files, result.kills, SHORTEST, LONGEST, LOOK_EVERY * 1000, result.held,
    #result.wrong)
end

return M
