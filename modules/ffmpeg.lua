-- ffmpeg.lua - videos written anew by ffmpeg, where it is installed. It runs as a program of its
-- own: no shell, no network, one file to read and one folder to write, an environment of two
-- variables, limits of time, memory and size; what it made is for the caller to probe.
local i18n = require "i18n"
local json = require "json"

local M = {
  program = "ffmpeg", prober = "ffprobe",  -- looked up in PATH, or a path
  SHORTEST = 3,  -- seconds that Instagram wants of a film: a shorter one is repeated
}

local AUDIO_BITS = 128000  -- a second
local AUDIO_RATE, AUDIO_CHANNELS = 48000, 2  -- at most, when the rules do not say
local FILLED = 0.95        -- of max_bytes: containers need a little too
local MOST_HEIGHT = 1920
local MEMORY, LARGEST = 4 << 30, 2 << 30  -- bytes of its address space, and of what it writes
local NO_PROGRAM = 127     -- status
local LOOK = 20            -- seconds for a look
local MOST_WORDS = 300     -- of what ffmpeg says, in an error

-- Only what the container itself says is read: no address, no list of other files.
local function input(path)
  return { M.program, "-nostdin", "-hide_banner", "-loglevel", "error", "-protocol_whitelist",
    "file", "-f", "mov", "-i", "file:" .. path, "-map", "0:v:0", "-map", "0:a:0?",
    "-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact",
    "-flags:a", "+bitexact" }
end

local function add(argv, ...)
  for _, word in ipairs({ ... }) do argv[#argv + 1] = tostring(word) end
end

local function output(argv, path)
  add(argv, "-use_editlist", "0", "-movflags", "+faststart+negative_cts_offsets", "-f", "mp4",
    "-y", "file:" .. path)
  return argv
end

-- As it is where that is allowed: nothing gets better by more channels or a higher rate.
local function encode_sound(argv, facts, entry)
  local channels, rate = entry.max_audio_channels or AUDIO_CHANNELS,
    entry.max_audio_rate or AUDIO_RATE
  add(argv, "-c:a", "aac", "-b:a", AUDIO_BITS, "-ar", math.min(facts.audio_rate or rate, rate),
    "-ac", math.min(facts.audio_channels or channels, channels))
end

-- The pictures as they are, and the sound as well unless that is to be encoded.
local function copy(cure, source, target, facts, entry)
  local argv = input(source)
  add(argv, "-c", "copy")
  if cure == "sound" then encode_sound(argv, facts, entry) end
  return output(argv, target)
end

-- The highest rate at which the whole stays below max_bytes and max_bitrate.
local function rate(facts, entry)
  local bits = entry.max_bitrate or math.huge
  if entry.max_bytes and facts.duration > 0 then
    bits = math.min(bits, entry.max_bytes * 8 / facts.duration)
  end
  return bits < math.huge and math.floor(math.max(bits * FILLED - AUDIO_BITS, 100000)) or nil
end

local function encode(source, target, facts, entry)
  local argv = input(source)
  add(argv, "-c:v", "libx264", "-preset", "medium", "-crf", 20, "-pix_fmt", "yuv420p")
  local width = entry.max_width or facts.width
  -- Even sides, and never wider than allowed; ffmpeg turns the picture upright before.
  local fps = facts.fps and math.max(entry.min_fps or 0, math.min(facts.fps,
    entry.max_fps or math.huge))
  local filters = {}
  if facts.interlaced then filters[1] = "yadif" end
  -- What a list delayed is filled up, since there will be no list.
  if fps and facts.edit_list then
    filters[#filters + 1] = ("fps=%s:start_time=0"):format(fps)
    add(argv, "-af", "aresample=async=1:first_pts=0")
  elseif fps and fps ~= facts.fps then
    add(argv, "-r", fps)
  end
  filters[#filters + 1] = ("scale='trunc(min(%d,iw)/2)*2':-2"):format(width)
  add(argv, "-vf", table.concat(filters, ","))
  local most = rate(facts, entry)
  if most then add(argv, "-maxrate", most, "-bufsize", most * 2) end
  encode_sound(argv, facts, entry)
  return output(argv, target)
end

---Width and height of the film of an animation: both even, as the codec wants it.
---@param facts { width: integer, height: integer }
---@param entry table of formats.lua
---@return integer width, integer height
function M.film_size(facts, entry)
  local width = math.max(entry.min_width or 0, math.min(facts.width, entry.max_width or 1440))
  local scale = math.min(width / facts.width, MOST_HEIGHT / facts.height)
  local function even(side) return math.max(2, math.floor(side * scale / 2 + 0.5) * 2) end
  return even(facts.width), even(facts.height)
end

---The colour under what is transparent, as "#rrggbb": a blurred border is no colour.
---@param entry table of formats.lua
---@return string
function M.under(entry)
  return tostring(entry.background):match("^#%x%x%x%x%x%x$") or "#ffffff"
end

-- How what moves is read: a GIF as often as is wanted, the pictures of host.frames once.
local MOVING = { gif = { "-ignore_loop", "0", "-f", "gif" },
  mov = { "-f", "mov", "-codec:v", "mjpeg" } }

-- Over the background, repeated as a whole until it is long enough.
local function film(source, target, facts, entry)
  local argv = { M.program, "-nostdin", "-hide_banner", "-loglevel", "error",
    "-protocol_whitelist", "file" }
  add(argv, table.unpack(MOVING[facts.format]))
  add(argv, "-i", "file:" .. source)
  local once = facts.duration
  local width, height = M.film_size(facts, entry)
  local colour = M.under(entry):sub(2)
  add(argv, "-t", ("%.3f"):format(once * math.ceil(M.SHORTEST / once)), "-filter_complex",
    ("color=0x%s:%dx%d:r=30[under];[under][0:v]overlay=format=rgb,scale=%d:%d:flags=lanczos:"
      .. "out_color_matrix=bt709:out_range=tv,format=yuv420p"):format(colour, facts.width,
      facts.height, width, height))
  add(argv, "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-an", "-c:v",
    "libx264", "-preset", "medium", "-crf", 18, "-colorspace", "bt709", "-color_primaries", "bt709",
    "-color_trc", "bt709")
  return output(argv, target)
end

-- Locked in: it reads the source and the system's files, writes beside the target if there is one,
-- and that is all.
local function execute(argv, timeout, source, target)
  local locked = { host.info().executable, "--confined", "read=" .. source, "memory=" .. MEMORY,
    "file=" .. LARGEST }
  if target then locked[#locked + 1] = "write=" .. target:match("^(.*)/") end
  locked[#locked + 1] = "--"
  table.move(argv, 1, #argv, #locked + 1, locked)
  return host.exec(locked, { timeout = timeout, cwd = "/",
    env = { PATH = host.env("PATH") or "/usr/bin:/bin", LANG = "C" } })
end

-- Of what it says, neither whole paths nor addresses in its memory are of use to anybody.
local function said(text, source)
  local words = text:gsub("%c+", " "):gsub(" @ 0x%x+", "")
  local at, last = words:find("file:" .. source .. ": ", 1, true)
  if at then words = words:sub(1, at - 1) .. words:sub(last + 1) end
  return words:sub(1, MOST_WORDS)
end

local function run(argv, timeout, source, target)
  local done, err = execute(argv, timeout, source, target)
  if not done then return nil, err end
  if done.status == NO_PROGRAM then
    return nil, host.error { kind = "format", op = "prepare", missing = "ffmpeg",
      message = i18n.t("video.no_ffmpeg") }
  end
  if done.status == 0 then return true end
  return nil, host.error { kind = "format", op = "prepare", message =
    i18n.t("video.ffmpeg_failed", { status = done.status, words = said(done.stderr, source) }) }
end

local INTERLACED = { tt = true, bb = true, tb = true, bt = true }

---Adds to the facts of a film what only a look into its stream tells, where ffprobe is installed:
---`pixels`, by ffmpeg's names such as "yuv420p", and `interlaced`.
---@param facts Facts
---@param source string whole path
function M.add_facts(facts, source)
  local done = execute({ M.prober, "-v", "error", "-protocol_whitelist", "file", "-f", "mov",
    "-select_streams", "v:0", "-show_entries", "stream=pix_fmt,field_order", "-of", "json",
    "file:" .. source }, LOOK, source)
  local found = done and done.status == 0 and json.decode(done.stdout)
  local stream = type(found) == "table" and type(found.streams) == "table" and found.streams[1]
  if not stream then return end
  facts.pixels = type(stream.pix_fmt) == "string" and stream.pix_fmt or nil
  if stream.field_order then facts.interlaced = INTERLACED[stream.field_order] or false end
end

---Writes `target` anew. True, or nil and an Error; `missing` is set when there is no ffmpeg.
---@param cure "remux"|"sound"|"transcode"
---@param source string whole path
---@param target string whole path
---@param facts Facts of the source
---@param entry table of formats.lua
---@return true|nil, Error?
function M.mend(cure, source, target, facts, entry)
  if cure == "transcode" then
    return run(encode(source, target, facts, entry), entry.timeout or 3600, source, target)
  end
  local argv = copy(cure, source, target, facts, entry)
  return run(argv, entry.timeout or 300, source, target)
end

---Makes a film of an animated GIF, or of what host.frames made of another animation. True, or nil
---and an Error; `missing` is set without ffmpeg.
---@param source string whole path
---@param target string whole path
---@param facts { format: "gif"|"mov", width: integer, height: integer, duration: number }
---@param entry table of formats.lua
---@return true|nil, Error?
function M.animate(source, target, facts, entry)
  return run(film(source, target, facts, entry), entry.timeout or 600, source, target)
end

---Whether there is one.
---@return boolean
function M.there()
  local done = host.exec({ M.program, "-version" })
  return done ~= nil and done.status == 0
end

return M
