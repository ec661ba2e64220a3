-- frames_spec.lua - host.frames: an animated WebP as a film of its frames. Each is compared, by
-- mkmedia, with what libwebp's own player shows.
local lu = require "luaunit"
local media = require "media"
local our = require "convert_support"

local T = our.spec()

local function film() return our.folder .. "/out/film.mov" end

local function frames(name, options)
  return host.frames(our.folder .. "/" .. name, film(), options)
end

-- Every picture that the film shows: how many milliseconds, and the least likeness in dB.
local function shown(name, colour)
  local times, least, size = {}, math.huge, nil
  for _, line in ipairs(our.film(film(), our.folder .. "/" .. name, colour)) do
    size = size or { line.width, line.height }
    lu.assertEquals({ line.width, line.height, line.times }, { size[1], size[2], 1 })
    times[#times + 1], least = line.milliseconds, math.min(least, line.psnr)
  end
  return times, least, size
end

local function assert_error(kind, words, name, options)
  local done, err = frames(name, options)
  lu.assertNil(done, name)
  lu.assertEquals(err.kind, kind, tostring(err))
  lu.assertStrContains(err.message, words)
  lu.assertEquals(host.list(our.folder .. "/out"), {}, "a failure leaves nothing behind")
  return err
end

-- ---- animations made here ----------------------------------------------------------------------

local function chunk(name, data)
  return name .. ("<I4"):pack(#data) .. data .. ("\0"):rep(#data % 2)
end

-- The bitstream of a still WebP, as a chunk.
local function still(name)
  return assert(host.read(our.folder .. "/" .. name)):sub(13)
end

local function frame(bitstream, width, height, changes)
  local f = { x = 0, y = 0, milliseconds = 100, flags = 0 }
  for key, value in pairs(changes or {}) do f[key] = value end
  return chunk("ANMF", ("<I3I3I3I3I3B"):pack(f.x // 2, f.y // 2, width - 1, height - 1,
    f.milliseconds, f.flags) .. bitstream)
end

local function animation(name, width, height, list)
  local body = "WEBP" .. chunk("VP8X", ("<I4I3I3"):pack(0x12, width - 1, height - 1))
    .. chunk("ANIM", ("<I4I2"):pack(0, 0)) .. table.concat(list)
  media.write(our.folder .. "/" .. name, chunk("RIFF", body))
  return name
end

local function dot()
  our.shape(1, 1)
  return still "shape.webp"
end

-- ---- what comes out ----------------------------------------------------------------------------

function T:test_frames_are_those_of_a_player()
  for _, colour in ipairs { "ffffff", "00ff40" } do
    local made = assert(frames("moving.webp", { background = "#" .. colour }))
    local times, least, size = shown("moving.webp", colour)
    -- 0 and 10 ms count as 100, 11 ms as what they are.
    lu.assertEquals(times, { 40, 100, 100, 11, 700, 100 })
    lu.assertEquals(size, { 160, 120 })
    lu.assertTrue(least >= 46, colour .. ": " .. least .. " dB")
    lu.assertEquals({ made.width, made.height, made.frames, made.duration, made.path },
      { 160, 120, 6, 1.051, film() })
    lu.assertEquals(made.size, host.stat(film()).size)
    lu.assertEquals({ made.source.format, made.source.frames, made.source.duration },
      { "webp", 6, 1.051 })
  end
end

---The measure itself: with another colour under it the same film is far off.
function T:test_the_measure_tells()
  assert(frames("moving.webp", { background = "#000000" }))
  local _, least = shown("moving.webp", "ffffff")
  lu.assertTrue(least < 20, least .. " dB")
end

function T:test_colours_become_srgb_and_turns_are_made()
  for _, name in ipairs { "calm.webp", "calmp3.webp", "calmturned.webp" } do
    local made = assert(frames(name))
    local times, least, size = shown("calm.webp", "ffffff")
    lu.assertEquals({ times, size }, { { 500, 1000 }, { 161, 123 } })
    lu.assertTrue(least >= 46, name .. ": " .. least .. " dB")
    lu.assertEquals({ made.width, made.height }, { 161, 123 })
  end
end

---Repeated by the index alone: each frame is stored once.
function T:test_a_short_one_is_repeated_as_a_whole()
  local once = assert(frames("moving.webp"))
  local made = assert(frames("moving.webp", { min_duration = 3 }))
  local times, least = shown("moving.webp", "ffffff")
  lu.assertEquals(#times, 18)
  lu.assertEquals({ times[7], times[11], times[18] }, { 40, 700, 100 })
  lu.assertTrue(least >= 46)
  lu.assertAlmostEquals(made.duration, 3.153, 1e-9)
  lu.assertEquals(made.size - once.size, 2 * 6 * 16) -- entries
  local facts = assert(host.probe(film()))
  lu.assertEquals({ facts.format, facts.codec, facts.frames, facts.width, facts.height },
    { "mov", "jpeg", 18, 160, 120 })
  lu.assertAlmostEquals(facts.duration, 3.153, 1e-9)
  lu.assertEquals(assert(frames("calm.webp", { min_duration = 1.5 })).duration, 1.5)
end

---What other programs read of it.
function T:test_ffprobe_reads_the_same_times()
  assert(frames("moving.webp", { min_duration = 2 }))
  local done = host.exec { "ffprobe", "-v", "error", "-show_entries", "packet=duration", "-of",
    "csv=p=0", film() }
  if not done then lu.skip("ffprobe is not installed") end
  lu.assertEquals({ done.status, done.stderr }, { 0, "" })
  local times = {}
  for number in done.stdout:gmatch "%d+" do times[#times + 1] = tonumber(number) end
  lu.assertEquals(times, { 40, 100, 100, 11, 700, 100, 40, 100, 100, 11, 700, 100 })
end

---In a size that is wanted, and of good sampling: the first picture is the scene.
function T:test_another_size()
  local made = assert(frames("calm.webp", { width = 82, height = 60 }))
  lu.assertEquals({ made.width, made.height, made.source.width, made.source.height },
    { 82, 60, 161, 123 })
  local bytes = assert(host.read(film()))
  local length = (">I4"):unpack(bytes, bytes:find("stsz", 1, true) + 16)
  media.write(our.out, bytes:sub(29, 28 + length))
  local width, height, psnr = our.measure()
  lu.assertEquals({ width, height }, { 82, 60 })
  lu.assertTrue(psnr >= 42, psnr .. " dB")
  assert(host.remove(our.out) and host.remove(film()))
  assert_error("limit", "megapixels", "calm.webp", { width = 16000, height = 16000 })
  lu.assertErrorMsgContains("both expected", frames, "calm.webp", { width = 82 })
end

function T:test_quality_is_what_was_asked_for()
  local fine = assert(frames("moving.webp")).size
  lu.assertTrue(assert(frames("moving.webp", { quality = 50 })).size < fine * 0.6)
end

-- ---- what does not -----------------------------------------------------------------------------

function T:test_arguments_are_checked()
  for name, value in pairs { quality = 101, background = "white", min_duration = -1,
    max_pixels = 0, timeout = 0, colour = "#ffffff" } do
    lu.assertErrorMsgContains(name, frames, "moving.webp", { [name] = value })
  end
  lu.assertErrorMsgContains("#ffffff", frames, "moving.webp", { background = "blur" })
end

function T:test_only_an_animated_webp()
  for _, name in ipairs { "lossy.webp", "plain.jpg", "rgb.png", "first.gif" } do
    assert_error("format", "only an animated WebP", name)
  end
  media.write(our.folder .. "/text.webp", "words")
  assert_error("format", "text.webp: the content is text", "text.webp")
  assert_error("io", "none.webp", "none.webp")
  local done, err = host.frames(our.folder .. "/moving.webp", our.folder .. "/none/film.mov")
  lu.assertNil(done)
  lu.assertEquals({ err.kind, err.code }, { "io", "ENOENT" })
end

---Cut anywhere: an error, never half a film.
function T:test_a_cut_file_is_refused()
  local bytes = assert(host.read(our.folder .. "/moving.webp"))
  for i = 1, 20 do
    media.write(our.folder .. "/cut.webp", bytes:sub(1, #bytes * i // 21))
    local err = assert_error("format", "cut.webp: ", "cut.webp")
    lu.assertNotStrContains(err.message, "the decoder")
  end
end

function T:test_damage_in_any_frame_is_told()
  our.shape(16, 16)
  local good = still "shape.webp"
  local half = chunk("VP8 ", good:sub(9, 9 + #good // 2))
  local cases = {
    { "the WebP file is damaged", frame(good, 16, 16, { x = 90, y = 0 }) },   -- outside
    { "the WebP file is damaged", frame(half, 16, 16) },                      -- its data ends
    { "the WebP file is damaged", frame("", 16, 16) },                        -- nothing in it
    { "the WebP file is damaged", frame(chunk("VP8 ", ("x"):rep(40)), 16, 16) },
  }
  for i, case in ipairs(cases) do
    assert_error("format", case[1], animation(("bad%d.webp"):format(i), 100, 100,
      { frame(good, 16, 16), frame(good, 16, 16, { x = 40 }), case[2] }))
  end
end

function T:test_limits_hold()
  assert_error("limit", "megapixels", "moving.webp", { max_pixels = 10000 })
  local one = frame(dot(), 1, 1)
  local err = assert_error("limit", "more than 10000 frames",
    animation("many.webp", 1, 1, { one:rep(65535) }))
  lu.assertFalse(err.retryable)
  assert_error("limit", "a side may have", animation("wide.webp", 1 << 20, 1, { one, one }))
  assert_error("limit", "the animation is too large: 8000 frames of 4000 x 4000 pixels",
    animation("large.webp", 4000, 4000, { one:rep(8000) }))
  local day = frame(dot(), 1, 1, { milliseconds = 16777215 })
  assert_error("limit", "longer than a day", animation("day.webp", 1, 1, { day:rep(6) }))
end

-- Noise, which no JPEG makes small, under a dot that changes.
local function noise(name, width, height, count)
  local pixels = {}
  for i = 1, width * height * 3 do pixels[i] = string.char(math.random(0, 255)) end
  media.write(our.folder .. "/noise.ppm", ("P6\n%d %d\n255\n"):format(width, height)
    .. table.concat(pixels))
  local done = assert(host.exec({ "cwebp", "-quiet", "-lossless", "-z", "0", "noise.ppm", "-o",
    "noise.webp" }, { cwd = our.folder }))
  lu.assertEquals(done.status, 0, done.stderr)
  local large = frame(still "noise.webp", width, height)
  return animation(name, width, height, { large, frame(dot(), 1, 1):rep(count) })
end

---The film has a limit of its own, and the message says where it was met.
function T:test_too_long_for_a_film()
  local err = assert_error("limit", " of its 301 frames take 256 MB",
    noise("long.webp", 600, 600, 300), { quality = 100 })
  lu.assertFalse(err.retryable)
end

function T:test_time_and_a_killed_task()
  local name = noise("slow.webp", 800, 800, 300)
  assert_error("timeout", "", name, { timeout = 0.05, quality = 30 })
  local task = host.spawn(frames, name, { quality = 30 })
  host.sleep(0.05)
  task:cancel()
  lu.assertFalse((task:join()))
  lu.assertEquals(host.list(our.folder .. "/out"), {})
  assert(frames("calm.webp"), "the next one is decoded as ever")
end

return T
