-- video.lua - what formats.lua asks of a video, measured against what host.probe found, and which
-- cure each fault has: written anew without touching the pictures ("remux"), or encoded anew.
local i18n = require "i18n"

local M = {}

-- From what touches least to what touches most; "sound" encodes that alone.
local RANK = { fine = 0, remux = 1, sound = 2, transcode = 3 }
local REACH = { remux = RANK.sound, transcode = RANK.transcode } -- what `fix` allows

-- Names of sample entries, as people call the codec.
local CODECS = { avc1 = "h264", avc3 = "h264", hvc1 = "hevc", hev1 = "hevc", av01 = "av1",
  vp09 = "vp9", mp4v = "mpeg4", apcn = "prores", apch = "prores", jpeg = "mjpeg" }
local SOUND = { mp4a = "aac", [".mp3"] = "mp3", ["ac-3"] = "ac3", ["ec-3"] = "eac3", Opus = "opus",
  fLaC = "flac", sowt = "pcm", twos = "pcm", lpcm = "pcm", ipcm = "pcm", in24 = "pcm",
  samr = "amr" }

---@param facts Facts
---@return string
function M.codec(facts)
  return CODECS[facts.codec] or facts.codec or "?"
end

-- Seconds. What delays the frames that are stored out of order, and the silence before compressed
-- sound, may be dropped with the list that says so; more would part the sound from the pictures.
local MOST_SHIFT = 0.2

---Width and height as they are shown.
function M.shown_size(facts)
  if facts.rotation == 90 or facts.rotation == 270 then return facts.height, facts.width end
  return facts.width, facts.height
end

local function allows(list, name)
  for _, allowed in ipairs(list) do
    if allowed == name then return true end
  end
  return false
end

local function outside(value, low, high)
  return value < (low or 0) or value > (high or math.huge)
end

-- Sound is encoded anew without touching the pictures.
local function check_sound(facts, entry, fault)
  if not facts.audio_codec then return end
  local codec = SOUND[facts.audio_codec] or facts.audio_codec
  if entry.audio_codecs and not allows(entry.audio_codecs, codec) then
    fault("sound", "audio_codec",
      { codec = codec, allowed = table.concat(entry.audio_codecs, ", ") })
  end
  if entry.max_audio_channels and (facts.audio_channels or 0) > entry.max_audio_channels then
    fault("sound", "audio_channels",
      { channels = facts.audio_channels, most = entry.max_audio_channels })
  end
  if entry.max_audio_rate and (facts.audio_rate or 0) > entry.max_audio_rate then
    fault("sound", "audio_rate", { rate = facts.audio_rate, most = entry.max_audio_rate })
  end
end

-- What ffprobe adds to the facts, where it is there.
local function check_pixels(facts, entry, fault)
  local chroma = facts.pixels and (facts.pixels:match("4[0-4][0-4]")
    or facts.pixels:find("^nv12") and "420" or facts.pixels:find("^p01") and "420")
  if entry.chroma and chroma and chroma ~= entry.chroma then
    fault("transcode", "chroma", { pixels = facts.pixels, wanted = entry.chroma })
  end
  if entry.interlaced == false and facts.interlaced then fault("transcode", "interlaced") end
end

---@class VideoFault
---@field cure "none"|"remux"|"sound"|"transcode"
---@field message string
---@field mild? boolean better cured, but no reason to refuse it

---What is out of bounds, in a fixed order; empty for a video that may go as it is.
---@param facts Facts
---@param entry table of formats.lua
---@return VideoFault[]
function M.faults(facts, entry)
  local found = {}
  local function fault(cure, key, words, mild)
    found[#found + 1] = { cure = cure, message = i18n.t("video." .. key, words), mild = mild }
  end
  -- What the file does not tell is no fault.
  if facts.duration and facts.duration > 0
    and outside(facts.duration, entry.min_duration, entry.max_duration) then
    fault("none", "duration", { seconds = ("%.1f"):format(facts.duration),
      least = entry.min_duration or 0, most = entry.max_duration or "-" })
  end
  if entry.codecs and facts.codec and not allows(entry.codecs, M.codec(facts)) then
    fault("transcode", "codec", { codec = M.codec(facts),
      allowed = table.concat(entry.codecs, ", ") })
  end
  if facts.fps and outside(facts.fps, entry.min_fps, entry.max_fps) then
    fault("transcode", "fps", { fps = facts.fps, least = entry.min_fps or 0,
      most = entry.max_fps or "-" })
  end
  local width = M.shown_size(facts)
  if entry.max_width and width > entry.max_width then
    fault("transcode", "width", { width = width, most = entry.max_width })
  end
  if entry.max_bytes and facts.size > entry.max_bytes then
    fault("transcode", "size", { size = facts.size, most = entry.max_bytes })
  end
  if entry.max_bitrate and (facts.bitrate or 0) > entry.max_bitrate then
    fault("transcode", "bitrate", { rate = ("%.1f"):format(facts.bitrate / 1e6),
      most = ("%.1f"):format(entry.max_bitrate / 1e6) })
  end
  check_pixels(facts, entry, fault)
  check_sound(facts, entry, fault)
  if entry.faststart and not facts.faststart then fault("remux", "faststart") end
  if entry.edit_lists == false and facts.edit_list then
    local far = (facts.edit_shift or 0) > MOST_SHIFT
    fault(far and "transcode" or "remux", far and "edit_shift" or "edit_list")
  end
  if entry.private and facts.meta.gps then
    fault("remux", "gps", nil, true)
  elseif entry.private and #facts.meta.holds > 0 then
    fault("remux", "words", nil, true)
  end
  return found
end

---What is to be done about faults: nothing, refuse, or the strongest cure that is allowed.
---@param faults VideoFault[]
---@param fix? "refuse"|"remux"|"transcode" what formats.lua allows
---@return "fine"|"refuse"|"remux"|"sound"|"transcode"
function M.cure(faults, fix)
  local cure, serious = "fine", false
  for _, fault in ipairs(faults) do
    serious = serious or not fault.mild
    if fault.cure == "none" then return "refuse" end
    if RANK[fault.cure] > RANK[cure] then cure = fault.cure end
  end
  if RANK[cure] <= (REACH[fix] or 0) then return cure end
  return serious and "refuse" or "fine"
end

---Every fault on one line.
---@param faults VideoFault[]
---@return string
function M.describe(faults)
  local parts = {}
  for i, fault in ipairs(faults) do parts[i] = fault.message end
  return table.concat(parts, "; ")
end

return M
