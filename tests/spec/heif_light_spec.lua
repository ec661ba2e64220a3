-- Pictures of high dynamic range, HEIC and AVIF: what they show up to white paper (203 cd/m2) is
-- what sRGB shows, and what is brighter is white. The sources are made by mkmedia from BT.2100;
-- here is sRGB, from its own formula.
local lu = require "luaunit"
local media = require "media"
local our = require "convert_support"

local T = our.spec()

local CURVES = { pq = 16, hlg = 18 }
local STEPS = { 0, 1, 5, 20, 50, 100, 203, 400, 1000 } -- cd/m2, as mkmedia_hdr.c has them

local function make(argv)
  local done, err = host.exec(argv, { cwd = our.folder, timeout = 100 })
  if not done and err.code == "ENOENT" then lu.skip(argv[1] .. " is not installed") end
  assert(done and done.status == 0, tostring(err or done.stderr .. done.stdout))
end

local function avif(name, curve, depth)
  make { "avifenc", "--min", "0", "--max", "2", "-s", "8", "-d", tostring(depth), "-y", "444",
    "--cicp", ("9/%d/9"):format(CURVES[curve]), name .. ".png", name .. ".avif" }
  return name .. ".avif"
end

-- heif-enc does not write the numbers: they are put in the place of a property that is not needed.
local function heic(name, curve)
  local path = our.folder .. "/" .. name .. ".heic"
  make { "heif-enc", "-q", "98", "-b", "10", "-p", "chroma=444", "--matrix_coefficients", "9",
    name .. ".png", "-o", path }
  local bytes = assert(host.read(path))
  local at = assert(bytes:find("pixi", 1, true), "no pixi") - 4
  local old = (">I4"):unpack(bytes, at)
  local colour = (">I4c4c4I2I2I2B"):pack(19, "colr", "nclx", 9, CURVES[curve], 9, 128)
  local more = #colour - old
  bytes = bytes:sub(1, at - 1) .. colour .. bytes:sub(at + old)
  for _, box in ipairs { "ipco", "iprp", "meta" } do -- what is around it has grown
    local start = assert(bytes:find(box, 1, true)) - 4
    local size = (">I4"):unpack(bytes, start)
    bytes = bytes:sub(1, start - 1) .. (">I4"):pack(size + more) .. bytes:sub(start + 4)
  end
  -- And the picture, which the list of places knows by its position.
  local data = assert(bytes:find("mdat", 1, true)) + 3
  local place = assert(bytes:find((">I4"):pack(data - more), bytes:find("iloc", 1, true), true))
  bytes = bytes:sub(1, place - 1) .. (">I4"):pack(data) .. bytes:sub(place + 4)
  media.write(path, bytes)
  return name .. ".heic"
end

local function srgb(nits)
  local light = math.min(nits / 203, 1)
  return 255 * (light <= 0.0031308 and light * 12.92 or 1.055 * light ^ (1 / 2.4) - 0.055)
end

-- The mean distance of colours (CIE 1976) is 0.7 to 0.8 by ten bits of AVIF: 8 bits of such a curve
-- are coarse.
local function assert_shows(name)
  assert(our.convert(name, { quality = 95 }))
  local _, _, psnr, delta = our.measure()
  lu.assertTrue(psnr >= 42 and delta <= 1.2,
    ("%s: %.2f dB, distance %.2f"):format(name, psnr, delta))
end

local function assert_steps(name)
  assert(our.convert(name, { quality = 95 }))
  for i, nits in ipairs(STEPS) do
    local found = our.pixel(i * 32 - 16, 16)
    for c = 1, 3 do
      lu.assertAlmostEquals(found[c], srgb(nits), 3, ("%s, %d cd/m2"):format(name, nits))
    end
  end
end

function T:test_avif_shows_the_scene()
  for curve in pairs(CURVES) do
    for _, depth in ipairs { 10, 12 } do assert_shows(avif(curve, curve, depth)) end
    assert_steps(avif(curve .. "steps", curve, 10))
  end
end

function T:test_heic_shows_the_scene()
  for curve in pairs(CURVES) do
    lu.assertFalse(host.probe(our.folder .. "/" .. heic(curve, curve)).icc)
    assert_shows(curve .. ".heic")
    assert_steps(heic(curve .. "steps", curve))
  end
end

---The measure itself: a curve taken for the other one is far off.
function T:test_the_measure_tells()
  assert(our.convert(avif("pq", "hlg", 10)))
  local _, _, psnr, delta = our.measure()
  lu.assertTrue(psnr < 30 and delta > 5, ("%.2f dB, distance %.2f"):format(psnr, delta))
end

return T
