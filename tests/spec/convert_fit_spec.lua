-- convert_fit_spec.lua - host.convert: ratio, width and length of the result.
local lu = require "luaunit"
local our = require "convert_support"

local T = our.spec()
local convert = our.convert
local assert_error = our.assert_error
local assert_scene = our.assert_scene
local assert_shows = our.assert_shows
local assert_colour = our.assert_colour

local RATIOS = { min_ratio = 0.8, max_ratio = 1.91 }

local function with_ratios(options)
  for key, value in pairs(RATIOS) do options[key] = options[key] or value end
  return options
end

local function assert_ratio(done)
  local ratio = done.width / done.height
  lu.assertTrue(ratio >= RATIOS.min_ratio and ratio <= RATIOS.max_ratio, "ratio " .. ratio)
end

function T:test_pad()
  local done = assert(convert("600x100.jpg", with_ratios({ background = "#000000" })))
  lu.assertEquals({ done.width, done.height }, { 600, 315 })
  assert_ratio(done)
  assert_colour(300, 20, our.black)
  assert_shows(34, "the part", 0, 106, 600, 100)
  done = assert(convert("100x600.jpg", with_ratios({})))
  lu.assertEquals({ done.width, done.height }, { 480, 600 })
  assert_colour(10, 300, our.white)
  assert_shows(34, "the part", 190, 0, 100, 600)
end

function T:test_crop()
  local done = assert(convert("600x100.jpg", with_ratios({ fit = "crop" })))
  lu.assertEquals({ done.width, done.height }, { 191, 100 })
  assert_ratio(done)
  assert_colour(95, 50, { 125, 126, 58 }) -- the middle of the scene
  done = assert(convert("100x600.jpg", with_ratios({ fit = "crop" })))
  lu.assertEquals({ done.width, done.height }, { 100, 125 })
end

function T:test_none()
  local err = assert_error("format", "6.000", "600x100.jpg", with_ratios({ fit = "none" }))
  lu.assertFalse(err.retryable)
  assert_scene("plain.jpg", with_ratios({ fit = "none" }))
end

---Whatever the source, the limits hold exactly.
function T:test_the_ratio_is_exact()
  for _, name in ipairs({ "1x1.jpg", "1x37.jpg", "333x777.jpg", "600x100.jpg", "1600x1200.jpg" }) do
    for _, fit in ipairs({ "pad", "crop" }) do
      for _, width in ipairs({ 320, 321, 1079 }) do
        local options = with_ratios({ fit = fit, min_width = 320, max_width = width })
        local done = assert(convert(name, options))
        assert_ratio(done)
        lu.assertTrue(done.width >= 320 and done.width <= width)
        local w, h = assert_shows(0, name)
        lu.assertEquals({ w, h }, { done.width, done.height })
      end
    end
    local square = assert(convert(name, { min_ratio = 1, max_ratio = 1 }))
    lu.assertEquals(square.width, square.height)
    local exact = assert(convert(name, { min_ratio = 0.8, max_ratio = 0.8 }))
    lu.assertEquals(exact.width / exact.height, 0.8)
  end
end

function T:test_width()
  local done = assert_scene("1600x1200.jpg", { max_width = 640 }, 40)
  lu.assertEquals({ done.width, done.height }, { 640, 480 })
  done = assert_scene("plain.jpg", { min_width = 320 }, 40)
  lu.assertEquals({ done.width, done.height }, { 320, 244 })
  done = assert_scene("turned6.jpg", { max_width = 80 }, 38)
  lu.assertEquals({ done.width, done.height }, { 80, 61 })
end

---Lossy WebP goes from plane to plane: every kind of fit once more, with the offsets that chroma at
---half size could get wrong.
function T:test_planes()
  assert_scene("lossy.webp", { max_width = 100 }, 40)
  assert_scene("lossy.webp", { min_width = 320 }, 40)
  for _, width in ipairs({ 0, 100, 101, 333 }) do
    local options = { min_ratio = 2, background = "#000000", min_width = width, max_width = width }
    local done = assert(convert("lossy.webp", options))
    lu.assertTrue(done.width / done.height >= 2)
    assert_colour(2, 20, our.black, "beside")
    assert_colour(done.width - 3, 20, our.black, "beside")
    local w = done.height * 161 // 123 // 2 * 2
    local x = (done.width - w) // 4 * 2
    -- Without its edges; the scene is stretched by these 8 pixels.
    assert_shows(28, "width " .. width, x + 4, 0, w - 8, done.height)
    done = assert(convert("lossy.webp", { max_ratio = 0.7, fit = "crop", max_width = width }))
    lu.assertTrue(done.width / done.height <= 0.7)
    assert_colour(done.width // 2, done.height // 2, { 125, 125, 58 }, "middle")
  end
  assert(convert("alpha.webp", { min_ratio = 2, max_width = 101 }))
  assert_colour(2, 20, our.white)
  assert_colour(30, 20, our.red)
end

---The scene is smooth, so its edge, and its blurred self, are near to what stood there.
function T:test_backdrops()
  for _, name in ipairs({ "plain.jpg", "lossy.webp", "alpha.png" }) do
    local edge = assert(convert(name, { min_ratio = 2, background = "edge" }))
    local x = (edge.width - 161) // 4 * 2
    local outermost = our.pixel(x, 60)
    assert_colour(0, 60, outermost, name)
    assert_colour(x // 2, 60, outermost, name)
    local right = our.pixel(x + 160, 60)
    assert_colour(edge.width - 1, 60, right, name)
    assert(convert(name, { max_ratio = 0.7, background = "edge" }))
    assert_colour(80, 0, our.pixel(80, 54 // 4 * 2 + 1), name)
  end
  local blurred = assert(convert("plain.jpg", { min_ratio = 2, background = "blur" }))
  local x = (blurred.width - 161) // 4 * 2
  assert_shows(35, "the picture stays as it is", x, 0, 161, 123)
  local left, right = our.pixel(4, 60), our.pixel(blurred.width - 5, 60)
  lu.assertNotEquals(left, our.white)
  lu.assertTrue(math.abs(left[1] - right[1]) > 30, "one side is not the other")
  -- Nothing beside the picture: nothing to fill, and the planes go the short way.
  lu.assertEquals(assert(convert("lossy.webp", { background = "blur" })).width, 161)
end

function T:test_focus()
  local function first(options)
    options.fit, options.max_ratio, options.min_ratio = "crop", 0.5, 0.5
    local done = assert(convert("plain.jpg", options))
    lu.assertEquals(done.width / done.height, 0.5)
    return our.pixel(done.width // 2, done.height // 2)
  end
  local left, middle, right = first { focus_x = 0 }, first {}, first { focus_x = 1 }
  assert(convert("plain.jpg"))
  for x, found in pairs({ [31] = left, [80] = middle, [129] = right }) do
    local wanted = our.pixel(x, 61)
    for c = 1, 3 do lu.assertAlmostEquals(found[c], wanted[c], 8, "x " .. x) end
  end
  local top = assert(convert("plain.jpg", { fit = "crop", min_ratio = 3, focus_y = 0 }))
  local found = our.pixel(80, 0)
  lu.assertTrue(top.height <= 54)
  assert(convert("plain.jpg"))
  for c = 1, 3 do lu.assertAlmostEquals(found[c], our.pixel(80, 0)[c], 8) end
  lu.assertErrorMsgContains("focus_x", convert, "plain.jpg", { focus_x = 1.5 })
end

function T:test_story()
  local done = assert(convert("plain.jpg", { fit = "story", min_width = 1080, max_width = 1080,
    min_ratio = 0.8, max_ratio = 1.91, background = "blur" }))
  lu.assertEquals({ done.width, done.height }, { 1080, 1920 })
end

function T:test_quality_and_max_bytes()
  local best = assert(convert("1600x1200.jpg", { quality = 100 }))
  local worst = assert(convert("1600x1200.jpg", { quality = 20 }))
  lu.assertTrue(best.size > 3 * worst.size)
  local limit = best.size // 4
  local searched = assert(convert("1600x1200.jpg", { quality = 100, max_bytes = limit }))
  lu.assertTrue(searched.size <= limit)
  lu.assertEquals(searched.width, 1600)
  lu.assertTrue(searched.quality < 100)
  local small = assert(convert("1600x1200.jpg", { max_bytes = 6000 }))
  lu.assertTrue(small.size <= 6000 and small.width < 1600)
  assert(host.remove(our.out))
  assert_error("limit", "smaller than 100 bytes", "1600x1200.jpg", { max_bytes = 100 })
  local wide = { max_bytes = 6000, min_width = 1600 }
  assert_error("limit", "smaller than 6000", "1600x1200.jpg", wide)
end

return T
