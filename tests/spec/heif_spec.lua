-- HEIC and AVIF, through libheif in a kind of worker of its own. The pictures are made here, by
-- heif-enc and avifenc.
local lu = require "luaunit"
local media = require "media"
local our = require "convert_support"

local T = our.spec()

-- A picture made of a fixture by one of the encoders, as NAME of the fixtures' folder.
local function make(argv)
  local done, err = host.exec(argv, { cwd = our.folder, timeout = 100 })
  if not done and err.code == "ENOENT" then lu.skip(argv[1] .. " is not installed") end
  assert(done, tostring(err))
  assert(done.status == 0, table.concat(argv, " ") .. ": " .. done.stderr .. done.stdout)
end

local function heic(source, name, ...)
  make({ "heif-enc", "-q", "95", source, "-o", name, ... })
  return name
end

local function avif(source, name, options)
  local argv = { "avifenc", "--min", "4", "--max", "8", "-s", "8" }
  for _, word in ipairs(options or {}) do argv[#argv + 1] = word end
  argv[#argv + 1], argv[#argv + 2] = source, name
  make(argv)
  return name
end

local function assert_close(name, most)
  local done = assert(our.convert(name))
  local width, height, psnr, delta = our.measure()
  lu.assertEquals({ width, height }, { done.width, done.height })
  lu.assertTrue(psnr >= 40 and delta <= (most or 2),
    ("%s: %.2f dB, distance %.2f"):format(name, psnr, delta))
  return done
end

function T:test_both_are_read_by_content()
  heic("rgb.png", "a.heic")
  avif("rgb.png", "a.avif")
  for _, format in ipairs { "heic", "avif" } do
    assert(host.copy(our.folder .. "/a." .. format, our.folder .. "/" .. format .. ".jpg"))
    local facts = assert(host.probe(our.folder .. "/" .. format .. ".jpg"))
    lu.assertEquals({ facts.format, facts.kind, facts.width, facts.height, facts.depth,
      facts.alpha, facts.icc, facts.orientation },
      { format, "image", 161, 123, 8, false, false, 1 })
    local done = assert_close(format .. ".jpg")
    lu.assertEquals({ done.passthrough, done.removed }, { false, {} })
  end
end

function T:test_odd_sizes_and_ten_bits()
  heic("deep.png", "deep.heic", "-b", "10")
  lu.assertEquals(host.probe(our.folder .. "/deep.heic").depth, 10)
  assert_close("deep.heic")
  avif("deep.png", "deep.avif", { "-d", "12" })
  lu.assertEquals(host.probe(our.folder .. "/deep.avif").depth, 12)
  assert_close("deep.avif")
end

---Profiles, and the numbers that phones write in place of one.
function T:test_colours_become_srgb()
  lu.assertEquals(assert_close(heic("p3.jpg", "p3.heic")).removed, { "icc" })
  lu.assertEquals(assert_close(avif("adobe.jpg", "adobe.avif")).removed, { "icc" })
  -- P3 by its number alone.
  avif("p3.jpg", "number.avif", { "--ignore-icc", "--cicp", "12/13/6" })
  lu.assertFalse(host.probe(our.folder .. "/number.avif").icc)
  assert_close("number.avif")
  -- The measure tells: taken for sRGB the same picture is far off.
  avif("p3.jpg", "wrong.avif", { "--ignore-icc", "--cicp", "1/13/6" })
  assert(our.convert("wrong.avif"))
  local _, _, _, delta = our.measure()
  lu.assertTrue(delta > 2, "distance " .. delta)
end

---libheif turns; EXIF beside that says the same and must not turn it again.
function T:test_each_turn_once()
  local turns = { [3] = { "--irot", "2" }, [6] = { "--irot", "3" }, [8] = { "--irot", "1" },
    [2] = { "--imir", "1" }, [4] = { "--imir", "0" } }
  for orientation, options in pairs(turns) do
    local name = avif(("turned%d.jpg"):format(orientation), "turned.avif", options)
    local facts = assert(host.probe(our.folder .. "/" .. name))
    lu.assertEquals({ facts.width, facts.height, facts.orientation }, { 161, 123, 1 })
    assert_close(name)
  end
end

function T:test_alpha_over_white_and_black()
  heic("alpha.png", "alpha.heic")
  avif("alpha.png", "alpha.avif")
  avif("alpha.png", "multiplied.avif", { "-p" })
  for _, name in ipairs { "alpha.heic", "alpha.avif", "multiplied.avif" } do
    lu.assertTrue(host.probe(our.folder .. "/" .. name).alpha)
    for colour, wanted in pairs({ ["#ffffff"] = our.white, ["#000000"] = our.black }) do
      assert(our.convert(name, { background = colour }))
      our.assert_colour(30, 60, our.red, name)
      our.assert_colour(140, 60, wanted, name)
    end
  end
end

function T:test_words_and_places_are_told_and_stay_behind()
  heic("turned1.jpg", "place.heic", "-t", "32")
  local meta = assert(host.probe(our.folder .. "/place.heic")).meta
  lu.assertTrue(meta.gps)
  lu.assertEquals(meta.holds, { "gps", "exif", "thumbnail" })
  local done = assert_close("place.heic")
  lu.assertEquals(done.removed, meta.holds)
  lu.assertEquals(host.probe(our.out).meta.holds, {})
end

---A sequence: how long it is, and its picture.
function T:test_a_sequence_is_told_by_its_frames()
  make { "avifenc", "--min", "4", "--max", "8", "-s", "8", "--fps", "5", "rgb.png",
    "interlaced.png", "rgb.png", "moving.avif" }
  local facts = assert(host.probe(our.folder .. "/moving.avif"))
  lu.assertEquals({ facts.format, facts.kind, facts.frames, facts.width, facts.height },
    { "avif", "image", 3, 161, 123 })
  lu.assertAlmostEquals(facts.duration, 0.6, 1e-9)
  lu.assertEquals(assert_close("moving.avif").source.frames, 3)
  avif("rgb.png", "still.avif")
  facts = assert(host.probe(our.folder .. "/still.avif"))
  lu.assertEquals({ facts.frames, facts.duration }, { 1, nil })
end

function T:test_limits_hold()
  heic("rgb.png", "a.heic")
  our.assert_error("limit", "megapixels", "a.heic", { max_pixels = 10000 })
  local facts, err = host.probe(our.folder .. "/a.heic", { max_pixels = 10000 })
  lu.assertNil(facts)
  lu.assertEquals(err.kind, "limit")
end

---Cut anywhere it is refused: no half picture, no dead decoder.
function T:test_a_cut_file_is_refused()
  for _, name in ipairs { heic("rgb.png", "a.heic"), avif("rgb.png", "a.avif") } do
    local bytes = assert(host.read(our.folder .. "/" .. name))
    for i = 1, 12 do
      local cut = "cut-" .. name
      media.write(our.folder .. "/" .. cut, bytes:sub(1, #bytes * i // 13))
      local err = our.assert_error("format", "", cut)
      lu.assertNotStrContains(err.message, "the decoder")
    end
  end
end

local function child(flag)
  local pid = host.info().pid
  local file <close> = io.open(("/proc/%d/task/%d/children"):format(pid, pid))
  for number in (file and file:read "a" or ""):gmatch "%d+" do
    local line <close> = io.open("/proc/" .. number .. "/cmdline")
    if line and line:read("a"):find("\0" .. flag .. "\0", 1, true) then return number end
  end
end

local function read(path)
  local file <close> = io.open(path)
  return file and file:read "a" or ""
end

---Locked in as the others are, and nobody else carries its libraries.
function T:test_a_worker_of_its_own()
  assert(our.convert(heic("rgb.png", "a.heic")))
  assert(our.convert("rgb.png"))
  local own, other = child "--codec-worker=heif", child "--codec-worker"
  lu.assertNotNil(own)
  lu.assertNotNil(other)
  lu.assertNotStrContains(read "/proc/self/maps", "libheif")
  if host.info().sandbox == "process" then return end
  local status = read("/proc/" .. own .. "/status")
  lu.assertStrContains(status, "Seccomp:\t2")
  lu.assertStrContains(status, "Threads:\t1")
  lu.assertNotStrContains(read("/proc/" .. other .. "/maps"), "libheif")
end

---Numbers of colours that nobody defined are none, as they are in the container; and a worker that
---reads many such pictures does not grow: each frame would be 30 KB.
function T:test_undefined_colours_cost_nothing()
  local name = avif("rgb.png", "odd.avif", { "--ignore-icc", "--cicp", "1/3/6" })
  local function grown()
    local pid = child "--codec-worker=heif"
    return tonumber(read("/proc/" .. pid .. "/status"):match "VmRSS:%s*(%d+)")
  end
  assert_close(name)
  for _ = 1, 40 do assert(our.convert(name)) end
  local before = grown()
  for _ = 1, 200 do assert(our.convert(name)) end
  if host.info().sandbox == "process" then return end -- a sanitizer keeps what was freed
  lu.assertTrue(grown() - before < 2048, ("grew by %d KB"):format(grown() - before))
end

---Without the library: what is missing, by name; and everything else goes on.
function T:test_its_absence_is_named()
  local found = assert(host.decoders())
  lu.assertStrMatches(found.libheif, "%d+%.%d+%.%d+")
  lu.assertEquals({ found.heic, found.avif }, { true, true })
  heic("rgb.png", "a.heic")
  local script = our.folder .. "/absent_spec.lua"
  media.write(script, ([[
    local T, folder = {}, %q
    function T:test_absence()
      local facts, err = host.probe(folder .. "/a.heic")
      assert(facts == nil and err.kind == "format")
      assert(err.message:find("HEIC needs libheif, which is not installed (Debian: libheif1)", 1,
        true), err.message)
      local found, why = host.decoders()
      assert(found == nil and why.message:find("libheif1", 1, true))
      assert(require "heif".state():find("libheif1", 1, true))
      assert(host.convert(folder .. "/rgb.png", folder .. "/other.jpg"))
    end
    return T
  ]]):format(our.folder))
  local worker = child "--codec-worker=heif"
  local library = read("/proc/" .. worker .. "/maps"):match "/%S*libheif%.so%S*"
  local done = host.exec { "unshare", "--mount", "--map-root-user", "sh", "-c",
    "mount --bind /dev/null \"$1\" && exec \"$2\" test \"$3\"", "sh", library,
    host.info().executable, script }
  if not done or done.stderr:find("unshare:", 1, true) or done.stderr:find("mount:", 1, true) then
    lu.skip("no namespaces here")
  end
  lu.assertEquals(done.status, 0, done.stdout .. done.stderr)
end

return T
