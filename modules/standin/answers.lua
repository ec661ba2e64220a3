-- standin/answers.lua - what the stand-in says: objects as JSON, errors in the Graph envelope.
local json = require "json"

local M = {}

---@param body table
---@param status? integer
function M.json(body, status)
  return { status = status or 200, body = json.encode(body),
    headers = { ["Content-Type"] = "application/json; charset=UTF-8" } }
end

---Which login a token comes from, by its first letters.
---@return "facebook"|"instagram"|"other"
function M.token_kind(token)
  return token:find("^EAA") and "facebook" or token:find("^IGAA") and "instagram" or "other"
end

---@param status integer
---@param code integer
---@param subcode integer|nil
---@param message string
function M.error(state, status, code, subcode, message)
  state.trace = state.trace + 1
  return M.json({ error = {
    message = message, type = "OAuthException", code = code,
    error_subcode = not state.switches.no_subcode and subcode or nil,
    is_transient = false, fbtrace_id = ("Atrace%06d"):format(state.trace),
    error_user_title = state.switches.localised and "ไม่สามารถดำเนินการได้" or "Cannot do this",
    error_user_msg = state.switches.localised and "โปรดลองอีกครั้งภายหลัง" or message,
  } }, status)
end

return M
