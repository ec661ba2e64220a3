-- url.lua - taking URLs apart and putting them together, with nothing left to chance: segments are
-- percent-encoded, control bytes are refused, because FTP would send them on as commands.
local errors = require "errors"
local i18n = require "i18n"

local M = {}

local function refuse(key, values)
  return nil, errors.new { kind = "format", op = "url", message = i18n.t(key, values) }
end

local function percent(char)
  return ("%%%02X"):format(char:byte())
end

---Percent-encodes everything but the unreserved characters of RFC 3986.
---@param segment string
---@return string
function M.encode(segment)
  return (segment:gsub("[^%w%-%._~]", percent))
end

---The bytes behind the percent signs, or nil when one is not followed by two hex digits.
---@param text string
---@return string|nil
function M.decode(text)
  local rest = text:gsub("%%%x%x", "")
  if rest:find("%", 1, true) then return nil end
  return (text:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

---@param text string
---@return boolean
function M.has_control(text)
  return text:find("%c") ~= nil
end

---Encodes each segment of a path; slashes stay.
---@param path string
---@return string
function M.encode_path(path)
  return (path:gsub("[^/]+", M.encode))
end

---Encodes what may not stand in a URL path as it is, and leaves escapes that are there already.
---@param path string
---@return string
function M.mend_path(path)
  return (path:gsub("[^%w%-%._~!$&'()*+,;=:@/%%]", percent))
end

---A base URL and plain segments, each encoded, with one slash between.
---@param base string
---@param ... string
---@return string
function M.join(base, ...)
  local parts = { (base:gsub("/+$", "")) }
  for _, segment in ipairs({ ... }) do
    for name in segment:gmatch("[^/]+") do parts[#parts + 1] = M.encode(name) end
  end
  return table.concat(parts, "/")
end

---@class Url
---@field scheme string lower case
---@field user? string decoded
---@field password? string decoded
---@field host string decoded, without the brackets of an IPv6 address
---@field port? integer
---@field path string decoded, "" or from the first slash on
---@field raw_path string as it was written
---@field query? string
---@field fragment? string

local function parse_host(text)
  local host_name, port = text:match("^%[([%x:%.]+)%]:?(%d*)$")
  if not host_name then host_name, port = text:match("^([^:%[%]]*):?(%d*)$") end
  if not host_name then return nil end
  if port == "" then return host_name end
  port = #port <= 5 and tonumber(port) or 0
  return port >= 1 and port <= 65535 and host_name or nil, port
end

local function decode_parts(parts)
  for name, text in pairs(parts) do
    local plain = M.decode(text)
    if not plain then return refuse("url.escape", { part = name }) end
    if M.has_control(plain) then return refuse("url.control") end
    parts[name] = plain
  end
  return parts
end

---Takes a URL with a host part (which may be empty: file:///folder) to pieces. Messages never hold
---the URL, since it may hold a password.
---@param text string
---@return Url|nil, Error?
function M.parse(text)
  if M.has_control(text) then return refuse("url.control") end
  local scheme, authority, rest = text:match("^(%a[%w+.-]*)://([^/?#]*)(.*)$")
  if not scheme then return refuse("url.malformed") end
  local raw_path, tail = rest:match("^([^?#]*)(.*)$")
  local userinfo, place = authority:match("^(.*)@([^@]*)$")
  local user, password = (userinfo or ""):match("^([^:]*):?(.*)$")
  local host_name, port = parse_host(place or authority)
  if not host_name then return refuse("url.host") end
  local parts, err = decode_parts {
    host = host_name, path = raw_path,
    user = user ~= "" and user or nil,
    password = userinfo and userinfo:find(":", 1, true) and password or nil,
  }
  if not parts then return nil, err end
  parts.scheme, parts.port, parts.raw_path = scheme:lower(), port, raw_path
  parts.query, parts.fragment = tail:match("^%?([^#]*)"), tail:match("#(.*)$")
  return parts
end

---The same URL without user, or with the user alone: fit to be shown.
---@param text string
---@param keep_user? boolean
---@return string
function M.without_password(text, keep_user)
  local scheme, userinfo, rest = text:match("^(%a[%w+.-]*://)([^/?#]*)@(.*)$")
  if not scheme then return text end
  local user = keep_user and userinfo:match("^[^:]*") or ""
  return scheme .. (user ~= "" and user .. "@" or "") .. rest
end

---host or host:port as it stands in a URL.
---@param name string
---@param port? integer
---@return string
function M.authority(name, port)
  if name:find(":", 1, true) then name = "[" .. name .. "]" end
  return port and ("%s:%d"):format(name, port) or name
end

---@class Target where uploads go; see config.target
---@field scheme "ftp"|"ftps"|"sftp"|"file"
---@field host? string
---@field port? integer
---@field user? string
---@field password? string
---@field folder string decoded, without a slash at the end; "" is the login folder, or the root
---@field absolute boolean the folder starts at the root of the server
---@field label string host:port, or the folder: for people

---The URL of one file on a target, for host.ftp_put. For FTP an absolute folder begins with %2F,
---else the server is sent `CWD` relative to the login folder; SFTP is the other way round.
---@param target Target
---@param name string
---@return string
function M.target_url(target, name)
  local path = M.encode_path(target.folder:gsub("^/+", ""))
  if path ~= "" then path = path .. "/" end
  path = path .. M.encode(name)
  if target.scheme == "sftp" then
    path = target.absolute and path or "~/" .. path
  elseif target.absolute then
    path = "%2F" .. path
  end
  return ("%s://%s/%s"):format(target.scheme, M.authority(target.host, target.port), path)
end

return M
