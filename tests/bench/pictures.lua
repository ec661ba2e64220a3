-- pictures.lua - the converter beside the bound of the codecs and beside its peers; writes
-- docs/performance.md. Everything is measured in turns, so that only ratios of one run count.
--
--   affiche console tests/bench/pictures.lua      (by pictures.sh, which brings what is missing)
local root = host.info().root
package.path = root .. "/tests/bench/?.lua;" .. package.path
local json = require "json"
local peers = require "peers"
local parts = require "parts"
local photos = require "photos"
local rates = require "rates"

local MEASURE = root .. "/build/tests/bench/pictures"
local PROGRAM, WORK = host.info().executable, root .. "/build/pictures"
local ROUNDS, SCALED = 7, 1440
local lines, missed = {}, {}

local function say(text, ...)
  lines[#lines + 1] = select("#", ...) > 0 and text:format(...) or text
  print(lines[#lines])
end

local function measure(...)
  local argv = { MEASURE, ... }
  for i, word in ipairs(argv) do argv[i] = tostring(word) end
  local done = assert(host.exec(argv, { timeout = 600 }))
  assert(done.status == 0, done.stderr)
  return json.decode(done.stdout)
end

-- A number with what is wanted of it, and a note of what misses.
local function against(what, value, wanted, at_least)
  local good = at_least and value >= wanted or not at_least and value <= wanted
  local text = ("%s %.2f"):format(at_least and "≥" or "≤", wanted)
  if not good then missed[#missed + 1] = ("%s: %.2f, wanted %s"):format(what, value, text) end
  return good and text or text .. " **missed**"
end

local bench = { say = say, measure = measure, against = against, program = PROGRAM, work = WORK,
  scaled = SCALED }

local BOUNDS = {
  { "small", "lossy 1080x1350", 1.05 }, { "alpha", "with alpha 1080x1350", 1.10 },
  { "lossless", "lossless 1080x1350", 1.05 }, { "large", "4032x3024 to 1440", 1.15 },
  { "wide", "1920x1080 to 1440", 1.30 },
  { "jpeg", "JPEG 4032x3024 to 1440", 1.40 },
}

local function bounds(sets)
  say "## Beside the codecs alone\n"
  say("CPU milliseconds of a picture, least of %d rounds in turn, mean of the pictures. The bound "
    .. "is libwebp's decoding\nto planes (lossless: to BGRA; of a JPEG libjpeg-turbo's) and "
    .. "libjpeg-turbo's encoding of the result, on ready\nbuffers, without anything between. "
    .. "Ours is a job of the sandboxed worker: reading the file, checks, conversion,\nhanding "
    .. "the result back.\n", ROUNDS)
  say "| pictures | decode | encode | bound | ours | ratio | median | wall ratio | wanted |"
  say "|---|---|---|---|---|---|---|---|---|"
  for _, row in ipairs(BOUNDS) do
    local name, title, wanted = table.unpack(row)
    local files = table.move(sets[name], 1, math.min(#sets[name], 17), 1, {})
    local m = measure("ratio", PROGRAM, ROUNDS, SCALED, table.unpack(files))
    say("| %d × %s | %.2f | %.2f | %.2f | %.2f | **%.3f** | %.3f | %.3f | %s |", m.pictures, title,
      m.decode, m.encode, m.bound, m.cpu, m.ratio, m.median, m.wall_ratio,
      against(title .. ", beside the bound", m.ratio, wanted))
  end
end

local MEMORY = { { "small", 1.5 }, { "cutout", 2.5 }, { "alpha", 2.5 }, { "lossless", 4 },
  { "large", 1.5 }, { "wide", 1.5 }, { "jpeg", 1.5 } }
local TITLES = { cutout = "cut out 1080x1350" }
for _, row in ipairs(BOUNDS) do TITLES[row[1]] = row[2] end

local function memory(sets)
  say "\n## Memory\n"
  say "Peak of a worker above that after a picture of 16x16, MB, for one picture. The rule is the "
  say "file, 1.5 bytes for each pixel of source and result (2.5 with alpha, 4 lossless), 1 MB. A "
  say "worker fetches 6 MB for a usual picture before its first job, in huge pages: they are idle "
  say "memory too, and what most pictures are made in. libwebp decodes the alpha of what is cut "
  say("out with a palette, a byte a pixel or less; what is smooth, as whole pixels, four bytes "
    .. "each.\n")
  say "| picture | idle | peak | above idle | rule |"
  say "|---|---|---|---|---|"
  for _, row in ipairs(MEMORY) do
    local name, bytes = row[1], row[2]
    local title, path = TITLES[name], sets[name][1]
    if name == "cutout" or name == "alpha" then
      assert(photos.has_palette_alpha(path) == (name == "cutout"), path)
    end
    local facts = assert(host.probe(path))
    local result = math.min(facts.width, SCALED)
    local pixels = facts.width * facts.height
    local height = facts.height * result // facts.width
    pixels = pixels + (result < facts.width and result * height or 0)
    local m = measure("memory", PROGRAM, SCALED, sets.tiny[1], path)
    local rule = (facts.size + bytes * pixels) / 1048576 + 1
    say("| %s | %.1f | %.1f | %.1f | %s |", title, m.before / 1024, m.after / 1024,
      (m.after - m.before) / 1024,
      against(title .. ", MB above idle", (m.after - m.before) / 1024, rule))
  end
end

local function quality(sets)
  say "\n## Fitted pictures\n"
  say "PSNR of luma against Lanczos3, in double precision, of the decoder's RGB; beside it that "
  say "of the reference itself saved as JPEG, which is the best that can be had.\n"
  say "| pictures | ours, dB | reference as JPEG | worst difference | wanted |"
  say "|---|---|---|---|---|"
  for _, row in ipairs { { "large", "4032x3024 to 1440" }, { "wide", "1920x1080 to 1440" },
    { "jpeg", "JPEG 4032x3024 to 1440" } } do
    local m = measure("quality", PROGRAM, SCALED, table.unpack(sets[row[1]]))
    say("| %d × %s | %.2f | %.2f | %.2f | %s |", m.pictures, row[2], m.psnr, m.floor, m.worst,
      against(row[2] .. ", dB beside the reference", m.worst, -0.6, true))
  end
end

-- Ours and a peer alternate, with another picture each time; the ratio of each round, then the
-- median.
local function race(commands_of, files, rounds)
  local ratios = {}
  for i = 1, rounds do
    local ours, theirs = commands_of(files[(i - 1) % #files + 1])
    local own = assert(peers.took(MEASURE, ours))
    local took, why = peers.took(MEASURE, theirs)
    if not took then return nil, why end
    ratios[i] = took / own
  end
  table.sort(ratios)
  return ratios[rounds // 2 + 1]
end

local WANTED = { ["dwebp | cjpeg"] = 1.3, ImageMagick = 2.5, vips = 5, Pillow = 5 }

local function commands(sets, found)
  say "\n## Whole commands\n"
  say "One file, one process: how many times as long as `affiche convert` others take, median of "
  say "9 rounds in turn (27 of the first), each with another picture of the set.\n"
  say "| | 1080x1350 | wanted | 4032x3024 to 1440 | 1920x1080 to 1440 | alpha | lossless |"
  say "|---|---|---|---|---|---|---|"
  local cases =
    { { "small", nil, 27 }, { "large", SCALED }, { "wide", SCALED }, { "alpha" }, { "lossless" } }
  local target = WORK .. "/out.jpg"
  for _, peer in ipairs(found) do
    local cells = { (peer.name:gsub("|", "\\|")) }
    for _, case in ipairs(cases) do
      local width = case[2]
      local ratio, why = race(function(source)
        local ours = { PROGRAM, "convert", source, target }
        if width then table.move({ "--max-width", tostring(width) }, 1, 2, #ours + 1, ours) end
        return ours, peer.argv(source, target, width)
      end, sets[case[1]], case[3] or 9)
      cells[#cells + 1] = ratio and ("%.2f"):format(ratio) or "failed: " .. why
      if case[1] == "small" then
        local wanted = WANTED[peer.name]
        cells[#cells + 1] = wanted and ratio and
          against("whole command, " .. peer.name, ratio, wanted, true) or ""
      end
    end
    say("| " .. table.concat(cells, " | ") .. " |")
  end
end

local function least(argv)
  local best = math.huge
  for _ = 1, 41 do best = math.min(best, (assert(peers.took(MEASURE, argv)))) end
  return best
end

local function start_up()
  say "\n## Start-up\n"
  local nothing, ours = least { "true" }, least { PROGRAM, "version" }
  say("`affiche version` takes %.1f ms, `true` %.1f ms; least of 41. Above it: %.1f ms, wanted %s.",
    ours, nothing, ours - nothing, against("start-up, ms", ours - nothing, 5))
end

-- What callgrind counts inside a function and all that it calls.
local function count(inside, mode, path)
  local argv = { "valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null" }
  for _, name in ipairs(inside) do argv[#argv + 1] = "--toggle-collect=" .. name end
  table.move({ MEASURE, mode, path }, 1, 3, #argv + 1, argv)
  local done = host.exec(argv, { timeout = 300 })
  return done and done.status == 0 and tonumber(done.stderr:match "Collected : (%d+)") or nil
end

local function instructions(sets)
  say "\n## Instructions\n"
  local path = sets.small[1]
  local ours = count({ "codec_run" }, "ours", path)
  local bound = count({ "bound_decode", "bound_encode" }, "bound", path)
  if not (ours and bound) then return say "callgrind is not here: not counted." end
  say("One lossy picture without the sandbox, by callgrind: %.1f million, the bound %.1f million, "
    .. "ratio %.3f, wanted %s.", ours / 1e6, bound / 1e6, ours / bound,
    against("instructions", ours / bound, 1.06))
end

local function machine(found, missing)
  local cpu = (host.read("/proc/cpuinfo") or ""):match "model name%s*:%s*([^\n]*)" or "unknown"
  local load = (host.read("/proc/loadavg") or ""):match "%S+" or "?"
  local names = {}
  for _, peer in ipairs(found) do names[#names + 1] = peer.name .. " " .. (peer.release or "") end
  say "# Performance of the converter\n"
  say "Written by `make bench`. JPEG of quality 90, 4:2:0, everywhere.\n"
  local cores = select(2, (host.read("/proc/cpuinfo") or ""):gsub("processor%s*:", ""))
  local kernel = (host.read("/proc/sys/kernel/osrelease") or "unknown"):match "[%d.]*"
  say("- Machine: %s, %d cores, Linux %s; load average %s at the start.", cpu, cores, kernel, load)
  local packages = peers.run { "dpkg-query", "-W", "-f=${Package} ${Version}, ", "libwebp7",
    "libjpeg62-turbo" }
  if packages then say("- Libraries: %s.", packages:sub(1, -3)) end
  say("- Peers: %s.", table.concat(names, ", "))
  if #missing > 0 then say("- Not to be had here: %s.", table.concat(missing, ", ")) end
  say(photos.made_up and "- Pictures: made up, the packages with photographs were not to be had.\n"
    or "- Pictures: cut out of the JPEGs in Debian's plasma-workspace-wallpapers and "
    .. "mate-backgrounds, those with most\n  detail first, by `cwebp -q 80 -m 4`. Many of these "
    .. "are drawn and easily decoded: what has a fixed cost weighs\n  more in them than in a "
    .. "photograph, and the median ratio is theirs.\n")
end

local sets = photos.prepare(WORK)
local found, missing = peers.find(root .. "/build/sharp/node_modules",
  root .. "/build/tests/bench/vips_loop")
machine(found, missing)
bounds(sets)
instructions(sets)
memory(sets)
quality(sets)
commands(sets, found)
start_up()
rates.say(bench, sets, found)
parts.say(bench, sets)
say "\n## What misses\n"
say(#missed == 0 and "Nothing." or "- " .. table.concat(missed, "\n- "))
assert(host.mkdir(root .. "/docs"))
assert(host.write(root .. "/docs/performance.md", table.concat(lines, "\n") .. "\n"))
return 0
