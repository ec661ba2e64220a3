-- The colours and places of results against the scene that the sources show, path by path.
-- Limits: 40 dB (a wrong profile, range or turn is below 30) and a mean colour distance (CIE 1976)
-- of 2, which nobody sees. What is stored in less than 4:4:4 8 bits begins a little lower.
local lu = require "luaunit"
local our = require "convert_support"

local T = our.spec()

local function assert_golden(name, options, least, most)
  local done = assert(our.convert(name, options))
  local width, height, psnr, delta = our.measure()
  lu.assertEquals({ width, height }, { done.width, done.height })
  lu.assertTrue(psnr >= (least or 40), ("%s: %.2f dB"):format(name, psnr))
  lu.assertTrue(delta <= (most or 2), ("%s: distance %.2f"):format(name, delta))
  return done
end

function T:test_no_path_changes_colours()
  for _, name in ipairs({ "plain.jpg", "progressive.jpg", "cmyk.jpg", "ycck.jpg", "p3.jpg",
                          "adobe.jpg", "srgb.jpg", "badicc.jpg", "lossy.webp", "lossless.webp",
                          "p3.webp", "rgb.png", "interlaced.png", "deep.png" }) do
    assert_golden(name)
  end
end

local JPEGS = { "plain.jpg", "progressive.jpg", "arithmetic.jpg", "restarts.jpg", "422.jpg",
  "440.jpg", "444.jpg", "411.jpg", "stored.jpg", "cmyk.jpg", "ycck.jpg", "p3.jpg", "srgb.jpg" }

-- In a few pixels the scene is steep.
local function assert_width(name, width)
  local limits = { min_width = width, max_width = width }
  lu.assertEquals(assert_golden(name, limits, width < 40 and 35, width < 40 and 3.5).width, width)
end

---Made anew as it is, smaller, larger, and so small that frequencies are left out of it.
function T:test_each_kind_of_jpeg_at_each_size()
  for _, name in ipairs(JPEGS) do
    for _, width in ipairs { 161, 100, 99, 40, 20, 322 } do
      assert_width(name, width)
    end
  end
end

---The measure itself: a profile that is not applied is far away.
function T:test_the_limits_tell_a_wrong_path()
  local source = assert(host.read(our.folder .. "/adobe.jpg"))
  local at = source:find("ICC_PROFILE", 1, true)
  local spoilt = source:sub(1, at - 1) .. "XCC" .. source:sub(at + 3)
  assert(host.write(our.folder .. "/spoilt.jpg", spoilt))
  assert(our.convert("spoilt.jpg"))
  local _, _, psnr, delta = our.measure()
  lu.assertTrue(psnr < 35 and delta > 3, ("%.2f dB, distance %.2f"):format(psnr, delta))
end

function T:test_each_turn_of_each_format()
  for orientation = 1, 8 do
    for _, format in ipairs({ "jpg", "webp", "png" }) do
      assert_golden(("turned%d.%s"):format(orientation, format))
    end
  end
end

---Odd sides and even ones, where chroma at half size meets another end of the picture.
function T:test_each_turn_of_each_size()
  for orientation = 1, 8 do
    for _, format in ipairs { "jpg", "webp" } do
      for _, width in ipairs { 160, 101, 100, 35, 321 } do
        assert_width(("turned%d.%s"):format(orientation, format), width)
      end
    end
  end
end

---In a few pixels the scene is so steep that chroma at half size blurs it, in sources as well.
function T:test_odd_sizes()
  for _, case in ipairs({ { 7, 9, 18, 20 }, { 15, 17, 30, 8 }, { 17, 33, 30, 8 }, { 63, 65 },
                          { 321, 403 }, { 1079, 1349 }, { 16383, 64 }, { 64, 16383 } }) do
    local width, height, least, most = table.unpack(case)
    our.shape(width, height)
    for _, format in ipairs({ "jpg", "png", "webp" }) do
      local done = assert_golden("shape." .. format, nil, least, most)
      lu.assertEquals({ done.width, done.height }, { width, height })
    end
  end
end

function T:test_the_smallest_sizes()
  for _, size in ipairs({ { 1, 1 }, { 1, 2 }, { 2, 1 }, { 3, 2 }, { 1, 37 }, { 37, 1 } }) do
    our.shape(size[1], size[2])
    for _, format in ipairs({ "jpg", "png", "webp" }) do
      local done = assert(our.convert("shape." .. format))
      lu.assertEquals({ done.width, done.height }, size, format)
      done = assert(our.convert("shape." .. format, { min_width = 320, min_ratio = 0.8,
        max_ratio = 1.91 }))
      lu.assertTrue(done.width >= 320 and done.width / done.height >= 0.8
        and done.width / done.height <= 1.91)
    end
  end
end

function T:test_alpha_over_white_and_black()
  for _, name in ipairs({ "alpha.webp", "alphalossless.webp", "alpha.png", "palettealpha.png" }) do
    for colour, wanted in pairs({ ["#ffffff"] = our.white, ["#000000"] = our.black }) do
      assert(our.convert(name, { background = colour }))
      our.assert_colour(30, 60, our.red, name)
      our.assert_colour(140, 60, wanted, name)
    end
  end
end

return T
