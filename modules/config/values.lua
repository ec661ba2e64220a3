-- config/values.lua - from the text of a setting to its typed value, one function a type.
-- Each returns the value, or nil, a key of the catalogue and the words for it.
local url = require "lazy" "url"

local M = {}

local ON = { ["1"] = true, ["true"] = true, yes = true, on = true }
local OFF = { ["0"] = true, ["false"] = true, no = true, off = true }

local function trim(text)
  return text:match("^%s*(.*%S)") or ""
end

local types = {}

function types.text(key, text)
  if text:find("%c") then return nil, "config.control" end
  -- A password may end in a space; anything else got it by accident.
  return key.name == "FTP_PASS" and text or trim(text)
end

function types.path(_, text, home)
  local on_windows = package.config:sub(1, 1) == "\\"
  if not on_windows and (text:find("^%a:[/\\]") or text:find("^\\\\")) then
    return nil, "config.windows_path", { value = text }
  end
  if text:find("^~/") and home then return home .. text:sub(2) end
  if on_windows or text:sub(1, 1) == "/" then return text end
  -- What is noted of a file must still be right when it is read from elsewhere.
  local relative = text:gsub("^%./+", ""):gsub("^%.$", "")
  return ((host.info().cwd .. "/" .. relative):gsub("(.)/+$", "%1"))
end

function types.file(key, text, home)
  local path, problem, words = types.path(key, text, home)
  if not path then return nil, problem, words end
  local handle, message = io.open(path, "rb")
  if not handle then return nil, "config.unreadable", { path = path, message = message } end
  handle:close()
  return path
end

function types.number(key, text)
  local value = trim(text):find("^%d+%.?%d*$") and tonumber(trim(text))
  if not value or value < key.low or value > key.high then
    return nil, "config.number", { low = key.low, high = key.high, value = text }
  end
  return math.tointeger(value) or value
end

function types.integer(key, text)
  local value, problem, words = types.number(key, text)
  if value and math.type(value) ~= "integer" then
    return nil, "config.number", { low = key.low, high = key.high, value = text }
  end
  return value, problem, words
end

function types.flag(_, text)
  local word = trim(text):lower()
  if ON[word] then return true end
  if OFF[word] then return false end
  return nil, "config.choice", { value = text, choices = "0, 1" }
end

function types.choice(key, text)
  local word = trim(text):lower()
  for _, choice in ipairs(key.choices) do
    if word == choice then return choice end
  end
  return nil, "config.choice", { value = text, choices = table.concat(key.choices, ", ") }
end

function types.url(_, text)
  local parsed, err = url.parse(trim(text))
  if not parsed then return nil, "config.url", { message = err.message } end
  if parsed.scheme ~= "https" and parsed.scheme ~= "http" or parsed.host == ""
    or parsed.host:find("%s") then
    return nil, "config.url_scheme"
  end
  if parsed.user or parsed.password or parsed.query or parsed.fragment then
    return nil, "config.url_extra"
  end
  local path = url.mend_path(parsed.raw_path):gsub("/+$", "")
  return ("%s://%s%s"):format(parsed.scheme, url.authority(parsed.host, parsed.port), path)
end

local function is_placeholder(key, text)
  for _, placeholder in ipairs(key.placeholders or {}) do
    if trim(text) == placeholder then return true end
  end
  return false
end

---@param key Key
---@param text string|nil
---@return boolean
function M.is_missing(key, text)
  return text == nil or text == "" or is_placeholder(key, text)
end

---@param key Key
---@param text string
---@param home string|nil
---@return any|nil value, string? problem, table? words
function M.convert(key, text, home)
  return types[key.type](key, text, home)
end

return M
