-- api/answers.lua - what every answer of `affiche serve` has in common: headers and JSON.
local i18n = require "i18n"
local json = require "json"

local M = {}

local HEADERS = {
  ["X-Content-Type-Options"] = "nosniff", ["Cache-Control"] = "no-store",
  ["Content-Security-Policy"] = "default-src 'self'", ["X-Frame-Options"] = "DENY",
  ["Cross-Origin-Resource-Policy"] = "same-origin", ["Content-Type"] = "application/json",
}

---@param code integer
---@param body string
---@param extra? table<string,string> headers
---@return Response
function M.text(code, body, extra)
  local headers = {}
  for name, value in pairs(HEADERS) do headers[name] = value end
  for name, value in pairs(extra or {}) do headers[name] = value end
  return { status = code, headers = headers, body = body .. "\n" }
end

---@param object table
---@param order? string[]
function M.json(code, object, order, extra)
  return M.text(code, json.encode(object, { order = order, indent = 2 }), extra)
end

---An error of the API: `success` false, `error` a sentence, and `id` when the words have one.
---@param key string of the catalogue
---@param words? table
function M.refuse(code, key, words, extra)
  local object = { success = false, error = i18n.t(key, words), id = words and words.id }
  return M.text(code, json.encode(object, { order = { "success", "error", "id" } }), extra)
end

return M
