-- probe_spec.lua - host.probe: what a medium is, from its content alone.
local lu = require "luaunit"
local media = require "media"

local T = {}
local set

function T:setUp()
  set = media.make()
end

function T:tearDown()
  media.remove(set)
end

local function probe(name, options)
  return host.probe(set.path .. "/" .. name, options)
end

local function facts(name)
  return assert(probe(name))
end

local function assert_error(kind, words, name, options)
  local found, err = probe(name, options)
  lu.assertNil(found)
  lu.assertEquals(err.kind, kind, tostring(err))
  lu.assertStrContains(err.message, words)
  return err
end

function T:test_jpeg()
  local f = facts("plain.jpg")
  local stat = host.stat(set.path .. "/plain.jpg")
  lu.assertEquals({ f.format, f.kind, f.width, f.height }, { "jpeg", "image", 161, 123 })
  lu.assertEquals({ f.orientation, f.frames, f.components, f.size }, { 1, 1, 3, stat.size })
  lu.assertFalse(f.alpha or f.icc or f.progressive)
  lu.assertTrue(facts("progressive.jpg").progressive)
  lu.assertEquals(facts("cmyk.jpg").components, 4)
  lu.assertEquals(facts("grey.jpg").components, 1)
  lu.assertTrue(facts("p3.jpg").icc)
end

function T:test_webp_png_gif()
  local animated = facts("animated.webp")
  lu.assertEquals({ animated.format, animated.frames, animated.alpha }, { "webp", 2, true })
  lu.assertEquals({ animated.width, animated.height }, { 160, 120 })
  lu.assertTrue(facts("alpha.webp").alpha)
  lu.assertFalse(facts("lossy.webp").alpha)
  lu.assertTrue(facts("p3.webp").icc)
  lu.assertTrue(facts("alpha.png").alpha)
  lu.assertTrue(facts("palettealpha.png").alpha)
  lu.assertFalse(facts("palette.png").alpha)
  lu.assertEquals({ facts("first.gif").frames, facts("first.gif").alpha }, { 2, false })
  lu.assertTrue(facts("offset.gif").alpha)
end

function T:test_orientation_of_each_format()
  for orientation = 1, 8 do
    for _, format in ipairs({ "jpg", "webp", "png" }) do
      local name = "turned" .. orientation .. "." .. format
      lu.assertEquals(facts(name).orientation, orientation, name)
    end
  end
end

function T:test_video()
  local f = assert(host.probe(host.info().root .. "/examples/media/clip.mp4"))
  lu.assertEquals({ f.format, f.kind, f.width, f.height }, { "mp4", "video", 540, 960 })
  lu.assertAlmostEquals(f.duration, 4, 0.1)
  lu.assertAlmostEquals(f.fps, 25, 0.01)
  lu.assertEquals({ f.codec, f.audio_codec, f.rotation }, { "avc1", "mp4a", 0 })
  lu.assertEquals({ f.faststart, f.edit_list, f.frames }, { true, false, 100 })
end

function T:test_video_cut_short()
  local whole = assert(host.read(host.info().root .. "/examples/media/clip.mp4"))
  local path = set.path .. "/cut.mp4"
  assert(host.write(path, whole:sub(1, #whole // 2)))
  assert_error("format", "cut short", "cut.mp4")
  assert(host.write(path, whole:sub(1, 40)))
  assert_error("format", "cut short", "cut.mp4")
end

function T:test_what_is_no_medium()
  assert_error("format", "empty.jpg: the file is empty", "empty.jpg")
  assert_error("format", "web page", "html.jpg")
  assert_error("format", "text", "text.jpg")
end

function T:test_damage_and_limits()
  for _, name in ipairs({ "cut.jpg", "cutprogressive.jpg", "cut.webp", "cutlossless.webp",
                          "cut.png", "cut.gif" }) do
    assert_error("format", name .. ": the ", name)
  end
  assert_error("limit", "65500 x 65500", "huge.jpg")
  assert_error("limit", "megapixels", "plain.jpg", { max_pixels = 161 * 123 - 1 })
  lu.assertNotNil(probe("plain.jpg", { max_pixels = 161 * 123 }))
end

---Cut at every length, a file is refused, and nothing else happens.
function T:test_each_truncation_is_refused()
  for _, name in ipairs({ "turned6.jpg", "animated.webp", "palettealpha.png", "first.gif" }) do
    local whole = assert(host.read(set.path .. "/" .. name))
    local path = set.path .. "/part"
    for length = 0, #whole - 1, 7 do
      media.write(path, whole:sub(1, length))
      local found, err = host.probe(path)
      lu.assertNil(found, name .. " cut at " .. length)
      lu.assertEquals(err.kind, "format", tostring(err))
    end
  end
end

function T:test_failures_of_the_world()
  local err = select(2, probe("nowhere.jpg"))
  lu.assertEquals({ err.kind, err.code, err.op }, { "io", "ENOENT", "probe" })
  lu.assertEquals(err.path, set.path .. "/nowhere.jpg")
  lu.assertEquals(select(2, host.probe(set.path)).kind, "io")
end

function T:test_bad_arguments()
  lu.assertErrorMsgContains("path", host.probe, "")
  lu.assertErrorMsgContains("nonsense", host.probe, "a.jpg", { nonsense = 1 })
  lu.assertErrorMsgContains("max_pixels", host.probe, "a.jpg", { max_pixels = 0 })
  lu.assertErrorMsgContains("timeout", host.probe, "a.jpg", { timeout = "soon" })
end

---Keeps every thread of the pool busy while `fn` runs, so that its call must queue.
local function while_busy(fn)
  local tasks = {}
  for i = 1, 12 do
    tasks[i] = host.spawn(host.convert, set.path .. "/1600x1200.jpg", set.path .. "/o" .. i)
  end
  host.sleep(0)
  fn()
  for _, task in ipairs(tasks) do
    task:cancel()
    task:join()
  end
end

function T:test_timeout()
  while_busy(function()
    local err = assert_error("timeout", "probe", "plain.jpg", { timeout = 0.001 })
    lu.assertTrue(err.retryable)
  end)
end

function T:test_killed_while_waiting()
  while_busy(function()
    local task = host.spawn(host.probe, set.path .. "/plain.jpg")
    host.sleep(0)
    task:cancel()
    local ok, err = task:join()
    lu.assertFalse(ok)
    lu.assertEquals(err.kind, "cancelled")
  end)
end

---Of what a profile is called, and how long an animation lasts.
function T:test_profiles_and_durations()
  lu.assertEquals(facts("srgb.jpg").profile, "sRGB built-in")
  lu.assertEquals(facts("p3.webp").profile, "RGB built-in")
  lu.assertNil(facts("plain.jpg").profile)
  lu.assertNil(facts("badicc.jpg").profile)
  lu.assertAlmostEquals(facts("animated.webp").duration, 0.2, 1e-9)
  lu.assertNil(facts("lossy.webp").duration)
  lu.assertAlmostEquals(facts("first.gif").duration, 0.2, 1e-9) -- its two frames ask for no time
  -- A GIF of two frames, 0.3 s and 1.2 s.
  local frame = "\x21\xF9\4\0%s\0\0\x2C\0\0\0\0\1\0\1\0\0\2\2\x44\1\0"
  local gif = "GIF89a\1\0\1\0\x80\0\0\0\0\0\xFF\xFF\xFF" .. frame:format("\30\0")
    .. frame:format("\120\0") .. ";"
  media.write(set.path .. "/timed.gif", gif)
  lu.assertEquals({ facts("timed.gif").frames, facts("timed.gif").duration }, { 2, 1.5 })
end

return T
