-- journal.lua - what the journal costs, and that neither time nor memory grows with the folder;
-- then what it is for: all is published, the journal is deleted, the archive is copied back.
--
--   affiche console tests/bench/journal.lua [files of the large run]
package.path = host.info().root .. "/tests/system/?.lua;" .. package.path
local pictures = require "pictures"
local world = require "world"

local MOST_SYNCS = { [1] = 10, [32] = 3 }  -- an item, by concurrency
local MOST_TIME = 1.15    -- ratio
-- KB for each file: its name in the list, then its line in the result. Flat is what is left of it
-- beside what every run needs: under 6 MB for 4,900 files more.
local MOST_MEMORY = 1.2

local wrong = 0

local function figure(text, value, most)
  local fine = value <= most
  wrong = wrong + (fine and 0 or 1)
  print(("%-58s %8.2f  (at most %g)%s"):format(text, value, most, fine and "" or "  TOO MUCH"))
  io.stdout:flush()
end

local function new_world(concurrency)
  return world.new { switches = { quota_total = 1000000, container_cap = 1000000 },
    env = { AFFICHE_CONCURRENCY = tostring(concurrency), LOG_LEVEL = "error" } }
end

local function fill(here, count)
  local jpeg = pictures.jpeg("bench")
  for i = 1, count do
    local name = ("picture %05d.jpg"):format(i)
    -- Bytes after the end of a JPEG change its hash and nothing else.
    here:put(name, jpeg .. name)
  end
end

-- The most memory that the process ever had, in MB: while it published, and to its end, when the
-- whole result is written.
local function watch_memory(here, count, pid_file, peak)
  return host.spawn(function()
    while true do
      local pid = (host.read(pid_file) or ""):match("%d+")
      local status = pid and host.read(("/proc/%s/status"):format(pid)) or ""
      local kilobytes = tonumber(status:match("VmHWM:%s*(%d+)"))
      if kilobytes then
        peak.whole = kilobytes / 1024
        if #here:posts() < count then peak.publishing = peak.whole end
      end
      host.sleep(0.05)
    end
  end)
end

local function assert_published(here, result, count)
  assert(result.status == 0 and #here:posts() == count
    and here.instagram.state.publishes == count, result.stderr)
end

-- Seconds of one pass over the folder, and the most memory.
local function pass(here, count)
  local pid_file, peak = here.folder .. "/pid", {}
  local watcher <close> = watch_memory(here, count, pid_file, peak)
  local started = host.now "monotonic"
  local result = here:pass { timeout = 3600,
    prefix = { "sh", "-c", 'echo $$ >"$0" && exec "$@"', pid_file } }
  local seconds = host.now "monotonic" - started
  watcher:cancel()
  assert_published(here, result, count)
  return seconds, peak
end

-- Synced transactions an item: each commit syncs the log of the journal once.
local function syncs_with(concurrency, count)
  local here <close> = new_world(concurrency)
  fill(here, count)
  local trace = here.folder .. "/trace"
  local result = here:pass { timeout = 3600, prefix = { "strace", "-f", "-qq", "--seccomp-bpf",
    "-y", "-e", "trace=fdatasync,fsync", "-o", trace } }
  assert_published(here, result, count)
  local syncs = 0
  for line in assert(host.read(trace, { max = 256 << 20 })):gmatch("[^\n]+") do
    -- A call that another thread interrupts makes two lines; the first one names the file.
    if line:find("/journal.db", 1, true) and line:find("sync(", 1, true) then syncs = syncs + 1 end
  end
  assert(syncs > 0, "no sync was seen")
  figure(("syncs an item, %d items, concurrency %d"):format(count, concurrency), syncs / count,
    MOST_SYNCS[concurrency])
end

local function copy_back(here, count)
  local archive = here.media .. "/processed"
  for _, name in ipairs(here:names "processed") do
    assert(host.copy(archive .. "/" .. name, here.media .. "/" .. name))
  end
  assert(#here:names() == count)
end

-- The journal is gone, the archive lies in the folder again: nothing may be posted.
local function forget_and_repeat(here, count)
  for _, name in ipairs { "journal.db", "journal.db-wal", "journal.db-shm" } do
    assert(host.remove(here.state .. "/" .. name))
  end
  copy_back(here, count)
  local started = host.now "monotonic"
  local result = here:pass { timeout = 3600 }
  assert(result.status == 0, result.stderr)
  local duplicates = 0
  for _, item in ipairs(result.json.result.items) do
    if item.state == "duplicate" then duplicates = duplicates + 1 end
  end
  print(("journal deleted, %d archived files copied back: %d duplicates in %.1f s"):format(count,
    duplicates, host.now "monotonic" - started))
  assert(duplicates == count, "not every copy is a duplicate")
  figure("posts of them", #here:posts() - count, 0)
end

local function large(count)
  local seconds, memory = {}, {}
  for i, number in ipairs { 100, count } do
    local here <close> = new_world(32)
    fill(here, number)
    seconds[i], memory[i] = pass(here, number)
    print(("%d items: %.1f s, %.2f ms an item, at most %.1f MB, with the result %.1f MB"):format(
      number, seconds[i], 1000 * seconds[i] / number, memory[i].publishing, memory[i].whole))
    io.stdout:flush()
    if i == 2 then forget_and_repeat(here, number) end
  end
  figure(("time an item, %d items to 100, ratio"):format(count),
    seconds[2] / count / (seconds[1] / 100), MOST_TIME)
  figure(("memory, %d items to 100, KB more for each"):format(count),
    (memory[2].whole - memory[1].whole) * 1024 / (count - 100), MOST_MEMORY)
end

return function(args)
  host.limit { seconds = 60, memory = 2 << 30 }
  local count = math.tointeger(tonumber(args[1] or 5000))
  syncs_with(32, math.min(count, 1000))
  syncs_with(1, math.min(count, 200))
  large(count)
  return wrong == 0 and 0 or 1
end
