-- status.lua - configuration, folder, files ready, token: the object of `affiche status` and of
-- GET /api/poster-media/status, with the original system's field names (contract, section 7).
local config = require "config"
local errors = require "errors"
local folder = require "folder"
local heif = require "heif"
local json = require "json"
local report = require "report"

local M = {}

local SHOWN = 10     -- files listed in files_ready, as in the original
local ASK_EVERY = 60 -- seconds: token and quota are asked of the server at most so often

M.ORDER = { "success", "timestamp", "configuration", "source_directory", "source_exists",
  "ftp_server", "ftp_user", "ftp_upload_dir", "access_token_configured", "ig_user_id_configured",
  "config_valid", "problems", "sandbox", "heif", "source_analysis", "files_count",
  "total_size_mb",
  "files_ignored", "files_deferred", "files_uncertain", "files_ready", "filename", "extension",
  "size_mb", "supported_formats", "token", "checked", "valid", "expires_at", "quota", "used",
  "total", "ready_to_process", "key", "message", "next_action" }

local function megabytes(bytes)
  return math.floor(bytes / 1048576 * 100 + 0.5) / 100
end

local function folder_exists(app)
  local path = app.cfg.AUTO_DOWNLOAD_DIR
  local stat = path and host.stat(path .. "/.")
  return stat ~= nil and stat.type == "folder"
end

---What is missing or wrong, the folder included, each with its key and what to do.
function M.problems(app)
  local list = json.list()
  for _, problem in ipairs(config.fatal(app.problems, "run")) do
    list[#list + 1] = { key = problem.key, message = host.redact(problem.message),
      next_action = problem.next_action }
  end
  if app.cfg.AUTO_DOWNLOAD_DIR and not folder_exists(app) then
    list[#list + 1] = { key = "AUTO_DOWNLOAD_DIR",
      message = app.t("run.no_folder", { folder = app.cfg.AUTO_DOWNLOAD_DIR }),
      next_action = app.t("action.config.key.AUTO_DOWNLOAD_DIR") }
  end
  return list
end

local function configuration(app, exists, problems)
  local cfg = app.cfg
  return {
    source_directory = cfg.AUTO_DOWNLOAD_DIR or json.null, source_exists = exists,
    ftp_server = app.server_label, ftp_user = app.target and app.target.user or json.null,
    ftp_upload_dir = app.target and (cfg.UPLOAD_URL and app.target.folder or cfg.FTP_UPLOAD_DIR)
      or json.null,
    access_token_configured = cfg.ACCESS_TOKEN ~= nil,
    ig_user_id_configured = cfg.IG_USER_ID ~= nil,
    config_valid = #problems == 0, problems = problems, sandbox = host.info().sandbox,
    heif = heif.state(),
  }
end

-- Counted by state: what the journal says of each file that lies there now.
local function count_known(app, media)
  local counts, ready, now = { deferred = 0, uncertain = 0 }, {}, host.now()
  for _, entry in ipairs(media) do
    local row = app.journal and app.journal:row(
      "SELECT state, wait_until FROM item WHERE path = ? ORDER BY updated DESC LIMIT 1", entry.path)
    local state = row and row.state
    if state == "uncertain" then
      counts.uncertain = counts.uncertain + 1
    elseif state == "deferred" and (row.wait_until or 0) > now then
      counts.deferred = counts.deferred + 1
    else
      ready[#ready + 1] = entry
    end
  end
  return ready, counts
end

local function analysis(app, exists)
  local result = { files_count = 0, total_size_mb = 0, files_ignored = 0, files_deferred = 0,
    files_uncertain = 0, files_ready = json.list() }
  if not exists then return result end
  local entries, skipped = host.scan(app.cfg.AUTO_DOWNLOAD_DIR, { order = "name" })
  if not entries then return result end
  local found = folder.sort(app.cfg.AUTO_DOWNLOAD_DIR, entries, skipped, app.policy.formats)
  local ready, counts = count_known(app, found.media)
  local bytes = 0
  for i, entry in ipairs(ready) do
    bytes = bytes + entry.size
    if i <= SHOWN then
      result.files_ready[i] = { filename = json.repair(entry.name),
        extension = folder.extension(entry.name), size_mb = megabytes(entry.size) }
    end
  end
  result.files_count, result.total_size_mb = #ready, megabytes(bytes)
  result.files_ignored = found.ignored
  result.files_deferred, result.files_uncertain = counts.deferred, counts.uncertain
  return result
end

local function supported(app)
  local list = json.list()
  for extension in pairs(app.extensions) do list[#list + 1] = extension end
  table.sort(list)
  return list
end

-- The account's answer, kept for a minute; `checked` is false when it cannot be had.
local function ask(app)
  local unknown = { token = { checked = false, valid = json.null, expires_at = json.null },
    quota = { used = json.null, total = json.null } }
  if not (app.cfg.ACCESS_TOKEN and app.cfg.IG_USER_ID and app.graph) then return unknown end
  local now = host.now("monotonic")
  local known = app.account_state
  if known and now - known.at < ASK_EVERY then return known.answer end
  local quota, err = app.graph:quota()
  local answer = unknown
  if quota then
    answer = { token = { checked = true, valid = true, expires_at = json.null },
      quota = { used = quota.used or json.null, total = quota.total or json.null } }
  elseif err.kind == "auth" then
    answer.token = { checked = true, valid = false, expires_at = json.null,
      error = errors.public(err).message }
  end
  app.account_state = { at = now, answer = answer }
  return answer
end

---@param app table loaded; its journal may be closed
---@return table
function M.of(app)
  local exists = folder_exists(app)
  local problems = M.problems(app)
  local settings = configuration(app, exists, problems)
  local found = analysis(app, exists)
  local asked = ask(app)
  return {
    success = true, timestamp = report.timestamp(), configuration = settings,
    source_analysis = found, supported_formats = supported(app), token = asked.token,
    quota = asked.quota,
    ready_to_process = settings.config_valid and found.files_count > 0
      and asked.token.valid ~= false,
  }
end

function M.encode(object)
  return json.encode(object, { order = M.ORDER, indent = 2 })
end

return M
