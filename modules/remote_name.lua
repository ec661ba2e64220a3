-- remote_name.lua - what a file is called on the server: letters that need no encoding anywhere,
-- and a piece of the content hash, so that two files of one name never meet.
local json = require "json"
local letters = require "letters"

local M = {}

local MAX_BYTES = 120
local HASH_DIGITS = 12
local MAX_EXTENSION = 10
local FALLBACK = "media"

---`stem-<12 digits of the hash>.ext`, at most 120 bytes of [A-Za-z0-9._-], never starting with a
---dot or a dash. The same name and content always give the same result.
---@param name string the original file name
---@param sha256 string lower-case hex, of the bytes that are uploaded
---@param extension? string of the uploaded file, such as ".jpg"; default: that of the name
---@return string
function M.of(name, sha256, extension)
  if not sha256:find("^%x+$") or #sha256 < HASH_DIGITS then
    error("sha256: a hash in hex expected", 2)
  end
  local stem, own = name:match("^(.+)(%.%w+)$")
  if not own or #own > MAX_EXTENSION then stem, own = name, "" end
  local ext = (extension or own):lower():gsub("[^%l%d]", ""):sub(1, MAX_EXTENSION)
  local tail = "-" .. sha256:sub(1, HASH_DIGITS):lower() .. (ext ~= "" and "." .. ext or "")
  local plain = letters.ascii(json.repair(stem)):gsub("[^%w._-]+", "-")
  plain = plain:gsub("%-%-+", "-"):gsub("%.%.+", "."):gsub("^[._-]+", "")
  plain = plain:sub(1, MAX_BYTES - #tail):gsub("[._-]+$", "")
  return (plain ~= "" and plain or FALLBACK) .. tail
end

return M
