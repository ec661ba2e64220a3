-- memory_spec.lua - how much memory a conversion takes: the peak of a fresh worker above its peak
-- after a picture of 16 x 16. The rule: the file, bytes for each pixel of source and result, 1 MB.
local lu = require "luaunit"
local media = require "media"

local MEGABYTE, WIDEST = 1 << 20, 1440
local T = {}
local set

function T:setUp()
  set = media.make()
  media.shape(set, 16, 16)
  assert(host.copy(set.path .. "/shape.webp", set.path .. "/tiny.webp"))
end

function T:tearDown()
  media.remove(set)
end

local function read(path)
  local file <close> = io.open(path)
  return file and file:read "a" or ""
end

local function worker()
  local pid = host.info().pid
  for child in read(("/proc/%d/task/%d/children"):format(pid, pid)):gmatch "%d+" do
    if read("/proc/" .. child .. "/cmdline"):find("--codec-worker", 1, true) then return child end
  end
end

local function run(argv)
  local done = assert(host.exec(argv, { cwd = set.path, timeout = 100 }))
  assert(done.status == 0, table.concat(argv, " ") .. ": " .. done.stderr)
end

-- Bytes. One conversion at a time has one worker.
local function peak_after(name)
  assert(host.convert(set.path .. "/" .. name, set.path .. "/out.jpg",
    { max_width = WIDEST, durable = false }))
  return tonumber(read("/proc/" .. worker() .. "/status"):match "VmHWM:%s*(%d+)") * 1024
end

local function above_idle(name)
  local old = worker()
  if old then run { "kill", "-9", old } end
  local idle = peak_after "tiny.webp"
  lu.assertNotEquals(worker(), old)
  return peak_after(name) - idle
end

local function assert_within(name, bytes_a_pixel, most)
  if host.info().sandbox == "process" then lu.skip "a sanitizer has memory of its own" end
  local facts = assert(host.probe(set.path .. "/" .. name))
  local pixels = facts.width * facts.height
  local result = facts.width > WIDEST and WIDEST * facts.height // facts.width * WIDEST or 0
  local rule = facts.size + bytes_a_pixel * (pixels + result) + MEGABYTE
  local above = above_idle(name)
  local text = ("%s: %.2f MB, at most %.2f"):format(name, above / MEGABYTE, rule / MEGABYTE)
  lu.assertTrue(above <= rule and above <= (most or rule), text)
  return above
end

---A worker fetches memory before its first picture: a usual one takes what the rule says out of it.
function T:test_lossy_takes_its_planes()
  media.shape(set, 1080, 1350)
  assert_within("shape.webp", 1.5, MEGABYTE // 4)
end

---libwebp has all pixels of a lossless one, four bytes each, and nothing else is kept of it.
function T:test_lossless_takes_its_pixels()
  media.shape(set, 1080, 1350)
  run { "cwebp", "-quiet", "-lossless", "-m", "0", "shape.png", "-o", "lossless.webp" }
  assert_within("lossless.webp", 4)
end

---And no picture has so little that the measure says nothing.
function T:test_twelve_megapixels_fitted()
  media.shape(set, 4032, 3024)
  local above = assert_within("shape.webp", 1.5, 23 * MEGABYTE)
  lu.assertTrue(above > 12 * MEGABYTE, above .. " bytes")
end

---An EXIF block that says how the camera was held.
local function turned(bytes, orientation)
  local exif = "Exif\0\0II*\0\8\0\0\0\1\0\x12\1\3\0\1\0\0\0" .. string.char(orientation) ..
    "\0\0\0\0\0\0\0"
  return bytes:sub(1, 2) .. "\xFF\xE1" .. string.pack(">I2", #exif + 2) .. exif .. bytes:sub(3)
end

---A JPEG has its planes once, and the result twice while it is turned.
function T:test_twelve_megapixels_of_jpeg()
  media.shape(set, 4032, 3024)
  assert_within("shape.jpg", 1.5, 23 * MEGABYTE)
  local bytes = turned(assert(host.read(set.path .. "/shape.jpg")), 3)
  media.write(set.path .. "/lying.jpg", bytes)
  local above = assert_within("lying.jpg", 1.5 + 0.2, 25 * MEGABYTE)
  lu.assertTrue(above > 12 * MEGABYTE, above .. " bytes")
end

return T
