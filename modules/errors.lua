-- errors.lua - Error tables on the Lua side: made, completed, and shown without secrets.
-- The shape (kind, message, retryable, op, …) and its metatable belong to host.error.
local json = require "lazy" "json"
local wording = require "lazy" "wording"

local M = {}

---An Error of our own.
---@param fields { kind: string, message: string, retryable?: boolean, op?: string, [string]: any }
---@return Error
function M.new(fields)
  fields.op = fields.op or "script"
  return host.error(fields)
end

local function text_of(value)
  local ok, text = pcall(tostring, value)
  return ok and text or "an error that cannot be shown"
end

---Whatever was raised or returned, as an Error. What is one already stays the same table.
---@param value any
---@return Error
function M.of(value)
  if type(value) ~= "table" or type(value.kind) ~= "string" or type(value.message) ~= "string" then
    local message = text_of(value)
    return host.error { kind = "script", message = message, retryable = false, op = "script" }
  end
  return getmetatable(value) and value or M.new(value)
end

---What went wrong, in the language of the reader.
---@param value any
---@return string
function M.text(value)
  return wording.of(M.of(value).message)
end

---A copy of the error that also says where it happened. What it knows already is kept: the
---innermost place knows best.
---@param value any
---@param fields { step?: string, file?: string, next_action?: string }
---@return Error
function M.wrap(value, fields)
  local copy = {}
  for key, field in pairs(M.of(value)) do copy[key] = field end
  for key, field in pairs(fields) do
    if copy[key] == nil then copy[key] = field end
  end
  return host.error(copy)
end

-- Which family of codes an error speaks, by the primitive that failed.
local FAMILIES = { graph_get = "graph", graph_post = "graph", ftp_put = "ftp", http = "http" }

---What a person can do about it: the most specific text that the catalogue has, or nil.
---@param value any
---@param t table translator from `i18n.use`
---@return string|nil
function M.next_action(value, t)
  local err = M.of(value)
  if err.next_action then return err.next_action end
  local family = FAMILIES[err.op] or "errno"
  -- A server may answer "530 log in first" where it lacks TLS: then its code misleads.
  local candidates = { err.kind == "tls" and "tls", err.subcode or false, err.code or false,
    err.status or false }
  for _, code in ipairs(candidates) do
    local key = code and ("action.%s.%s"):format(family, code)
    if key and t.has(key) then return t(key, err) end
  end
  local key = err.deferred and "action.deferred" or "action.kind." .. err.kind
  return t.has(key) and t(key, err) or nil
end

---@class PublicError
---@field kind string
---@field code string|integer|lightuserdata null when unknown
---@field subcode string|integer|lightuserdata null when unknown
---@field message string
---@field retryable boolean
---@field step string|lightuserdata null where it was none of a step
---@field file string|lightuserdata
---@field next_action string|lightuserdata

---A copy that also names the file and what a person can do about it.
---@param t table translator
---@return Error
function M.complete(value, file, t)
  return M.wrap(value, { file = file, next_action = M.next_action(value, t) })
end

---The error as it stands in results and on pages: a plain table with every field.
---@param value any
---@return PublicError
function M.public(value)
  local err, null = M.of(value), json.null
  return {
    kind = err.kind,
    code = err.code or null,
    subcode = err.subcode or null,
    message = host.redact(M.text(err)),
    retryable = err.retryable == true,
    step = err.step or null,
    file = err.file or null,
    next_action = err.next_action or null,
  }
end

return M
