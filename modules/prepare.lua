-- prepare.lua - what the step of that name does: the caption checked, the file made fit.
local caption = require "caption"
local i18n = require "i18n"
local script = require "script"

local M = {}

-- Options of host.convert that a format's entry may set.
local CONVERT = { "quality", "fit", "background", "min_width", "max_width", "min_ratio",
  "max_ratio", "max_bytes", "max_pixels", "timeout", "passthrough" }

local MOST_ALT_TEXT = 1000  -- characters

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

---@param item table
---@param entry table of formats.lua
---@return table|nil, Error?
function M.file(item, entry)
  if not entry then
    return nil, host.error { kind = "format", op = "prepare",
      message = i18n.t("prepare.no_entry", { format = item.format }) }
  end
  if entry.send == "as_is" then return as_is(item, entry) end
  local options = {}
  for _, key in ipairs(CONVERT) do options[key] = entry[key] end
  local made, err = host.convert(item.path, item:temp(".jpg"), options)
  if not made then return nil, err end
  return { file = made.path, target_width = made.width, target_height = made.height }
end

return M
