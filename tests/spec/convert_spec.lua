-- convert_spec.lua - host.convert: a baseline JPEG of any picture.
local lu = require "luaunit"
local our = require "convert_support"
local media = require "media"

local T = our.spec()
local convert = our.convert
local assert_error = our.assert_error
local assert_scene = our.assert_scene
local assert_shows = our.assert_shows
local assert_colour = our.assert_colour

function T:test_every_format_shows_the_scene()
  for _, name in ipairs({ "plain.jpg", "progressive.jpg", "cmyk.jpg", "ycck.jpg", "padded.jpg",
                          "scans3.jpg", "lossy.webp", "lossless.webp", "rgb.png",
                          "interlaced.png", "deep.png" }) do
    local done = assert_scene(name)
    lu.assertEquals({ done.width, done.height, done.quality }, { 161, 123, 90 }, name)
    lu.assertEquals(done.path, our.out)
    local facts = assert(host.probe(our.out))
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
      lu.assertEquals(host.probe(our.out).orientation, 1)
    end
  end
end

function T:test_profiles()
  assert_scene("p3.jpg")
  assert_scene("srgb.jpg")
  assert_scene("p3.webp")
  assert_scene("badicc.jpg")
end

function T:test_alpha_is_flattened()
  for _, name in ipairs({ "alpha.webp", "alphalossless.webp", "alpha.png", "palettealpha.png" }) do
    assert(convert(name))
    assert_colour(30, 60, our.red, name)
    assert_colour(140, 60, our.white, name)
    assert(convert(name, { background = "#2832C8" }))
    assert_colour(140, 60, our.blue, name)
  end
  assert(convert("greyalpha.png"))
  assert_colour(30, 60, { 30, 30, 30 })
  assert_colour(140, 60, our.white)
end

function T:test_palette_grey_and_bits()
  assert(convert("palette.png"))
  assert_colour(30, 60, our.red)
  assert_colour(140, 60, our.blue)
  assert(convert("grey.png"))
  assert_colour(140, 60, { 128, 128, 128 })
  assert(convert("bits.png"))
  assert_colour(30, 60, our.black)
  assert_colour(140, 60, our.white)
  assert(convert("grey.jpg"))
  assert_colour(32, 24, { 128, 128, 128 })
end

function T:test_gif_frames()
  for _, name in ipairs({ "first.gif", "interlaced.gif" }) do
    assert(convert(name))
    assert_colour(80, 15, our.red, name)
    assert_colour(80, 45, { 40, 200, 50 }, name)
    assert_colour(80, 75, our.blue, name)
    assert_colour(80, 105, { 220, 220, 30 }, name)
  end
  assert(convert("offset.gif"))
  assert_colour(20, 60, our.white)
  assert_colour(80, 29, our.red)
  assert_colour(80, 90, { 220, 220, 30 })
  assert(convert("outside.gif"))
  assert_colour(10, 10, our.white)
  assert_colour(140, 110, our.red)
end

function T:test_first_frame_of_an_animation()
  local done = assert(convert("animated.webp"))
  lu.assertEquals({ done.width, done.height }, { 160, 120 })
  assert_shows(34, "the part", 20, 10, 100, 80) -- the frame's edge against white costs something
  assert_colour(5, 5, our.white)
  assert_colour(150, 110, our.white)
end

local function assert_private()
  local bytes = assert(host.read(our.out))
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
  local whole = assert(host.read(our.folder .. "/turned1.jpg"))
  local bytes = assert(host.read(our.out))
  local scan = whole:sub(whole:find("\xFF\xDA", 1, true), -1)
  lu.assertEquals(bytes:sub(-#scan), scan)
  assert(convert("padded.jpg", { passthrough = true }))
  assert_private()
  lu.assertTrue(assert(convert("grey.jpg", { passthrough = true })).passthrough)
  lu.assertTrue(assert(convert("srgb.jpg", { passthrough = true })).passthrough)
  lu.assertFalse(host.probe(our.out).icc)
  assert(convert("srgb.jpg", { passthrough = true, keep = { "icc" } }))
  lu.assertTrue(host.probe(our.out).icc)
  lu.assertTrue(assert(convert("badicc.jpg", { passthrough = true })).passthrough)
  lu.assertFalse(host.probe(our.out).icc)
end

function T:test_no_passthrough()
  for _, name in ipairs({ "turned6.jpg", "progressive.jpg", "cmyk.jpg", "p3.jpg", "rgb.png" }) do
    local done = assert_scene(name, { passthrough = true })
    lu.assertFalse(done.passthrough, name)
    lu.assertEquals(done.quality, 90)
  end
  lu.assertFalse(convert("plain.jpg", { passthrough = true, max_width = 100 }).passthrough)
  lu.assertFalse(convert("plain.jpg", { passthrough = true, max_bytes = 2700 }).passthrough)
  assert(host.remove(our.out))
  assert_error("format", "damaged", "hollow.jpg", { passthrough = true })
end

function T:test_damage_is_named()
  for _, name in ipairs({ "cut.jpg", "cutprogressive.jpg", "hollow.jpg", "cut.webp",
                          "cutlossless.webp", "cut.png", "cut.gif" }) do
    local err = assert_error("format", name .. ": the ", name)
    lu.assertFalse(err.retryable)
    lu.assertEquals(err.path, our.folder .. "/" .. name)
  end
  assert_error("format", "empty", "empty.jpg")
  assert_error("format", "web page", "html.jpg")
  assert_error("limit", "64 scans", "scans.jpg")
  assert_error("limit", "65500", "huge.jpg")
  assert_error("limit", "megapixels", "plain.jpg", { max_pixels = 1000 })
  local clip = host.info().root .. "/examples/media/clip.mp4"
  lu.assertEquals(select(2, host.convert(clip, our.out)).kind, "format")
end

---One byte after the other set to 0xFF: an answer each time, and never more than that.
function T:test_each_altered_byte_ends_well()
  for _, name in ipairs({ "turned6.jpg", "turned6.webp", "palettealpha.png", "offset.gif" }) do
    local whole = assert(host.read(our.folder .. "/" .. name))
    local path = our.folder .. "/altered"
    for at = 1, #whole, 5 do
      media.write(path, whole:sub(1, at - 1) .. "\xFF" .. whole:sub(at + 1))
      local done, err = host.convert(path, our.out, { max_width = 320 })
      lu.assertTrue(done ~= nil or err.kind == "format" or err.kind == "limit", tostring(err))
    end
  end
end

function T:test_failures_of_the_world()
  local err = assert_error("io", "nowhere.jpg", "nowhere.jpg")
  lu.assertEquals(err.code, "ENOENT")
  err = select(2, host.convert(our.folder .. "/plain.jpg", our.folder .. "/no/where.jpg"))
  lu.assertEquals({ err.kind, err.path }, { "io", our.folder .. "/no/where.jpg" })
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
