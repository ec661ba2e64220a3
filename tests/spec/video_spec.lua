-- What formats.lua asks of a video, how faults are cured, and what ffmpeg is trusted with.
local animation = require "animation"
local ffmpeg = require "ffmpeg"
local items = require "item"
local lu = require "luaunit"
local made = require "item_support"
local prepare = require "prepare"
local support = require "file_support"
local video = require "video"

local T = support.spec()
local folder_setup, folder_teardown = T.setUp, T.tearDown
local CLIP = host.info().root .. "/examples/media/clip.mp4"
local PROGRAM = ffmpeg.program

local ENTRY = { extensions = { ".mp4" }, send = "video", fix = "remux", codecs = { "h264", "hevc" },
  min_duration = 3, max_duration = 900, min_fps = 23, max_fps = 60, max_width = 1920,
  max_bytes = 300000000, max_bitrate = 25000000, audio_codecs = { "aac" }, max_audio_channels = 2,
  max_audio_rate = 48000, chroma = "420", interlaced = false, faststart = true,
  edit_lists = false, private = true }

local function with(base, changes)
  local result = {}
  for key, value in pairs(base) do result[key] = value end
  for key, value in pairs(changes or {}) do result[key] = value end
  return result
end

function T:setUp()
  folder_setup(self)
  self.app = made.app(self.dir)
end

function T:tearDown()
  ffmpeg.program = PROGRAM
  self.app.journal:close()
  folder_teardown(self)
end

local function facts(changes)
  return with({ codec = "avc1", duration = 10, fps = 30, width = 1080, height = 1920, rotation = 0,
    size = 1000000, faststart = true, edit_list = false, meta = { gps = false, holds = {} } },
    changes)
end

function T.test_each_fault_and_its_cure()
  local function check(cure, words, changes, fix)
    local faults = video.faults(facts(changes), ENTRY)
    lu.assertEquals(video.cure(faults, fix), cure, words)
    lu.assertEquals(#faults, words == "" and 0 or 1)
    lu.assertStrContains(video.describe(faults), words)
  end
  check("fine", "", {}, "refuse")
  check("fine", "", { codec = "hvc1", fps = 23, duration = 900, width = 1920 }, "refuse")
  check("refuse", "it lasts 2.5 s", { duration = 2.5 }, "transcode")
  check("refuse", "it lasts 901.0 s", { duration = 901 }, "transcode")
  check("refuse", "codec is av1", { codec = "av01" }, "remux")
  check("transcode", "codec is av1", { codec = "av01" }, "transcode")
  check("transcode", "15 pictures a second", { fps = 15 }, "transcode")
  check("refuse", "120 pictures a second", { fps = 120 }, "remux")
  check("transcode", "2000 pixels wide", { width = 2000 }, "transcode")
  check("fine", "", { width = 2000, height = 1000, rotation = 90 }, "refuse")
  check("transcode", "300000001 bytes", { size = 300000001 }, "transcode")
  check("refuse", "moov", { faststart = false }, "refuse")
  check("remux", "moov", { faststart = false }, "remux")
  check("remux", "edit list", { edit_list = true }, "transcode")
  check("transcode", "30.0 Mbit", { bitrate = 30e6 }, "transcode")
  check("transcode", "yuv444p", { pixels = "yuv444p" }, "transcode")
  check("fine", "", { pixels = "yuv420p10le", interlaced = false }, "refuse")
  check("refuse", "interlaced", { interlaced = true }, "remux")
  check("remux", "edit list", { edit_list = true, edit_shift = 0.2 }, "remux")
  check("refuse", "together", { edit_list = true, edit_shift = 0.21 }, "remux")
  check("transcode", "together", { edit_list = true, edit_shift = 1e6 }, "transcode")
  check("remux", "words about itself", { meta = { gps = false, holds = { "xmp" } } }, "remux")
  check("fine", "words about itself", { meta = { gps = false, holds = { "xmp" } } }, "refuse")
  check("remux", "where it was taken", { meta = { gps = true } }, "remux")
  check("fine", "where it was taken", { meta = { gps = true } }, "refuse")
end

---Which is encoded alone: that is within what "remux" promises of the pictures.
function T.test_sound()
  local function check(words, changes)
    changes.audio_codec = changes.audio_codec or "mp4a"
    local faults = video.faults(facts(changes), ENTRY)
    lu.assertEquals({ video.cure(faults, "remux"), video.cure(faults, "refuse") },
      words == "" and { "fine", "fine" } or { "sound", "refuse" }, words)
    lu.assertStrContains(video.describe(faults), words)
  end
  check("", { audio_channels = 2, audio_rate = 48000 })
  check("", {})
  check("6 channels", { audio_channels = 6 })
  check("96000", { audio_rate = 96000 })
  check("opus", { audio_codec = "Opus" })
  check("mp3", { audio_codec = ".mp3" })
end

function T.test_the_strongest_cure_counts()
  local both = video.faults(facts { edit_list = true, fps = 10, meta = { gps = true } }, ENTRY)
  lu.assertEquals(#both, 3)
  lu.assertEquals(video.cure(both, "transcode"), "transcode")
  lu.assertEquals(video.cure(both, "remux"), "refuse")
  lu.assertEquals(#video.faults(facts { fps = 10, edit_list = true, duration = 1 },
    { send = "video" }), 0, "what the rules leave out is not checked")
end

local function film(self, path)
  local file <close> = assert(io.open(path or CLIP, "rb"))
  return made.item(self.app, self.dir, "film.mp4", file:read("a"))
end

-- The index of the clip behind its data, and a place among the words: what phones make.
local function phone_film(self)
  local bytes = assert(host.read(CLIP))
  local place = (">I4c4I4c4I2I2"):pack(28, "udta", 20, "\xA9xyz", 8, 0) .. "+48.8+2/"
  local at = bytes:find("moov", 1, true) - 4
  local size = (">I4"):unpack(bytes, at)
  local moov = bytes:sub(at + 8, at + size - 1)
  -- The old place of the index stays free, since it holds the positions of the data.
  local path = self.dir .. "/phone.mp4"
  support.make(path, bytes:sub(1, at + 3) .. "free" .. bytes:sub(at + 8)
    .. (">I4c4"):pack(size + #place, "moov") .. moov .. place)
  return film(self, path)
end

function T:test_a_good_film_goes_untouched()
  ffmpeg.program = self.dir .. "/none"
  lu.assertEquals(prepare.file(film(self), ENTRY), {})
end

function T:test_what_cannot_be_cured_is_refused_with_every_reason()
  local result, err = prepare.file(film(self), with(ENTRY,
    { min_duration = 5, codecs = { "hevc" }, fix = "transcode" }))
  lu.assertNil(result)
  lu.assertEquals(err.kind, "format")
  lu.assertStrContains(err.message, "it lasts 4.0 s, 5 to 900 are taken; its codec is h264")
end

function T:test_without_ffmpeg_it_is_named()
  ffmpeg.program = self.dir .. "/none"
  local said = {}
  host.log_open { stderr = false, listener = function(record) said[#said + 1] = record.message end }
  local _ <close> = setmetatable({}, { __close = function()
    host.log_open { stderr = true, listener = false }
  end })
  -- The layout of a film alone is no reason to keep it back.
  lu.assertEquals(prepare.file(phone_film(self), ENTRY), {})
  lu.assertStrContains(table.concat(said), "ffmpeg is not installed")
  lu.assertStrContains(table.concat(said), "moov")
  local strict = with(ENTRY, { codecs = { "hevc" }, fix = "transcode" })
  local result, err = prepare.file(film(self), strict)
  lu.assertNil(result)
  lu.assertStrContains(err.message, "ffmpeg could mend it, but is not installed")
end

-- A program that writes the given file where ffmpeg was told to, and notes what it was given beside
-- it: it may write nowhere else, and reads what lies in its own folder.
local function stand_in(self, source, status)
  local path = self.dir .. "/program/ffmpeg"
  assert(host.mkdir(self.dir .. "/program"))
  assert(host.copy(source, self.dir .. "/program/made", { replace = true }))
  support.make(path, ([[#!/bin/sh
for last; do :; done
last="${last#file:}"
printf '%%s\n' "$@" > "${last%%/*}/arguments"
env > "${last%%/*}/environment"
cp '%s/program/made' "$last"
echo "some words" >&2
exit %d
]]):format(self.dir, status or 0))
  assert(host.exec { "chmod", "+x", path })
  ffmpeg.program = path
end

-- What the stand-in left.
local function beside(item, name)
  return item:temp():match("^(.*/)") .. name
end

---Neither a file of the user, nor a place to put it, nor anyone to send it to.
function T:test_the_program_is_locked_in()
  if host.info().sandbox ~= "seccomp+landlock" then lu.skip("no landlock here") end
  local path, secret = self.dir .. "/program/ffmpeg", self.dir .. "/secret"
  assert(host.mkdir(self.dir .. "/program"))
  support.make(secret, "a secret")
  local server <close> = assert(host.serve({ port = 0 }, function() return { status = 200 } end))
  support.make(path, ([[#!/bin/sh
tell() { if "$@" >/dev/null 2>&1; then echo "$1 could" >&2; else echo "$1 could not" >&2; fi; }
for last; do :; done
tell cat '%s'
tell cp /bin/true '%s/copy'
tell ls '%s'
tell curl -s http://127.0.0.1:%d/
ulimit -v -f >&2
exit 9
]]):format(secret, self.dir, self.dir, server.port))
  assert(host.exec { "chmod", "+x", path })
  local free = assert(host.exec { path })
  for _, name in ipairs { "cat", "cp", "ls", "curl" } do
    lu.assertStrContains(free.stderr, name .. " could\n")
  end
  assert(host.remove(self.dir .. "/copy"))
  ffmpeg.program = path
  local result, err = prepare.file(phone_film(self), ENTRY)
  lu.assertNil(result)
  local words = err.message
  for _, name in ipairs { "cat", "cp", "ls", "curl" } do
    lu.assertStrContains(words, name .. " could not")
  end
  lu.assertStrContains(words, tostring(4 << 20)) -- kB of address space
  lu.assertNil(host.stat(self.dir .. "/copy"))
end

function T:test_what_comes_back_is_probed_and_told()
  stand_in(self, CLIP)
  local item = phone_film(self)
  lu.assertTrue(host.probe(item.path).meta.gps)
  local result = assert(prepare.file(item, ENTRY))
  lu.assertEquals({ result.mended, result.removed }, { "remux", { "gps" } })
  lu.assertEquals(host.hash(result.file), host.hash(CLIP))
  local arguments = assert(host.read(beside(item, "arguments")))
  lu.assertStrContains(arguments, "-c\ncopy\n")
  lu.assertStrContains(arguments, "-protocol_whitelist\nfile\n")
  lu.assertStrContains(arguments, "-i\nfile:" .. item.path .. "\n")
  local environment = assert(host.read(beside(item, "environment")))
  for name in environment:gmatch("([%w_]+)=") do
    lu.assertTrue(name == "PATH" or name == "LANG" or name == "PWD" or name == "_"
      or name == "SHLVL" or name == "OLDPWD", name)
  end
  items.discard(item)
end

function T:test_what_ffmpeg_did_not_mend_is_refused()
  local item = phone_film(self)
  stand_in(self, item.path)
  local result, err = prepare.file(item, ENTRY)
  lu.assertNil(result)
  lu.assertStrContains(err.message, "This is what ffmpeg made of it (remux)")
  stand_in(self, CLIP, 3)
  err = select(2, prepare.file(item, ENTRY))
  lu.assertStrContains(err.message, "(status 3): some words")
end

---What ffmpeg says is told without the parts that are of no use to anybody, under the file's name.
function T:test_its_words_are_told_short()
  local item = phone_film(self)
  local path = self.dir .. "/program/ffmpeg"
  assert(host.mkdir(self.dir .. "/program"))
  support.make(path, ([[#!/bin/sh
printf '[mov @ 0x55e1c0] bad header\nfile:%s: Invalid data\n' '%s' >&2
exit 1
]]):format("%s", item.path))
  assert(host.exec { "chmod", "+x", path })
  ffmpeg.program = path
  local _, err = prepare.file(item, ENTRY)
  lu.assertStrContains(err.message, "(status 1): [mov] bad header Invalid data")
end

function T:test_transcoding_asks_for_what_the_rules_allow()
  stand_in(self, CLIP)
  local item = film(self)
  -- The stand-in gives a film that is as wide as before, so it is refused once more.
  local result, err = prepare.file(item, with(ENTRY,
    { fix = "transcode", max_width = 321, max_fps = 24, max_bytes = 30000 }))
  lu.assertNil(result)
  lu.assertStrContains(err.message, "540 pixels wide")
  local arguments = assert(host.read(beside(item, "arguments")))
  lu.assertStrContains(arguments, "libx264")
  lu.assertStrContains(arguments, "scale='trunc(min(321,iw)/2)*2':-2")
  lu.assertStrContains(arguments, "-r\n24\n")
  lu.assertStrContains(arguments, "-maxrate\n")
end

-- Four seconds with a tone, made as the words say.
local function odd_film(self, ...)
  local path = self.dir .. "/odd.mp4"
  local argv = { "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=black:s=128x128:r=30:d=4",
    "-f", "lavfi", "-i", "sine=d=4", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt",
    "yuv420p", "-movflags", "+faststart", ... }
  argv[#argv + 1] = path
  local done = host.exec(argv)
  if not done then lu.skip("ffmpeg is not installed") end
  lu.assertEquals(done.status, 0, done.stderr)
  return film(self, path)
end

local function streams_of(path)
  local done = assert(host.exec { "ffmpeg", "-v", "error", "-i", path, "-map", "0:v", "-c", "copy",
    "-f", "md5", "-" })
  return done.stdout
end

function T:test_sound_is_encoded_and_the_pictures_are_not()
  local item = odd_film(self, "-c:a", "ac3")
  lu.assertEquals(assert(host.probe(item.path)).audio_codec, "ac-3")
  local result = assert(prepare.file(item, ENTRY))
  lu.assertEquals(result.mended, "sound")
  local found = assert(host.probe(result.file))
  lu.assertEquals({ found.audio_codec, found.audio_rate }, { "mp4a", 44100 })
  lu.assertStrContains(streams_of(item.path), "MD5=")
  lu.assertEquals(streams_of(result.file), streams_of(item.path))
end

function T:test_ffprobe_tells_what_boxes_do_not()
  local item = odd_film(self, "-pix_fmt", "yuv444p")
  local seen = assert(host.probe(item.path))
  ffmpeg.add_facts(seen, item.path)
  lu.assertEquals({ seen.pixels, seen.interlaced }, { "yuv444p", false })
  local result, err = prepare.file(item, ENTRY)
  lu.assertNil(result)
  lu.assertStrContains(err.message, "yuv444p")
end

---Where a list delays the sound, its place is kept by silence.
function T:test_a_delay_survives()
  local plain = odd_film(self, "-c:a", "aac").path
  local late = self.dir .. "/late.mp4"
  assert(host.exec({ "ffmpeg", "-v", "error", "-i", plain, "-itsoffset", "0.5", "-i", plain, "-map",
    "0:v", "-map", "1:a", "-c", "copy", late }))
  local item = film(self, late)
  lu.assertTrue(assert(host.probe(late)).edit_shift > 0.4)
  lu.assertNil((prepare.file(item, ENTRY)))
  local result = assert(prepare.file(item, with(ENTRY, { fix = "transcode" })))
  local heard = assert(host.exec { "ffmpeg", "-i", result.file, "-af",
    "silencedetect=noise=-40dB:d=0.2", "-f", "null", "-" })
  local silent = tonumber(heard.stderr:match("silence_duration: ([%d.]+)"))
  lu.assertAlmostEquals(silent, 0.5, 0.1)
end

-- With the real program, where it is installed: `make deps-test` does not bring it.
function T:test_the_real_program()
  if not host.exec({ "ffmpeg", "-version" }) then lu.skip("ffmpeg is not installed") end
  local item = phone_film(self)
  local result = assert(prepare.file(item, ENTRY))
  local found = assert(host.probe(result.file))
  lu.assertEquals({ found.faststart, found.edit_list, found.meta.gps }, { true, false, false })
  lu.assertEquals({ found.width, found.height, found.frames }, { 540, 960, 100 })
  local small = assert(prepare.file(film(self), with(ENTRY,
    { fix = "transcode", max_width = 321, max_fps = 24 })))
  found = assert(host.probe(small.file))
  lu.assertEquals({ found.width, small.mended, found.edit_list }, { 320, "transcode", false })
  lu.assertAlmostEquals(found.fps, 24, 0.01)
end

---Repeated until it is long enough, of even sides, over the background.
function T:test_an_animation_becomes_a_film()
  if not host.exec({ "ffmpeg", "-version" }) then lu.skip("ffmpeg is not installed") end
  local path, target = self.dir .. "/clear.gif", self.dir .. "/clear.mp4"
  -- 3 x 1, all of it transparent but one pixel in the second frame; 0.7 s each.
  local function frame(pixel)
    return "\x21\xF9\4\1\70\0\0\0\x2C\0\0\0\0\1\0\1\0\0\2\2" .. pixel .. "\1\0"
  end
  assert(host.write(path, "GIF89a\3\0\1\0\x80\0\0\xC8\50\40\40\50\xC8" .. frame "\x44"
    .. frame "\x4C" .. ";"))
  local seen = assert(host.probe(path))
  lu.assertEquals({ seen.frames, seen.duration }, { 2, 1.4 })
  assert(ffmpeg.animate(path, target, seen, { min_width = 321, background = "#00ff00" }))
  local found = assert(host.probe(target))
  lu.assertEquals({ found.codec, found.width, found.height, found.faststart, found.edit_list },
    { "avc1", 322, 108, true, false })
  lu.assertAlmostEquals(found.duration, 4.2, 0.05)
  lu.assertEquals(video.faults(found, ENTRY), {})
end

---An animated WebP is taken apart before: two frames of 0.1 s beside each other on the background.
function T:test_an_animated_webp_becomes_a_film()
  if not host.exec({ "ffmpeg", "-version" }) then lu.skip("ffmpeg is not installed") end
  local bytes = assert(host.read(host.info().root .. "/tests/fuzz/corpus/webp/animated"))
  local item = made.item(self.app, self.dir, "moving.webp", bytes)
  local seen, target = assert(host.probe(item.file)), item:temp(".mp4")
  lu.assertEquals({ seen.format, seen.frames, seen.duration }, { "webp", 2, 0.2 })
  local entry = { min_width = 321, max_width = 1440, background = "#00ff00" }
  assert(animation.film(item, target, seen, entry))
  local found = assert(host.probe(target))
  lu.assertEquals({ found.codec, found.width, found.height, found.faststart, found.edit_list },
    { "avc1", 322, 240, true, false })
  lu.assertAlmostEquals(found.duration, 3, 0.05)
  lu.assertEquals(video.faults(found, ENTRY), {})
  -- What stood between is gone.
  lu.assertEquals(host.list(target:match "^(.*)/"), { target:match "[^/]*$" })
  -- A corner that no frame covers, as what follows reads it.
  local done = assert(host.exec { "ffmpeg", "-v", "error", "-i", target, "-frames:v", "1", "-vf",
    "crop=16:16:0:0,scale=1:1", "-pix_fmt", "rgb24", "-f", "rawvideo", "-" })
  local corner = { done.stdout:byte(1, 3) }
  for i, wanted in ipairs { 0, 255, 0 } do
    lu.assertAlmostEquals(corner[i], wanted, 6, "channel " .. i)
  end
end

---Scaled down before, so that large frames do not fill what host.frames may write.
function T:test_an_animated_webp_may_be_larger_than_its_film()
  if not host.exec({ "ffmpeg", "-version" }) then lu.skip("ffmpeg is not installed") end
  local bytes = assert(host.read(host.info().root .. "/tests/fuzz/corpus/webp/animated"))
  local item = made.item(self.app, self.dir, "moving.webp", bytes)
  local target = item:temp(".mp4")
  assert(animation.film(item, target, assert(host.probe(item.file)), { max_width = 100 }))
  local found = assert(host.probe(target))
  lu.assertEquals({ found.width, found.height }, { 100, 76 })
end

---Longer than Instagram takes: told before any work.
function T:test_an_animation_may_be_too_long()
  local item = film(self)
  local done, err = animation.film(item, self.dir .. "/none.mp4",
    { format = "webp", frames = 2, duration = 901 }, {})
  lu.assertNil(done)
  lu.assertEquals({ err.kind, err.message },
    { "limit", "the animation lasts 901 s, at most 900 are taken as a film" })
  err = select(2, animation.film(item, self.dir .. "/none.mp4",
    { format = "gif", frames = 2, duration = 12 }, { max_duration = 10 }))
  lu.assertStrContains(err.message, "at most 10 are taken")
end

return T
