-- heif.lua - whether HEIC and AVIF can be read on this machine, in a sentence.
local errors = require "errors"
local i18n = require "i18n"

local M = {}

---@return string sentence
---@return boolean whole both can be read
function M.state()
  local found, err = host.decoders()
  if not found then return i18n.t("heif.none", { cause = errors.of(err).message }), false end
  local missing = {}
  if not found.heic then missing[#missing + 1] = "HEIC" end
  if not found.avif then missing[#missing + 1] = "AVIF" end
  local words = { version = found.libheif, formats = table.concat(missing, ", ") }
  return i18n.t(#missing == 0 and "heif.all" or "heif.some", words), #missing == 0
end

return M
