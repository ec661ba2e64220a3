-- rates.lua - many pictures in one process: ours, in one worker and in two, beside the peers' loops
-- with as many threads.
local peers = require "peers"

local M = {}

-- For 1 and 2 threads: how many times as long as ours a peer takes, at least.
local SMALL = { title = "1080x1350", { vips = 2.2, Pillow = 2.1, sharp = 2.4 },
  { vips = 2.3, Pillow = 3 } }
-- `cpu`: how much of the peer's CPU time ours takes, at most.
local FITTED = { title = "1920x1080 and 4032x3024 to 1440", { Pillow = 2.6 }, { vips = 1.2 },
  cpu = { vips = 0.85 } }

local function workers(bench, files, wanted)
  local one = bench.measure("rate", bench.program, 1, 5, table.unpack(files))
  local two = bench.measure("rate", bench.program, 2, 5, table.unpack(files))
  bench.say("| one worker (peak %.0f MB) | %.2f | %.2f | 1.00 | |", one.peak / 1024, one.ms,
    one.cpu)
  bench.say("| two workers (peak %.0f MB) | %.2f | %.2f | %.2f × one | %s |", two.peak / 1024,
    two.ms, two.cpu, one.ms / two.ms, wanted == SMALL
      and bench.against("two workers", one.ms / two.ms, 1.75, true) or "")
  return { one, two }
end

local function table_of(bench, files, wanted, found)
  local what = ("many pictures, %s, "):format(wanted.title)
  bench.say("\n%d pictures of %s.\n", #files, wanted.title)
  bench.say "| | wall, ms | CPU, ms | wall, × ours | wanted |"
  bench.say "|---|---|---|---|---|"
  local ours = workers(bench, files, wanted)
  for threads = 1, 2 do
    for _, peer in ipairs(found) do
      local theirs = peers.many(peer, threads, bench.scaled, bench.work .. "/out", files)
      if theirs then
        local name = ("%s, %d thread%s"):format(peer.name, threads, threads > 1 and "s" or "")
        local least = wanted[threads][peer.name]
        local ratio = theirs.ms / ours[threads].ms
        local cell = least and bench.against(what .. name, ratio, least, true) or ""
        local most = threads == 1 and wanted.cpu and wanted.cpu[peer.name]
        if most then
          local share = ours[1].cpu / theirs.cpu
          cell = ("CPU of ours %.2f of it, %s"):format(share,
            bench.against(what .. name .. ", CPU", share, most))
        end
        bench.say("| %s | %.2f | %.2f | %.2f | %s |", name, theirs.ms, theirs.cpu, ratio, cell)
      end
    end
  end
end

function M.say(bench, sets, found)
  bench.say "\n## Many pictures, one process\n"
  bench.say "Best pass, milliseconds of a picture. Two workers are compared with two threads."
  table_of(bench, sets.small, SMALL, found)
  local fitted = table.move(sets.wide, 1, 5, 1, {})
  table_of(bench, table.move(sets.large, 1, 5, #fitted + 1, fitted), FITTED, found)
  bench.say "\nFitted, libvips and sharp take libwebp's own scaler, not Lanczos3. While others use"
  bench.say "the cores, two workers look slow: see the load above."
end

return M
