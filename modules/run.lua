-- run.lua - one pass over the folder: every medium is published, or it is said why not.
local candidate = require "candidate"
local carry = require "carry"
local folder = require "folder"
local i18n = require "i18n"
local items = require "item"
local report = require "report"
local sweep = require "sweep"
local turns = require "turns"

local M = {}

local function place_all(list)
  for place, entry in ipairs(list) do
    entry.place = place
    if entry.item then items.context(entry.item).place = place end
  end
end

local function publish_all(app, flow, found, result)
  local list = candidate.leftovers(app, flow, found)
  table.move(candidate.of(app, flow, found, result), 1, #found.media, #list + 1, list)
  place_all(list)
  app.twins = {}
  app.turns = turns.new { count = #list, patience = app.policy.pacing.wait_for_earlier,
    on_overtake = function(item)
      host.log("warn", i18n.t("log.overtake", { name = item.name }), { file = item.name })
    end }
  local asked, err = true, nil
  if #list > 0 then asked, err = app.guardian:ask(app.graph) end
  host.map(list, { concurrency = app.cfg.AFFICHE_CONCURRENCY }, function(entry)
    if not asked and not entry.error then entry.error = err end
    local outcome = carry.take(app, flow, entry)
    report.outcome(result, app, entry.entry.name, outcome, entry.place)
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

---One pass. The result object, and whether it could not be carried through.
---@param app table
---@param flow table
---@return table result, boolean? broken
function M.pass(app, flow)
  local result = report.new(app)
  local source = flow.folder or app.cfg.AUTO_DOWNLOAD_DIR
  local lock <close>, lock_err = host.lock(source)
  if not lock then
    return report.cannot_start(app, lock_err.code ~= "EBUSY" and lock_err.message
      or i18n.t("run.locked", { folder = source, holder = lock_err.holder or "?" }))
  end
  sweep.run(app, source)
  host.log("info", i18n.t("log.scan", { dir = source }))
  local entries, skipped = folder.look(source, flow.order)
  if not entries then return report.cannot_start(app, skipped.message) end
  local found = folder.sort(entries, skipped, app.policy.formats)
  result.found, result.ignored = found.found, found.ignored
  local run_id = app.journal:begin_run(flow.name)
  local carried, err = publish_guarded(app, flow, found, result)
  if not carried then return report.broken(app, result, err), true end
  local object = report.finish(app, result)
  app.journal:end_run(run_id, object)
  return object
end

return M
