-- config/checks.lua - defaults that follow from other settings, and what must hold between them.
local targets = require "config.target"

local M = {}

local GRAPH_VERSION = "v26.0"

-- `report(key, problem, words, options)` notes a problem; `cfg` is completed in place.
local function state_folder(cfg, environment, report)
  if cfg.AFFICHE_STATE_DIR then return end
  local base, home = environment.XDG_STATE_HOME, environment.HOME
  -- The XDG rules: a relative path there counts as not set.
  if base and base:sub(1, 1) == "/" then
    cfg.AFFICHE_STATE_DIR = base:gsub("/+$", "") .. "/affiche"
  elseif home and home ~= "" then
    cfg.AFFICHE_STATE_DIR = home:gsub("/+$", "") .. "/.local/state/affiche"
  else
    report("AFFICHE_STATE_DIR", "config.no_home")
  end
end

local function journal(cfg, report)
  local given = cfg.AFFICHE_JOURNAL or "sqlite:"
  local scheme = given:match("^(%a[%w+]*):")
  local path = given
  if scheme == "postgresql" or scheme == "postgres" then
    report("AFFICHE_JOURNAL", "config.postgresql")
    path = ""
  elseif scheme == "sqlite" then
    path = given:gsub("^sqlite:", ""):gsub("^///", "/")
  elseif scheme then
    report("AFFICHE_JOURNAL", "config.journal_scheme")
    path = ""
  end
  if path == "" then
    path = cfg.AFFICHE_STATE_DIR and cfg.AFFICHE_STATE_DIR .. "/journal.db"
  end
  cfg.AFFICHE_JOURNAL = path and "sqlite:" .. path
end

-- Both are what the curl command honours; the library does not look at them by itself.
local function authorities(cfg, environment)
  cfg.CA_FILE = cfg.CURL_CA_BUNDLE or environment.CURL_CA_BUNDLE
    or cfg.SSL_CERT_FILE or environment.SSL_CERT_FILE
  if cfg.CA_FILE == "" then cfg.CA_FILE = nil end
  cfg.FTP_CA_FILE = cfg.FTP_CA_FILE or cfg.CA_FILE
end

local function graph(cfg, report)
  local token = cfg.ACCESS_TOKEN or ""
  if token:find("%s") then
    report("ACCESS_TOKEN", "config.token_space")
    cfg.ACCESS_TOKEN = nil
  end
  if cfg.IG_USER_ID and not cfg.IG_USER_ID:find("^%d+$") then
    report("IG_USER_ID", "config.user_id", nil, { warning = true })
  end
  if not cfg.GRAPH_API_URL then
    local name = token:find("^IGAA") and "graph.instagram.com" or "graph.facebook.com"
    cfg.GRAPH_API_URL = ("https://%s/%s"):format(name, GRAPH_VERSION)
  end
  for _, key in ipairs({ "GRAPH_API_URL", "GRAPH_UPLOAD_URL" }) do
    local name = cfg[key]:match("^http://([^/]*)")
    if name and not M.is_loopback((name:gsub(":%d+$", ""))) then
      report(key, "config.plain_http", nil, { warning = true })
    end
  end
end

local function upload(cfg, refused, report)
  local target, key, problem, words = targets.of(cfg)
  if not target then
    report(key, problem, words)
    -- What could not be read may hold a password in any place.
    cfg.UPLOAD_URL = nil
    return
  end
  if target.scheme ~= "file" and not target.user then
    report("FTP_USER", "config.anonymous", nil, { warning = true })
  end
  if not cfg.PUBLIC_BASE_URL and not refused.PUBLIC_BASE_URL then
    cfg.PUBLIC_BASE_URL = targets.public_url(target)
    if not cfg.PUBLIC_BASE_URL then report("PUBLIC_BASE_URL", "config.no_public_url") end
  end
end

---@param name string
---@return boolean
function M.is_loopback(name)
  name = name:gsub("^%[(.*)%]$", "%1"):lower()
  return name == "localhost" or name == "::1" or name:find("^127%.%d+%.%d+%.%d+$") ~= nil
end

local function server(cfg, report)
  if not M.is_loopback(cfg.HOST) and not cfg.API_TOKEN then
    report("HOST", "config.open_server", { host = cfg.HOST })
  end
end

---@param cfg table
---@param environment table<string,string>
---@param refused table<string,boolean> keys about which a problem is noted already
---@param report fun(key: string, problem: string, words?: table, options?: { warning?: boolean })
function M.complete(cfg, environment, refused, report)
  state_folder(cfg, environment, report)
  journal(cfg, report)
  authorities(cfg, environment)
  graph(cfg, report)
  if not (refused.UPLOAD_URL or refused.FTP_HOST or refused.FTP_UPLOAD_DIR) then
    upload(cfg, refused, report)
  end
  server(cfg, report)
end

return M
