-- run.lua - one pass over the folder: every medium is published, or it is said why not.
local candidate = require "candidate"
local carry = require "carry"
local errors = require "errors"
local folder = require "folder"
local history = require "history"
local i18n = require "i18n"
local mutex = require "mutex"
local preflight = require "preflight"
local report = require "report"
local sweep = require "sweep"
local turns = require "turns"
local twins = require "twins"
local underway = require "underway"

local M = {}

-- The account is asked once a run, and only when there is something to publish.
local function ask_account(app)
  local _ <close> = mutex.hold(app.asking, "account")
  if app.asked == nil then
    local fine, err = app.guardian:ask(app.graph)
    app.asked, app.refusal = fine ~= nil, err
  end
  return app.refusal
end

local function growing(entry)
  return host.error { kind = "io", op = "scan", retryable = true, deferred = true,
    message = i18n.t("log.growing", { name = entry.name }) }
end

-- One file of the list, from its first look to its outcome. `entry` is what the scan found, or the
-- leftover of an earlier run, which has its item already.
local function take(app, flow, found, entry, place, result)
  -- However this ends, nobody may wait for it.
  local _ <close> = setmetatable({}, { __close = function() app.twins:arrive(place) end })
  local judged = entry.item and entry or candidate.judge(app, flow, entry, found.sidecars)
  app.twins:arrive(place, not judged.ignored and judged.item and judged.item.sha256 or nil)
  if judged.ignored then
    app.turns:pass(place)
    return report.ignored(result, entry.name, judged.ignored)
  end
  if judged.error and not entry.item and candidate.still_arriving(entry, judged.error) then
    app.turns:pass(place)
    return report.deferred(result, entry.name, growing(entry), place)
  end
  local err = judged.error or ask_account(app)
  local outcome = carry.take(app, flow, judged.item, place, err)
  report.outcome(result, app, entry.name, outcome, place)
end

-- Files under way are few at any time, however many lie in the folder, and an entry of the list is
-- let go when its turn comes: of each file no more is kept than its line in the result.
local function publish_all(app, flow, found, result)
  -- They lie in the folder no more, but are taken all the same: the counts must add up.
  local list = candidate.leftovers(app, flow, found)
  result.found = result.found + #list
  for _, entry in ipairs(found.media) do
    if entry.growing then
      report.deferred(result, entry.name, growing(entry))
    else
      list[#list + 1] = entry
    end
  end
  found.media = nil
  preflight.begin(app)
  if app.uploader then app.uploader:begin() end
  app.asking, app.asked, app.refusal = {}, nil, nil
  app.twins = twins.new()
  app.turns = turns.new { patience = app.policy.pacing.wait_for_earlier,
    on_overtake = function(item)
      host.log("warn", i18n.t("log.overtake", { name = item.name }), { file = item.name })
    end }
  host.map(list, { concurrency = app.cfg.AFFICHE_CONCURRENCY }, function(entry, place)
    list[place] = false
    take(app, flow, found, entry, place, result)
  end)
end

-- Publishes in a task of its own, which ends at once when the journal fails: without its memory
-- nothing more may be sent. True, or nil and the Error.
local function publish_guarded(app, flow, found, result)
  local fatal
  local task <close> = host.spawn(publish_all, app, flow, found, result)
  function app.abort(err)
    fatal = fatal or err
    task:cancel()
  end
  local ok, err = task:join()
  if ok then return true end
  return nil, fatal or err
end

---Takes the folder for one pass, and a number in the journal. Nil and an Error: with code "EBUSY"
---when another pass is at work there.
---@param app table
---@param flow table
---@return { id: integer, source: string, lock: Lock }|nil pass, Error?
function M.begin(app, flow)
  local source = flow.folder or app.cfg.AUTO_DOWNLOAD_DIR
  local lock, err = host.lock(source)
  if not lock then
    if err.code == "EBUSY" then
      err = errors.new { kind = "io", op = "run", code = "EBUSY", retryable = true,
        message = i18n.t("run.locked", { folder = source, holder = err.holder or "?" }) }
    end
    return nil, err
  end
  return { id = app.journal:begin_run(flow.name), source = source, lock = lock }
end

-- What became of it is remembered, whether it went well or not.
local function ended(app, pass, object, broken)
  history.end_run(app.journal, pass.id, object)
  return object, broken
end

-- What lies in the folder. Nothing else holds on to the list of it: that goes as it is worked off.
local function find(app, flow, source, only)
  local entries, skipped = folder.look(source, flow.order)
  if not entries then return nil, skipped end
  local found = folder.sort(source, entries, skipped, app.policy.formats)
  if only then folder.restrict(found, only) end
  return found
end

---Carries a pass through and lets the folder go. The result object, and whether it could not be
---carried through.
---@param app table
---@param flow table
---@param pass table from `begin`
---@param only? table<string, boolean> names of the files to which it is restricted
---@return table result, boolean? broken
function M.carry(app, flow, pass, only)
  local _ <close> = pass.lock
  local result, source = report.new(app), pass.source
  app.under_way = result
  sweep.run(app, source)
  host.log("info", i18n.t("log.scan", { dir = source }))
  local found, unseen = find(app, flow, source, only)
  if not found then return ended(app, pass, report.cannot_start(app, errors.text(unseen))) end
  result.found, result.ignored = found.found, found.ignored
  for _, other in ipairs(found.others) do
    host.log("info", i18n.t("log.ignored", { name = other.name,
      reason = i18n.t("preview.extension") }), { file = other.name })
  end
  local carried, err = publish_guarded(app, flow, found, result)
  if not carried then return report.broken(app, result, err), true end
  underway.tidy(source)
  return ended(app, pass, report.finish(app, result))
end

return M
