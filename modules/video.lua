-- video.lua - what formats.lua asks of a video, measured against what host.probe found, and which
-- cure each fault has: written anew without touching the pictures ("remux"), or encoded anew.
local i18n = require "i18n"

local M = {}

-- Names of sample entries, as people call the codec.
local CODECS = { avc1 = "h264", avc3 = "h264", hvc1 = "hevc", hev1 = "hevc", av01 = "av1",
  vp09 = "vp9", mp4v = "mpeg4", apcn = "prores", apch = "prores", jpeg = "mjpeg" }

---@param facts Facts
---@return string
function M.codec(facts)
  return CODECS[facts.codec] or facts.codec or "?"
end

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

---@class VideoFault
---@field cure "none"|"remux"|"transcode"
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
  if entry.faststart and not facts.faststart then fault("remux", "faststart") end
  if entry.edit_lists == false and facts.edit_list then fault("remux", "edit_list") end
  if entry.private and facts.meta.gps then fault("remux", "gps", nil, true) end
  return found
end

---What is to be done about faults: nothing, refuse, or the strongest cure that is allowed.
---@param faults VideoFault[]
---@param fix? "refuse"|"remux"|"transcode" what formats.lua allows
---@return "fine"|"refuse"|"remux"|"transcode"
function M.cure(faults, fix)
  local cure, serious = "fine", false
  for _, fault in ipairs(faults) do
    serious = serious or not fault.mild
    if fault.cure == "none" then return "refuse" end
    if fault.cure == "transcode" or cure == "fine" then cure = fault.cure end
  end
  if cure == "fine" or fix == "transcode" or (fix == "remux" and cure == "remux") then
    return cure
  end
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
