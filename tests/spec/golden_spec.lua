-- The colours and places of results against the scene that the sources show, path by path.
-- Limits: 40 dB (a wrong profile, range or turn is below 30) and a mean colour distance (CIE 1976)
-- of 2, which nobody sees.
local lu = require "luaunit"
local our = require "convert_support"

local T = our.spec()

local function check(name, done, found, least, most)
  local width, height, psnr, delta = table.unpack(found)
  lu.assertEquals({ width, height }, { done.width, done.height })
  lu.assertTrue(psnr >= least, ("%s: %.2f dB"):format(name, psnr))
  lu.assertTrue(delta <= most, ("%s: distance %.2f"):format(name, delta))
  return done
end

local function assert_golden(name, options, least, most)
  local done = assert(our.convert(name, options))
  return check(name, done, { our.measure() }, least or 40, most or 2)
end

-- The distance that each is allowed is a little above what was measured.
local PATHS = { ["plain.jpg"] = 1.2, ["progressive.jpg"] = 1.2, ["cmyk.jpg"] = 1.2,
  ["ycck.jpg"] = 1.2, ["p3.jpg"] = 1.2, ["adobe.jpg"] = 1.2, ["srgb.jpg"] = 1.2,
  ["badicc.jpg"] = 1.2, ["lossy.webp"] = 1.2, ["lossless.webp"] = 1, ["p3.webp"] = 1.2,
  ["rgb.png"] = 1, ["interlaced.png"] = 1, ["deep.png"] = 1, ["p3.png"] = 1.2, ["adobe.png"] = 1.2 }

function T:test_no_path_changes_colours()
  for name, most in pairs(PATHS) do assert_golden(name, nil, 40, most) end
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

-- What mkmedia makes in any size, by what is to be seen of it.
local VIEWS = { ["scene.jpg"] = "scene", ["scene.png"] = "scene", ["scene.webp"] = "scene",
  ["scenelossless.webp"] = "scene", ["grey.jpg"] = "grey", ["grey.png"] = "grey",
  ["cells.png"] = "cells", ["cells.gif"] = "cells", ["veil.png"] = "veil", ["veil.webp"] = "veil",
  ["veillossless.webp"] = "veil" }

-- Calls fn with each of these files, what is to be seen and the background that is asked for.
local function each_view(width, height, fn)
  our.views(width, height)
  for name, view in pairs(VIEWS) do
    fn(name, view, "ffffff")
    if view == "veil" then fn(name, view, "000000") end
  end
end

---In a few pixels the scene is so steep that chroma at half size blurs it, in sources as well; the
---edges of cells are always so. Grey has no chroma.
function T:test_odd_sizes()
  for _, case in ipairs({ { 7, 9, 23, 17 }, { 15, 17, 27, 10 }, { 17, 33, 29, 8 },
                          { 63, 65, 33, 4 }, { 321, 403, 40, 1.3 }, { 1079, 1349, 44, 0.9 },
                          { 16383, 64, 40, 1.4 }, { 64, 16383, 37, 1.6 } }) do
    local width, height, least, most = table.unpack(case)
    each_view(width, height, function(name, view, under)
      local done = assert(our.convert(name, { background = "#" .. under }))
      lu.assertEquals({ done.width, done.height }, { width, height })
      local grey = view == "grey"
      check(name, done, { our.measure(view, under) }, grey and 45 or least, grey and 0.5 or most)
    end)
  end
end

function T:test_the_smallest_sizes()
  for _, size in ipairs({ { 1, 1 }, { 1, 2 }, { 2, 1 }, { 3, 2 }, { 1, 37 }, { 37, 1 } }) do
    each_view(size[1], size[2], function(name)
      local done = assert(our.convert(name))
      lu.assertEquals({ done.width, done.height }, size, name)
      done = assert(our.convert(name, { min_width = 320, min_ratio = 0.8, max_ratio = 1.91 }))
      lu.assertTrue(done.width >= 320 and done.width / done.height >= 0.8
        and done.width / done.height <= 1.91)
    end)
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
