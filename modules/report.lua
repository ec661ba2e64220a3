-- report.lua - counts what becomes of each file, says it in the log, and makes the result object
-- whose names the original system's clients rely on (contract, section 6).
local errors = require "errors"
local i18n = require "i18n"
local json = require "json"

local M = {}

M.ORDER = { "success", "timestamp", "source_directory", "ftp_server", "instagram_account",
  "result", "stats", "files_found", "files_processed", "files_uploaded", "files_published",
  "files_ignored", "files_failed", "files_deferred", "errors", "items", "file", "state",
  "media_id", "permalink", "error", "message" }

---Local time as the original wrote it: "2025-09-01T21:30:00.000000".
function M.timestamp(now)
  now = now or host.now()
  local whole = math.floor(now)
  return os.date("%Y-%m-%dT%H:%M:%S", whole) .. (".%06d"):format(math.floor((now - whole) * 1e6))
end

---@param app table
function M.new(app)
  return { app = app, started = host.now(), found = 0, ignored = 0, processed = 0, uploaded = 0,
    published = 0, failed = 0, deferred_count = 0, errors = json.list(), items = {}, places = {} }
end

local function add_item(result, place, fields)
  local index = #result.items + 1
  result.items[index], result.places[index] = fields, place
end

local function public(app, err, name)
  if not err then return json.null end
  return errors.public(errors.complete(err, name, app.t))
end

-- One sentence: the file, what is the matter with it and what to do.
local function sentence(app, name, err)
  local action = errors.next_action(err, app.t)
  local text = errors.text(err)
  if not text:find(name, 1, true) then text = name .. ": " .. text end
  if action then text = text:gsub("[%.%s]+$", "") .. ". " .. action end
  return host.redact(text)
end

---A file that only has to wait, or about which a person has to say something.
---@param state? "deferred"|"uncertain"
function M.deferred(result, name, err, place, state)
  result.deferred_count = result.deferred_count + 1
  host.log("info", sentence(result.app, name, err), { icon = "⏳", file = name })
  add_item(result, place or 0, { file = name, state = state or "deferred",
    media_id = json.null, permalink = json.null, error = public(result.app, err, name) })
end

function M.ignored(result, name, reason)
  result.ignored = result.ignored + 1
  host.log("info", i18n.t("log.ignored", { name = name, reason = reason }), { file = name })
end

local function failed(result, app, name, err)
  result.failed = result.failed + 1
  local text = sentence(app, name, err)
  result.errors[#result.errors + 1] = text
  host.log("error", text, { file = name, kind = err.kind })
  if err.kind == "script" and err.traceback then
    host.log("error", err.traceback, { file = name })
  end
end

---@param outcome table { state, error?, media_id?, permalink?, ran? }
function M.outcome(result, app, name, outcome, place)
  local ran, err = outcome.ran or {}, outcome.error
  if ran.upload then result.uploaded = result.uploaded + 1 end
  if outcome.state == "deferred" or outcome.state == "uncertain" then
    return M.deferred(result, name, err, place, outcome.state)
  end
  if outcome.state == "duplicate" then
    result.ignored = result.ignored + 1
  else
    result.processed = result.processed + 1
    if outcome.state == "published" then result.published = result.published + 1 end
    if err then failed(result, app, name, err) end
  end
  add_item(result, place, { file = name, state = outcome.state,
    media_id = outcome.media_id or json.null, permalink = outcome.permalink or json.null,
    error = public(app, err, name) })
end

local function envelope(app, success, inner)
  local cfg = app.cfg
  return { success = success, timestamp = M.timestamp(),
    source_directory = cfg.AUTO_DOWNLOAD_DIR or json.null, ftp_server = app.server_label,
    instagram_account = cfg.IG_USER_ID or json.null, result = inner }
end

local function stats(result)
  return { files_found = result.found, files_processed = result.processed,
    files_uploaded = result.uploaded, files_published = result.published,
    files_ignored = result.ignored, files_failed = result.failed,
    files_deferred = result.deferred_count, errors = result.errors }
end

-- The items in the order of the feed.
local function listed(result)
  local items, places, order, list = result.items, result.places, {}, json.list()
  for i = 1, #items do order[i] = i end
  table.sort(order, function(a, b)
    if places[a] ~= places[b] then return places[a] < places[b] end
    return items[a].file < items[b].file
  end)
  for i, index in ipairs(order) do list[i] = items[index] end
  return list
end

---The result of a run that could not start: the same shape, with the reason.
---@param app? table absent when not even the settings could be read
---@param message string
---@param problems? table[]
function M.refusal(app, message, problems)
  app = app or { cfg = {}, server_label = "" }
  local text = host.redact(message)
  local object = envelope(app, false, { success = false, stats = stats(M.new(app)),
    items = json.list(), error = text, message = text })
  -- Beside the result for who reads the top first, and in it beside the error.
  object.problems, object.result.problems = problems, problems
  return object
end

---As `refusal`, said in the log as well.
---@return table object, true not_started
function M.cannot_start(app, message, problems)
  host.log("error", message)
  return M.refusal(app, message, problems), true
end

---The run ended before its time: what was done stands there, with the reason.
function M.broken(app, result, err)
  local object = M.finish(app, result)
  local text = sentence(app, "affiche", errors.of(err))
  host.log("error", text)
  object.success, object.result.success = false, false
  object.result.error = text
  return object
end

---The run was cut off: what is known of it. What it did not come to waits for the next one.
---@param message string
function M.interrupted(app, result, message)
  result.deferred_count = math.max(0, result.found - result.processed - result.ignored)
  local text = host.redact(message)
  return envelope(app, false, { success = false, stats = stats(result), items = listed(result),
    error = text, message = text })
end

---@return table the result object
function M.finish(app, result)
  local message = i18n.t("log.finished",
    { published = result.published, processed = result.processed })
  host.log("info", message, { icon = "✅" })
  local success = result.failed == 0
  return envelope(app, success, { success = success, stats = stats(result), items = listed(result),
    message = message })
end

local LAYOUT = { order = M.ORDER, indent = 2 }

function M.encode(object)
  return json.encode(object, LAYOUT)
end

---Writes a result object to a file, a piece at a time.
---@param file file*
function M.write(file, object)
  json.write(function(text) file:write(text) end, object, LAYOUT)
  file:write("\n")
end

return M
