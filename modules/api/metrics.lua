-- api/metrics.lua - a few numbers in the text form of Prometheus.
local answers = require "api.answers"
local paging = require "api.paging"

local M = {}

local TYPE = { ["Content-Type"] = "text/plain; version=0.0.4; charset=utf-8" }
local STATES = { "published", "failed", "deferred", "uncertain", "duplicate" }

local function metric(lines, name, kind, help)
  lines[#lines + 1] = ("# HELP %s %s"):format(name, help)
  lines[#lines + 1] = ("# TYPE %s %s"):format(name, kind)
  return function(value, labels)
    lines[#lines + 1] = ("%s%s %s"):format(name, labels or "", value)
  end
end

local function add_items(lines, journal)
  local add = metric(lines, "affiche_items", "gauge", "Files by what the journal says of them.")
  local counts = {}
  for _, row in ipairs(journal and journal:rows(
    "SELECT state, count(*) AS count FROM item GROUP BY state") or {}) do
    counts[row.state] = row.count
  end
  for _, state in ipairs(STATES) do add(counts[state] or 0, ('{state="%s"}'):format(state)) end
end

local function add_runs(lines, journal, running)
  local row = journal and journal:row(
    "SELECT count(*) AS count, max(ended) AS ended FROM run") or {}
  metric(lines, "affiche_runs_total", "counter", "Runs that were begun.")(row.count or 0)
  metric(lines, "affiche_run_in_progress", "gauge", "1 while this server runs.")(running and 1 or 0)
  metric(lines, "affiche_last_run_timestamp_seconds", "gauge",
    "When the last run ended, 0 for never.")(("%.3f"):format(row.ended or 0))
end

function M.show(self)
  local journal, damage = paging.journal(self)
  if damage then return damage end
  local lines = {}
  metric(lines, "affiche_info", "gauge", "The program.")(1,
    ('{version="%s"}'):format(host.info().version))
  add_items(lines, journal)
  local posts = journal and journal:row(
    "SELECT count(*) AS count FROM post WHERE state = 'live'").count or 0
  metric(lines, "affiche_posts_total", "counter", "Posts that are live.")(posts)
  add_runs(lines, journal, self.running)
  local live = host.live()
  metric(lines, "affiche_tasks", "gauge", "Tasks that are alive.")(live.tasks)
  metric(lines, "affiche_lua_memory_bytes", "gauge", "Memory of all scripts.")(live.memory)
  return answers.text(200, table.concat(lines, "\n"), TYPE)
end

return M
