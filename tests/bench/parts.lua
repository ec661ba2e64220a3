-- parts.lua - parts of the work by themselves: PNG beside libpng, a worker beside no worker, and
-- what its death costs.
local M = {}

local function png(bench, sets)
  bench.say "\n## PNG\n"
  bench.say "Decoding alone, CPU milliseconds of 1080x1350, least of 7: libpng, and what is used"
  bench.say "for the common kind in its place.\n"
  bench.say "| | libpng | ours | ratio | wanted |"
  bench.say "|---|---|---|---|---|"
  for _, row in ipairs { { "rgb", "RGB" }, { "rgba", "RGBA" } } do
    local m = bench.measure("png", 7, table.unpack(sets[row[1]]))
    local ratio = m.ours / m.libpng
    bench.say("| %d × %s | %.2f | %.2f | **%.2f** | %s |", #sets[row[1]], row[2], m.libpng, m.ours,
      ratio, bench.against("PNG " .. row[2] .. ", beside libpng", ratio, 0.6))
  end
end

-- Where the memory of a process lies makes some percent: the least of several.
local function least_of_processes(bench, path)
  local least = { here = math.huge, there = math.huge }
  for _ = 1, 6 do
    local m = bench.measure("apart", bench.program, 5, path)
    for where, took in pairs(m) do least[where] = math.min(least[where], took) end
  end
  return least
end

local function apart(bench, sets)
  bench.say "\n## What the sandbox costs\n"
  bench.say "Wall milliseconds of a conversion in a locked-in worker, and in the process that asks:"
  bench.say "the difference is all of it, messages and sandbox. Least of 300, in six processes.\n"
  bench.say "| picture | in a worker | without | difference | wanted |"
  bench.say "|---|---|---|---|---|"
  for _, row in ipairs { { "tiny", "16x16" }, { "small", "1080x1350" } } do
    local m = least_of_processes(bench, sets[row[1]][1])
    local cost = m.there - m.here
    local cell
    if row[1] == "small" then -- a tenth of a millisecond cannot be told from its noise
      cell = ("of the picture %.1f %%, %s"):format(100 * cost / m.here,
        bench.against("sandbox, %", 100 * cost / m.here, 5))
    else
      cell = bench.against("sandbox, ms, " .. row[2], cost, 0.1)
    end
    bench.say("| %s | %.3f | %.3f | %.3f | %s |", row[2], m.there, m.here, cost, cell)
  end
end

local function own_worker()
  local pid = host.info().pid
  local children = assert(host.read(("/proc/%d/task/%d/children"):format(pid, pid)))
  for child in children:gmatch "%d+" do
    local line = host.read("/proc/" .. child .. "/cmdline")
    if line and line:find("--codec-worker", 1, true) then return child end
  end
end

-- Fewer than the host takes for a sign of something worse.
local function deaths(bench, sets)
  local times, target = {}, bench.work .. "/out.jpg"
  for i = 1, 7 do
    assert(host.convert(sets.tiny[1], target))
    local old = assert(own_worker())
    assert(host.exec { "kill", "-9", old })
    local start = host.now "monotonic"
    assert(host.convert(sets.tiny[1], target, { durable = false }))
    times[i] = (host.now "monotonic" - start) * 1000
    assert(own_worker() ~= old)
  end
  table.sort(times)
  local wanted = bench.against("after a worker's death, ms", times[7], 100)
  bench.say("\nAfter the death of a worker the next picture, of 16x16, is ready in %.1f ms, at "
    .. "worst of 7 in %.1f ms,\nwanted %s. That 1,000 deaths leave no process and no growth is "
    .. "held by tests/unit/test_codec_pool.c.", times[4], times[7], wanted)
end

function M.say(bench, sets)
  png(bench, sets)
  apart(bench, sets)
  deaths(bench, sets)
end

return M
