-- prepare.lua - what the step of that name does: the caption checked, the file made fit.
local animation = require "animation"
local caption = require "caption"
local ffmpeg = require "ffmpeg"
local i18n = require "i18n"
local json = require "json"
local policy = require "policy"
local script = require "script"
local video = require "video"

local M = {}

local MOST_ALT_TEXT = 1000  -- characters
local MOST_LOST = 1         -- seconds that a video may get shorter when it is written anew

local function check_alt_text(text)
  if text == nil then return true end
  local length = type(text) == "string" and utf8.len(text)
  if not length then
    return nil, host.error { kind = "script", op = "captions",
      message = i18n.t("caption.alt_type") }
  end
  if length <= MOST_ALT_TEXT then return true end
  return nil, host.error { kind = "limit", op = "captions",
    message = i18n.t("caption.alt_length", { count = length, limit = MOST_ALT_TEXT }) }
end

---The words of a post, and whatever else captions.lua gives for the steps that follow.
---@param item table
---@param captions function
---@return { caption: string, alt_text: string? }|nil, Error?
function M.caption(item, captions)
  local value, err = script.call(captions, item)
  if value == nil and err then return nil, err end
  local result = { caption = value }
  if type(value) == "table" then
    result = {}
    for key, field in pairs(value) do result[key] = field end
  end
  if type(result.caption) ~= "string" then
    return nil, host.error { kind = "script", op = "captions",
      message = i18n.t("caption.no_text", { type = type(result.caption) }) }
  end
  local fine, problem = caption.check(result.caption)
  if fine then fine, problem = check_alt_text(result.alt_text) end
  if not fine then return nil, problem end
  return result
end

-- Sent untouched: only what the platform refuses outright is checked.
local function as_is(item, entry)
  if entry.max_bytes and item.size > entry.max_bytes then
    return nil, host.error { kind = "limit", op = "prepare",
      message = i18n.t("prepare.too_large", { size = item.size, limit = entry.max_bytes }) }
  end
  return {}
end

local function refusal(faults, extra)
  local text = i18n.t("video.refused", { faults = video.describe(faults) })
  return host.error { kind = "format", op = "prepare",
    message = extra and text .. ". " .. extra or text }
end

-- What the source tells and the result does not.
local function difference(before, after)
  local kept, removed = {}, json.list()
  for _, word in ipairs(after.meta.holds) do kept[word] = true end
  for _, word in ipairs(before.meta.holds) do
    if not kept[word] then removed[#removed + 1] = word end
  end
  return removed
end

-- The video written anew, and looked at again: a program from outside is not simply believed.
local function mended(item, entry, cure, facts, faults)
  local target = item:temp(".mp4")
  local done, err = ffmpeg.mend(cure, item.file, target, facts, entry)
  if not done then
    if not err.missing then return nil, err end
    -- How the file is laid out is often overlooked by Instagram; without the means to mend it, its
    -- own word counts. A codec or a size is refused there for certain.
    if cure ~= "remux" then return nil, refusal(faults, err.message) end
    host.log("warn", i18n.t("video.left", { name = item.name, faults = video.describe(faults) }),
      { file = item.name })
    return {}
  end
  local result, problem = host.probe(target)
  if not result then return nil, problem end
  ffmpeg.add_facts(result, target)
  local left = video.faults(result, entry)
  if math.abs(result.duration - facts.duration) > MOST_LOST then
    return nil, refusal(faults, i18n.t("video.shorter",
      { before = facts.duration, after = result.duration }))
  end
  if #left > 0 then return nil, refusal(left, i18n.t("video.still", { cure = cure })) end
  return { file = target, mended = cure, removed = difference(facts, result) }
end

local function film(item, entry)
  local facts, err = host.probe(item.file)
  if not facts then return nil, err end
  ffmpeg.add_facts(facts, item.file)
  local faults = video.faults(facts, entry)
  local cure = video.cure(faults, entry.fix)
  if cure == "refuse" then return nil, refusal(faults) end
  if cure == "fine" then return {} end
  return mended(item, entry, cure, facts, faults)
end

-- An animation as a film, which must then be one.
local function animated(item, entry)
  local facts, err = host.probe(item.file)
  if not facts then return nil, err end
  local target = item:temp(".mp4")
  local done, problem = animation.film(item, target, facts, entry)
  if not done then return nil, problem end
  local result
  result, err = host.probe(target)
  if not result then return nil, err end
  return { file = target, animation = "video", target_width = result.width,
    target_height = result.height, removed = json.list(facts.meta.holds) }
end

-- Of what moves only the first frame goes out: that is told.
local function note_animation(item, entry, frames)
  local key = entry.animation == "video" and "animation.still" or "animation.first"
  host.log("info", i18n.t(key, { name = item.name, frames = frames, format = item.format }),
    { file = item.name })
  return "first"
end

local function picture(item, entry)
  local options = {}
  for _, key in ipairs(policy.CONVERT) do options[key] = entry[key] end
  local made, err = host.convert(item.file, item:temp(".jpg"), options)
  if not made then return nil, err end
  return { file = made.path, target_width = made.width, target_height = made.height,
    untouched = made.passthrough, turned = made.turned or nil, removed = json.list(made.removed),
    kept = #made.kept > 0 and made.kept or nil,
    animation = made.source.frames > 1 and note_animation(item, entry, made.source.frames)
      or nil }
end

-- The bytes that were hashed are the bytes that go out: what was made of a file that somebody wrote
-- to meanwhile is of no use, and the next run takes the file as it is then.
local function unchanged(item)
  local sha256, err = host.hash(item.path)
  if not sha256 then return nil, err end
  if sha256 == item.sha256 then return true end
  return nil, host.error { kind = "io", op = "prepare", code = "ECHANGED", retryable = true,
    deferred = true, message = i18n.t("prepare.changed", { name = item.name }) }
end

local function made_fit(item, entry)
  if not entry then
    return nil, host.error { kind = "format", op = "prepare",
      message = i18n.t("prepare.no_entry", { format = item.format }) }
  end
  if entry.send == "as_is" then return as_is(item, entry) end
  if entry.send == "video" then return film(item, entry) end
  if item.kind == "video" and entry.animation then return animated(item, entry) end
  return picture(item, entry)
end

---@param item table
---@param entry table of formats.lua
---@return table|nil, Error?
function M.file(item, entry)
  local result, err = made_fit(item, entry)
  if not result then return nil, err end
  local same, changed = unchanged(item)
  if not same then return nil, changed end
  return result
end

return M
