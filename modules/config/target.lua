-- config/target.lua - where uploads go: UPLOAD_URL, or the FTP_* settings, as one table.
local url = require "url"

local M = {}

local PORTS = { ftp = 21, ftps = 990, sftp = 22 }

local function is_host(name)
  if name:find("^[%x:%.]+$") and name:find(":.*:") then return true end
  return name ~= "" and not name:find("[%s%c/@:%[%]%%?#\\]")
end

-- Folders are taken apart by servers: "." and ".." in a URL are resolved before they are sent.
local function folder_problem(folder)
  if url.has_control(folder) then return "config.control" end
  for segment in folder:gmatch("[^/]+") do
    if segment == "." or segment == ".." then return "config.dots" end
  end
end

local function finish(target)
  target.folder = target.folder:gsub("/+$", "")
  target.label = target.host and url.authority(target.host, target.port) or target.folder
  return target
end

local function from_ftp(cfg)
  local name = (cfg.FTP_HOST or ""):gsub("^%[(.*)%]$", "%1")
  if name == "" then return nil, "FTP_HOST", "config.missing" end
  if not is_host(name) then return nil, "FTP_HOST", "config.host" end
  local folder = cfg.FTP_UPLOAD_DIR
  local problem = folder_problem(folder)
  if problem then return nil, "FTP_UPLOAD_DIR", problem end
  return finish {
    scheme = "ftp", host = name, port = cfg.FTP_PORT, user = cfg.FTP_USER,
    password = cfg.FTP_PASS, folder = folder, absolute = folder:sub(1, 1) == "/",
  }
end

local function from_file(parsed)
  if parsed.host ~= "" and parsed.host ~= "localhost" or not parsed.path:find("^/") then
    return nil, "UPLOAD_URL", "config.file_url"
  end
  return finish { scheme = "file", folder = parsed.path, absolute = true }
end

-- The first slash only separates: `ftp://h/a` is below the login folder, `ftp://h//a` and
-- `ftp://h/%2Fa` start at the root; `sftp://h/a` starts at the root, `sftp://h/~/a` at home.
local function split_path(parsed)
  local path = parsed.path:gsub("^/", "")
  if parsed.scheme == "sftp" then
    if path == "~" or path:find("^~/") then return path:gsub("^~/*", ""), false end
    return "/" .. path, true
  end
  return path, path:sub(1, 1) == "/"
end

local function from_url(cfg)
  local parsed, err = url.parse(cfg.UPLOAD_URL)
  if not parsed then return nil, "UPLOAD_URL", "config.url", { message = err.message } end
  if parsed.scheme == "s3" then return nil, "UPLOAD_URL", "config.s3" end
  if parsed.query or parsed.fragment then return nil, "UPLOAD_URL", "config.url_extra" end
  if parsed.scheme == "file" then return from_file(parsed) end
  if not PORTS[parsed.scheme] then return nil, "UPLOAD_URL", "config.upload_scheme" end
  if not is_host(parsed.host) then return nil, "UPLOAD_URL", "config.host" end
  local folder, absolute = split_path(parsed)
  local problem = folder_problem(folder)
  if problem then return nil, "UPLOAD_URL", problem end
  return finish {
    scheme = parsed.scheme, host = parsed.host, port = parsed.port or PORTS[parsed.scheme],
    user = parsed.user or cfg.FTP_USER, password = parsed.password or cfg.FTP_PASS,
    folder = folder, absolute = absolute,
  }
end

---@param cfg table
---@return Target|nil, string? key, string? problem, table? words
function M.of(cfg)
  if cfg.UPLOAD_URL then return from_url(cfg) end
  return from_ftp(cfg)
end

---The default of PUBLIC_BASE_URL: the web is assumed to show the upload folder at its own path.
---@param target Target
---@return string|nil
function M.public_url(target)
  if target.scheme == "file" then return nil end
  return url.join("https://" .. url.authority(target.host), target.folder)
end

return M
