-- run.lua - one pass over the folder: every medium is published, or it is said why not.
local archive = require "archive"
local errors = require "errors"
local folder = require "folder"
local i18n = require "i18n"
local instagram = require "instagram"
local items = require "item"
local pipeline = require "pipeline"
local report = require "report"
local script = require "script"
local sweep = require "sweep"
local turns = require "turns"
local verdict = require "verdict"

local M = {}

local MOST_FAILURES = 5  -- runs that failed for the file's own sake, then it goes to failed/

---Facts of a candidate: hash, probe, sidecar. The item, and an Error when it is no medium; or nil
---and an Error.
function M.make_item(app, flow, entry, sidecars)
  local sha256, size = host.hash(entry.path)
  if not sha256 then return nil, size end
  local facts, probe_err = host.probe(entry.path)
  local sidecar, sidecar_err = folder.sidecar(sidecars[entry.stem])
  local item = items.new({
    name = entry.name, stem = entry.stem, ext = entry.ext, path = entry.path, size = size,
    mtime = entry.mtime, sha256 = sha256, account = app.cfg.IG_USER_ID, sidecar = sidecar or nil,
    format = facts and facts.format or entry.format, kind = facts and facts.kind or entry.kind,
    width = facts and facts.width, height = facts and facts.height,
    orientation = facts and facts.orientation, duration = facts and facts.duration,
  }, { app = app, flow = flow, results = {}, notes = {} })
  if not facts then return item, probe_err end
  return item, sidecar == nil and sidecar_err or nil
end

---true; false and the reason; or nil and an Error.
function M.accepted(flow, item)
  local yes, reason = script.call(flow.accept.accept, item)
  if yes == nil and type(reason) == "table" then return nil, reason end
  return yes and true or false, reason
end

---The content decides what a file is. True, or nil and an Error when it is no medium we know.
function M.check_extension(app, item)
  local extensions = app.extensions
  if item.format and extensions[item.ext] ~= item.format
    and app.policy.formats[item.format] then
    host.log("warn", i18n.t("log.other_format", { name = item.name, format = item.format }),
      { file = item.name })
  end
  if not item.format or not app.policy.formats[item.format] then
    return nil, host.error { kind = "format", op = "probe",
      message = i18n.t("error.no_medium", { name = item.name, format = item.format or "?" }) }
  end
  return true
end

---The earlier post when the content is live already, and this is not the file that is still on its
---way to the archive.
function M.duplicate_of(app, flow, item)
  local post = app.journal:post(item.account, instagram.post_kind(item), item.sha256)
  if not post or post.state ~= "live" then return nil end
  local row = app.journal:find_item(flow.name, item.account, item.sha256)
  if row and row.done == 0 and row.state ~= "duplicate" then
    local original_waits = row.path ~= item.path and host.stat(row.path) ~= nil
    if not original_waits then return nil end
  end
  return post
end

-- Archives a duplicate by the workflow's own last word on files: its step "archive".
local function archive_duplicate(flow, item)
  for _, step in ipairs(flow.steps) do
    if step.name == "archive" then
      items.context(item).step = step.name
      local result, err = script.call(step.run, item)
      if result == nil and err then return nil, err end
    end
  end
  return true
end

local function handle_duplicate(app, flow, item, post)
  local context = items.context(item)
  context.id, context.duplicate = nil, true
  local hook = flow.accept.on_duplicate
  local wish = "archive"
  if hook then
    local answer, err = script.call(hook, item, { name = post.name, media_id = post.media_id,
      permalink = post.permalink, published = post.published })
    if answer == nil and err then return { state = "failed", error = err } end
    wish = answer or wish
  end
  host.log("warn", i18n.t("log.duplicate", { name = item.name, earlier = post.name }),
    { file = item.name })
  local outcome = { state = "duplicate", media_id = post.media_id, permalink = post.permalink }
  if wish == "archive" then
    local done, err = archive_duplicate(flow, item)
    if not done then outcome.state, outcome.error = "failed", err end
  end
  return outcome
end

local function state_of(app, item, err)
  local post = app.journal:post(item.account, instagram.post_kind(item), item.sha256)
  if post and post.state == "live" then return "published", post end
  if not err then return "published", post end
  if err.uncertain then return "uncertain", post end
  if err.deferred then return "deferred", post end
  return "failed", post
end

-- Failures that lie in the file itself; network, login, target and account do not count against it.
local function own_fault(err)
  if err.kind == "format" then return true end
  if err.step == "prepare" then return err.kind == "limit" or err.kind == "timeout" end
  return err.step == "publish" and err.kind == "remote" and verdict.of(err) == "refused"
end

-- Writes down where the item stands; after too many failures of its own it leaves the folder.
local function conclude(app, item, outcome, done)
  local context, err = items.context(item), outcome.error
  local failed = outcome.state == "failed" and own_fault(err)
  app.journal:end_item(context.id, { state = outcome.state, error = err, done = done,
    failed = failed, wait_until = err and err.wait_until })
  if failed and app.journal:failures(context.id) >= MOST_FAILURES then
    local gone, move_err = archive.give_up(item, err)
    if not gone then host.log("warn", move_err.message, { file = item.name }) end
  end
end

-- The public copy has served once the post is live.
local function remove_public(app, item)
  local remote = items.context(item).results.remote
  if not app.cfg.DELETE_AFTER_PUBLISH or not remote then return end
  local removed, err = app.uploader:remove(remote)
  if not removed then host.log("warn", err.message, { file = item.name }) end
end

-- Takes one accepted item through the workflow; its outcome for the result object.
local function process(app, flow, item, early_err)
  local context = items.context(item)
  local post = M.duplicate_of(app, flow, item)
  if post then return handle_duplicate(app, flow, item, post) end
  context.post_kind = instagram.post_kind(item)
  context.id = app.journal:begin_item(flow.name, item.account, item)
  context.notes = app.journal:notes(context.id)
  context.inputs = host.digest(table.concat({ item.sha256, flow.fingerprint }, "\0"))
  local outcome = { ran = {} }
  local done, err = nil, early_err
  if not early_err then
    done, err = pipeline.run(item, flow.steps, function(name) outcome.ran[name] = true end)
  end
  -- A journal that failed ends the run, wherever in a step that was noticed.
  if err and err.fatal then error(err, 0) end
  local state, claim = state_of(app, item, err)
  outcome.state, outcome.error = state, err
  outcome.media_id, outcome.permalink = claim and claim.media_id, claim and claim.permalink
  if outcome.ran.publish and not claim then outcome.media_id = item.media_id end
  if done and claim then remove_public(app, item) end
  conclude(app, item, outcome, done == true)
  if done then items.discard(item) end
  return outcome
end

-- Two files of one content in one run: the second waits for what becomes of the first.
local function after_twin(app, item, work)
  local key = item.sha256
  local earlier = app.twins[key]
  local mine <close> = host.gate()
  app.twins[key] = mine
  if earlier then earlier:wait() end
  return work()
end

local function outcome_of(app, flow, item, early_err)
  return after_twin(app, item, function() return process(app, flow, item, early_err) end)
end

-- One candidate, from its facts to its outcome. Nothing that happens in here ends the run, but a
-- journal that failed: without its memory nothing more may be sent.
local function handle(app, flow, candidate)
  local ok, outcome = pcall(function()
    return outcome_of(app, flow, candidate.item, candidate.error)
  end)
  app.turns:pass(candidate.place)
  if ok then return outcome end
  local err = errors.of(outcome)
  if err.fatal then app.abort(err) end
  return { state = "failed", error = err }
end

-- Sorts the media into candidates, ignored and growing ones. Candidates come in feed order.
local function candidates_of(app, flow, found, result)
  local media = {}
  for _, entry in ipairs(found.media) do
    if entry.growing then
      report.deferred(result, entry.name, host.error { kind = "io", op = "scan", retryable = true,
        message = i18n.t("log.growing", { name = entry.name }) })
    else
      media[#media + 1] = entry
    end
  end
  local made = host.map(media, { concurrency = app.cfg.AFFICHE_CONCURRENCY }, function(entry)
    local item, err = M.make_item(app, flow, entry, found.sidecars)
    if not item then return { entry = entry, error = err } end
    local yes, reason = M.accepted(flow, item)
    if yes == nil then return { entry = entry, item = item, error = reason } end
    if not yes then return { entry = entry, item = item, ignored = tostring(reason or "") } end
    if not err then
      local fine, why = M.check_extension(app, item)
      if not fine then err = why end
    end
    return { entry = entry, item = item, error = err }
  end)
  local list = {}
  for _, candidate in ipairs(made) do
    if candidate.ignored then
      report.ignored(result, candidate.entry.name, candidate.ignored)
    else
      list[#list + 1] = candidate
    end
  end
  return list
end

-- A file that could not even be looked at has no item: its outcome is its error.
local function take(app, flow, candidate)
  if candidate.item then return handle(app, flow, candidate) end
  app.turns:pass(candidate.place)
  return { state = "failed", error = candidate.error }
end

-- Items whose file has left the folder before their last step: archived before a crash, or by a
-- workflow that archives early. A file that is just gone, with nothing sent, is none of them.
local function leftovers(app, flow, found)
  local present, list = {}, {}
  for _, entry in ipairs(found.media) do present[entry.path] = true end
  for _, row in ipairs(app.journal:unfinished(flow.name, app.cfg.IG_USER_ID)) do
    if not present[row.path] and not host.stat(row.path) then
      local stem, ext = row.name:match("^(.+)(%.[^.]*)$")
      local item = items.new({ name = row.name, stem = stem or row.name, ext = ext or "",
        path = row.path, size = row.size, sha256 = row.sha256, account = row.account,
        kind = row.kind }, { app = app, flow = flow, results = {}, notes = {} })
      local post = app.journal:post(row.account, instagram.post_kind(item), row.sha256)
      local archived = app.journal:steps(row.id).archive
      if archived or post and post.state ~= "new" then
        list[#list + 1] = { entry = { name = row.name }, item = item }
      end
    end
  end
  return list
end

local function place_all(list)
  for place, candidate in ipairs(list) do
    candidate.place = place
    if candidate.item then items.context(candidate.item).place = place end
  end
end

local function publish_all(app, flow, found, result)
  local list = leftovers(app, flow, found)
  table.move(candidates_of(app, flow, found, result), 1, #found.media, #list + 1, list)
  place_all(list)
  app.twins = {}
  app.turns = turns.new { count = #list, patience = app.policy.pacing.wait_for_earlier,
    on_overtake = function(item)
      host.log("warn", i18n.t("log.overtake", { name = item.name }), { file = item.name })
    end }
  local asked, err = true, nil
  if #list > 0 then asked, err = app.guardian:ask(app.graph) end
  host.map(list, { concurrency = app.cfg.AFFICHE_CONCURRENCY }, function(candidate)
    if not asked and not candidate.error then candidate.error = err end
    local outcome = take(app, flow, candidate)
    report.outcome(result, app, candidate.entry.name, outcome, candidate.place)
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
  host.log("info", i18n.t("log.scan", { dir = source }))
  sweep.run(app, source)
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
