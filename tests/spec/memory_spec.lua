-- memory_spec.lua - what a worker needs for a large picture: its planes once, its result, its file.
local lu = require "luaunit"
local our = require "convert_support"

local T = our.spec()
local WIDTH, HEIGHT, SPARE = 4032, 3024, 2 << 20

---The largest peak of a worker, in bytes.
local function peak()
  local pid, most = host.info().pid, 0
  local file <close> = io.open(("/proc/%d/task/%d/children"):format(pid, pid))
  for child in (file and file:read "a" or ""):gmatch "%d+" do
    local status <close> = io.open("/proc/" .. child .. "/status")
    local kb = status and status:read("a"):match "VmHWM:%s*(%d+) kB"
    most = math.max(most, (tonumber(kb) or 0) << 10)
  end
  return most
end

---An EXIF block that says how the camera was held.
local function turned(bytes, orientation)
  local exif = "Exif\0\0II*\0\8\0\0\0\1\0\x12\1\3\0\1\0\0\0" .. string.char(orientation) ..
    "\0\0\0\0\0\0\0"
  return bytes:sub(1, 2) .. "\xFF\xE1" .. string.pack(">I2", #exif + 2) .. exif .. bytes:sub(3)
end

-- A sanitizer has memory of its own.
local function assert_fits_in(name, bytes, before)
  if host.info().sandbox ~= "process" then
    lu.assertTrue(peak() - before <= bytes, ("%s: %.1f MB"):format(name, (peak() - before) / 1e6))
  end
end

function T:test_twelve_megapixels()
  our.shape(WIDTH, HEIGHT)
  assert(our.convert("1x1.jpg"))
  local idle = peak()
  local result = 1440 * 1080 * 3 // 2
  local room = WIDTH * HEIGHT * 3 // 2 + result + SPARE
  for _, format in ipairs { "jpg", "webp" } do
    local name = "shape." .. format
    assert(our.convert(name, { max_width = 1440 }))
    our.assert_shows(40, name)
    assert_fits_in(name, room + host.stat(our.folder .. "/" .. name).size, idle)
  end
  local bytes = turned(assert(host.read(our.folder .. "/shape.jpg")), 3)
  assert(host.write(our.folder .. "/lying.jpg", bytes))
  assert(our.convert("lying.jpg", { max_width = 1440 }))
  assert_fits_in("lying.jpg", room + result + #bytes, idle)
end

return T
