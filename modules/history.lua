-- history.lua - what the journal knows of files and runs, newest first, for people and programs.
local json = require "json"

local M = {}

M.ORDER = { "success", "total", "limit", "offset", "id", "state", "workflow", "started", "ended",
  "runs", "items", "file", "media_id", "permalink", "error", "account", "sha256", "updated",
  "stats", "message", "result" }

local DEFAULT = 1000

local function time(seconds)
  if not seconds then return json.null end
  return os.date("!%Y-%m-%dT%H:%M:%SZ", math.floor(seconds))
end

local function decoded(text)
  return text and json.decode(text) or json.null
end

local function public_item(row)
  return { file = json.repair(row.name), path = json.repair(row.path), state = row.state,
    media_id = row.media_id or json.null, permalink = row.permalink or json.null,
    error = decoded(row.error), workflow = row.workflow, account = row.account,
    sha256 = row.sha256, failures = row.failures, updated = time(row.updated) }
end

-- A run without an end was cut off, or another program is at it.
local function state_of(row, running)
  if row.ended then return "finished" end
  return row.id == running and "running" or "unfinished"
end

local function public_run(row, running)
  return { id = tostring(row.id), state = state_of(row, running), workflow = row.workflow,
    started = time(row.started), ended = time(row.ended) }
end

---@class HistoryOptions
---@field state? string of the items
---@field limit? integer default 1000
---@field offset? integer

---@param journal table|nil none yet: nothing was done
---@param options? HistoryOptions
---@return table[] items, integer total
function M.items(journal, options)
  local list = json.list()
  if not journal then return list, 0 end
  options = options or {}
  -- A parameter that is NULL asks for nothing.
  local where = " WHERE ?1 IS NULL OR item.state = ?1"
  local rows = journal:rows([[SELECT item.*, post.media_id, post.permalink
    FROM item LEFT JOIN post ON post.account = item.account AND post.sha256 = item.sha256]]
    .. where .. " ORDER BY item.updated DESC, item.id DESC LIMIT ?2 OFFSET ?3",
    options.state, options.limit or DEFAULT, options.offset or 0)
  for i, row in ipairs(rows) do list[i] = public_item(row) end
  return list, journal:row("SELECT count(*) AS count FROM item" .. where, options.state).count
end

---@param journal table|nil
---@param options HistoryOptions
---@param running integer|nil number of the run that this program is at
---@return table[] runs, integer total
function M.runs(journal, options, running)
  local list = json.list()
  if not journal then return list, 0 end
  local rows = journal:rows("SELECT * FROM run ORDER BY id DESC LIMIT ? OFFSET ?",
    options.limit or DEFAULT, options.offset or 0)
  for i, row in ipairs(rows) do
    local run, object = public_run(row, running), decoded(row.result)
    local result = object ~= json.null and object.result or {}
    run.stats, run.message = result.stats or json.null, result.message or json.null
    list[i] = run
  end
  return list, journal:row("SELECT count(*) AS count FROM run").count
end

---One run with its whole result object; nil when there is none of this number.
---@param journal table|nil
---@param id integer
---@param running integer|nil
function M.run(journal, id, running)
  local row = journal and journal:row("SELECT * FROM run WHERE id = ?", id)
  if not row then return nil end
  local run = public_run(row, running)
  run.success, run.result = true, decoded(row.result)
  local inner = run.result ~= json.null and run.result.result
  if inner then inner.items = journal:run_items(id) or inner.items or json.list() end
  return run
end

---The number of the newest run without an end.
---@param journal table|nil
---@return integer|nil
function M.unfinished(journal)
  return journal and journal:row("SELECT max(id) AS id FROM run WHERE ended IS NULL").id
end

return M
