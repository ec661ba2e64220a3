-- convert_spec.lua - host.convert: a baseline JPEG of any picture.
-- Distances are PSNR in dB to the scene that the fixtures show: a wrong colour, place or turn is
-- below 20, a JPEG of quality 90 above 40.
local lu = require "luaunit"
local media = require "media"

local T = {}
local set, out

function T:setUp()
  set = media.make()
  out = set.path .. "/out/result.jpg"
  assert(host.mkdir(set.path .. "/out"))
end

function T:tearDown()
  media.remove(set)
end

local function convert(name, options)
  return host.convert(set.path .. "/" .. name, out, options)
end

local function assert_error(kind, words, name, options)
  local done, err = convert(name, options)
  lu.assertNil(done, name)
  lu.assertEquals(err.kind, kind, tostring(err))
  lu.assertStrContains(err.message, words)
  lu.assertEquals(host.list(set.path .. "/out"), {}, "a failure leaves nothing behind")
  return err
end

local function assert_scene(name, options, limit)
  local done = assert(convert(name, options))
  local width, height, psnr = media.psnr(set, out)
  lu.assertEquals({ width, height }, { done.width, done.height }, name)
  lu.assertTrue(psnr >= (limit or 42), name .. ": " .. psnr .. " dB")
  return done
end

local function assert_colour(x, y, wanted, what)
  local found = media.pixel(set, out, x, y)
  for i = 1, 3 do
    lu.assertAlmostEquals(found[i], wanted[i], 4, (what or "") .. " channel " .. i)
  end
end

local WHITE, RED, BLUE = { 255, 255, 255 }, { 200, 50, 40 }, { 40, 50, 200 }

function T:test_every_format_shows_the_scene()
  for _, name in ipairs({ "plain.jpg", "progressive.jpg", "cmyk.jpg", "ycck.jpg", "padded.jpg",
                          "scans3.jpg", "lossy.webp", "lossless.webp", "rgb.png",
                          "interlaced.png", "deep.png" }) do
    local done = assert_scene(name)
    lu.assertEquals({ done.width, done.height, done.quality }, { 161, 123, 90 }, name)
    lu.assertEquals(done.path, out)
    local facts = assert(host.probe(out))
    lu.assertEquals({ facts.format, facts.components, facts.size }, { "jpeg", 3, done.size })
    lu.assertFalse(facts.progressive or facts.icc)
  end
end

function T:test_orientation()
  for orientation = 1, 8 do
    for _, format in ipairs({ "jpg", "webp", "png" }) do
      local name = "turned" .. orientation .. "." .. format
      local done = assert_scene(name)
      lu.assertEquals({ done.width, done.height }, { 161, 123 }, name)
      lu.assertEquals(done.source.orientation, orientation)
      lu.assertEquals(host.probe(out).orientation, 1)
    end
  end
end

function T:test_profiles()
  assert_scene("p3.jpg")
  assert_scene("p3.webp")
  assert_scene("badicc.jpg")
end

function T:test_alpha_is_flattened()
  for _, name in ipairs({ "alpha.webp", "alphalossless.webp", "alpha.png", "palettealpha.png" }) do
    assert(convert(name))
    assert_colour(30, 60, RED, name)
    assert_colour(140, 60, WHITE, name)
    assert(convert(name, { background = "#2832C8" }))
    assert_colour(140, 60, BLUE, name)
  end
  assert(convert("greyalpha.png"))
  assert_colour(30, 60, { 30, 30, 30 })
  assert_colour(140, 60, WHITE)
end

function T:test_palette_grey_and_bits()
  assert(convert("palette.png"))
  assert_colour(30, 60, RED)
  assert_colour(140, 60, BLUE)
  assert(convert("grey.png"))
  assert_colour(140, 60, { 128, 128, 128 })
  assert(convert("bits.png"))
  assert_colour(30, 60, { 0, 0, 0 })
  assert_colour(140, 60, WHITE)
  assert(convert("grey.jpg"))
  assert_colour(32, 24, { 128, 128, 128 })
end

function T:test_gif_frames()
  for _, name in ipairs({ "first.gif", "interlaced.gif" }) do
    assert(convert(name))
    assert_colour(80, 15, RED, name)
    assert_colour(80, 45, { 40, 200, 50 }, name)
    assert_colour(80, 75, BLUE, name)
    assert_colour(80, 105, { 220, 220, 30 }, name)
  end
  assert(convert("offset.gif"))
  assert_colour(20, 60, WHITE)
  assert_colour(80, 29, RED)
  assert_colour(80, 90, { 220, 220, 30 })
  assert(convert("outside.gif"))
  assert_colour(10, 10, WHITE)
  assert_colour(140, 110, RED)
end

function T:test_first_frame_of_an_animation()
  local done = assert(convert("animated.webp"))
  lu.assertEquals({ done.width, done.height }, { 160, 120 })
  local _, _, psnr = media.psnr(set, out, 20, 10, 100, 80)
  lu.assertTrue(psnr > 34, psnr) -- the frame's edge against white costs something
  assert_colour(5, 5, WHITE)
  assert_colour(150, 110, WHITE)
end

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
  assert_colour(300, 20, { 0, 0, 0 })
  local _, _, psnr = media.psnr(set, out, 0, 106, 600, 100)
  lu.assertTrue(psnr > 34, psnr)
  done = assert(convert("100x600.jpg", with_ratios({})))
  lu.assertEquals({ done.width, done.height }, { 480, 600 })
  assert_colour(10, 300, WHITE)
  _, _, psnr = media.psnr(set, out, 190, 0, 100, 600)
  lu.assertTrue(psnr > 34, psnr)
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
        local w, h = media.psnr(set, out)
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
    assert_colour(2, 20, { 0, 0, 0 }, "beside")
    assert_colour(done.width - 3, 20, { 0, 0, 0 }, "beside")
    local w = done.height * 161 // 123 // 2 * 2
    local x = (done.width - w) // 4 * 2
    local _, _, psnr = media.psnr(set, out, x + 4, 0, w - 8, done.height)
    lu.assertTrue(psnr > 28, width .. ": " .. psnr .. " dB") -- the scene is stretched by 8 pixels
    done = assert(convert("lossy.webp", { max_ratio = 0.7, fit = "crop", max_width = width }))
    lu.assertTrue(done.width / done.height <= 0.7)
    assert_colour(done.width // 2, done.height // 2, { 125, 125, 58 }, "middle")
  end
  assert(convert("alpha.webp", { min_ratio = 2, max_width = 101 }))
  assert_colour(2, 20, WHITE)
  assert_colour(30, 20, RED)
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
  assert(host.remove(out))
  assert_error("limit", "smaller than 100 bytes", "1600x1200.jpg", { max_bytes = 100 })
  local wide = { max_bytes = 6000, min_width = 1600 }
  assert_error("limit", "smaller than 6000", "1600x1200.jpg", wide)
end

local function assert_private()
  local bytes = assert(host.read(out))
  for _, canary in ipairs({ "CANARY", "Exif", "PK\3\4" }) do
    lu.assertNil(bytes:find(canary, 1, true), canary)
  end
end

function T:test_metadata_stays_behind()
  local names = { "plain.jpg", "padded.jpg", "turned1.jpg", "turned3.webp", "turned3.png" }
  for _, name in ipairs(names) do
    assert(convert(name))
    assert_private()
  end
end

function T:test_passthrough()
  local done = assert_scene("turned1.jpg", { passthrough = true })
  lu.assertTrue(done.passthrough)
  lu.assertNil(done.quality)
  assert_private()
  local whole = assert(host.read(set.path .. "/turned1.jpg"))
  local bytes = assert(host.read(out))
  local scan = whole:sub(whole:find("\xFF\xDA", 1, true), -1)
  lu.assertEquals(bytes:sub(-#scan), scan)
  assert(convert("padded.jpg", { passthrough = true }))
  assert_private()
  lu.assertTrue(assert(convert("grey.jpg", { passthrough = true })).passthrough)
  lu.assertTrue(assert(convert("badicc.jpg", { passthrough = true })).passthrough)
  lu.assertFalse(host.probe(out).icc)
end

function T:test_no_passthrough()
  for _, name in ipairs({ "turned6.jpg", "progressive.jpg", "cmyk.jpg", "p3.jpg", "rgb.png" }) do
    local done = assert_scene(name, { passthrough = true })
    lu.assertFalse(done.passthrough, name)
    lu.assertEquals(done.quality, 90)
  end
  lu.assertFalse(convert("plain.jpg", { passthrough = true, max_width = 100 }).passthrough)
  lu.assertFalse(convert("plain.jpg", { passthrough = true, max_bytes = 2700 }).passthrough)
  assert(host.remove(out))
  assert_error("format", "damaged", "hollow.jpg", { passthrough = true })
end

function T:test_damage_is_named()
  for _, name in ipairs({ "cut.jpg", "cutprogressive.jpg", "hollow.jpg", "cut.webp",
                          "cutlossless.webp", "cut.png", "cut.gif" }) do
    local err = assert_error("format", name .. ": the ", name)
    lu.assertFalse(err.retryable)
    lu.assertEquals(err.path, set.path .. "/" .. name)
  end
  assert_error("format", "empty", "empty.jpg")
  assert_error("format", "web page", "html.jpg")
  assert_error("limit", "64 scans", "scans.jpg")
  assert_error("limit", "65500", "huge.jpg")
  assert_error("limit", "megapixels", "plain.jpg", { max_pixels = 1000 })
  local clip = host.info().root .. "/examples/media/clip.mp4"
  lu.assertEquals(select(2, host.convert(clip, out)).kind, "format")
end

---One byte after the other set to 0xFF: an answer each time, and never more than that.
function T:test_each_altered_byte_ends_well()
  for _, name in ipairs({ "turned6.jpg", "turned6.webp", "palettealpha.png", "offset.gif" }) do
    local whole = assert(host.read(set.path .. "/" .. name))
    local path = set.path .. "/altered"
    for at = 1, #whole, 5 do
      media.write(path, whole:sub(1, at - 1) .. "\xFF" .. whole:sub(at + 1))
      local done, err = host.convert(path, out, { max_width = 320 })
      lu.assertTrue(done ~= nil or err.kind == "format" or err.kind == "limit", tostring(err))
    end
  end
end

function T:test_failures_of_the_world()
  local err = assert_error("io", "nowhere.jpg", "nowhere.jpg")
  lu.assertEquals(err.code, "ENOENT")
  err = select(2, host.convert(set.path .. "/plain.jpg", set.path .. "/no/where.jpg"))
  lu.assertEquals({ err.kind, err.path }, { "io", set.path .. "/no/where.jpg" })
end

function T:test_bad_arguments()
  local function refused(words, options)
    lu.assertErrorMsgContains(words, host.convert, "a.jpg", "b.jpg", options)
  end
  lu.assertErrorMsgContains("path", host.convert, "a.jpg", "")
  refused("nonsense", { nonsense = true })
  refused("quality", { quality = 101 })
  refused("fit", { fit = "stretch" })
  refused("background", { background = "white" })
  refused("background", { background = "#12345g" })
  refused("min_width", { min_width = 100, max_width = 99 })
  refused("min_ratio", { min_ratio = 2, max_ratio = 1 })
end

function T:test_timeout()
  local err = assert_error("timeout", "convert", "1600x1200.jpg", { timeout = 0.001 })
  lu.assertTrue(err.retryable)
end

function T:test_killed_while_waiting()
  local task = host.spawn(convert, "1600x1200.jpg")
  host.sleep(0)
  task:cancel()
  local ok, err = task:join()
  lu.assertFalse(ok)
  lu.assertEquals(err.kind, "cancelled")
end

return T
