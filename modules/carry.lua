-- carry.lua - one candidate, from facts to outcome: duplicate, published, put off or failed.
local archive = require "archive"
local candidate = require "candidate"
local errors = require "errors"
local i18n = require "i18n"
local instagram = require "instagram"
local items = require "item"
local pipeline = require "pipeline"
local script = require "script"
local verdict = require "verdict"

local M = {}

local MOST_FAILURES = 5  -- runs that failed for the file's own sake, then it goes to failed/

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
  -- Whatever the error is about, a publish of this file is still unanswered.
  if post and post.state == "sent" then return "uncertain", post end
  if err.uncertain then return "uncertain", post end
  if err.deferred then return "deferred", post end
  return "failed", post
end

-- Failures that lie in the file itself; network, login, target and account do not count against it.
local function own_fault(err)
  if err.kind == "format" or err.stale then return true end
  if err.step == "prepare" then return err.kind == "limit" or err.kind == "timeout" end
  return err.step == "publish" and err.kind == "remote" and verdict.of(err) == "refused"
end

-- Writes down where the item stands; after too many failures of its own it leaves the folder.
local function conclude(app, item, outcome, done)
  local context = items.context(item)
  local err = outcome.error and errors.complete(outcome.error, item.name, app.t)
  local failed = outcome.state == "failed" and own_fault(err)
  app.journal:end_item(context.id, { state = outcome.state, error = err, done = done,
    failed = failed, wait_until = err and err.wait_until })
  if failed and not context.archived and app.journal:failures(context.id) >= MOST_FAILURES then
    local gone, move_err = archive.give_up(item, err)
    if not gone then host.log("warn", errors.text(move_err), { file = item.name }) end
  end
end

-- The public copy has served once the post is live.
local function remove_public(app, item)
  local remote = items.context(item).results.remote
  if not app.cfg.DELETE_AFTER_PUBLISH or not remote then return end
  local removed, err = app.uploader:remove(remote)
  if not removed then host.log("warn", errors.text(err), { file = item.name }) end
end

-- Only what was never sent can come too late.
local function too_late(app, item, known)
  local post = app.journal:post(item.account, instagram.post_kind(item), item.sha256)
  return (not post or post.state == "new") and app.guardian:stale(known.created) or nil
end

-- The post is live, and somebody has taken the original away, which an earlier run has reported:
-- nothing is left to do, and nothing to be reported for ever.
local function taken_away(app, item, err)
  local post = items.context(item).left and err and err.code == "ENOENT"
    and not host.stat(item.path)
    and app.journal:post(item.account, instagram.post_kind(item), item.sha256)
  if not post or post.state ~= "live" then return false end
  host.log("warn", i18n.t("log.taken_away", { name = item.name }), { file = item.name })
  return true
end

-- Takes one accepted item through the workflow; its outcome for the result object.
local function process(app, flow, item, early_err)
  local context = items.context(item)
  local post = candidate.duplicate_of(app, flow, item)
  if post then return handle_duplicate(app, flow, item, post) end
  context.post_kind = instagram.post_kind(item)
  local id, known = app.journal:begin_item(flow.name, item.account, item)
  context.id = id
  context.notes = app.journal:notes(context.id)
  context.inputs = host.digest(table.concat({ item.sha256, flow.fingerprint }, "\0"))
  local outcome = { ran = {} }
  local done, err = nil, early_err or known and too_late(app, item, known)
  if not err then
    done, err = pipeline.run(item, flow.steps, function(name) outcome.ran[name] = true end)
  end
  -- A journal that failed ends the run, wherever in a step that was noticed.
  if err and err.fatal then error(err, 0) end
  if taken_away(app, item, err) then done, err = true, nil end
  local state, claim = state_of(app, item, err)
  outcome.state, outcome.error = state, err
  outcome.media_id, outcome.permalink = claim and claim.media_id, claim and claim.permalink
  if outcome.ran.publish and not claim then outcome.media_id = item.media_id end
  if done and claim then remove_public(app, item) end
  conclude(app, item, outcome, done == true)
  if done then items.discard(item) end
  return outcome
end

---One candidate, from its facts to its outcome. Nothing that happens in here ends the run, but a
---journal that failed: without its memory nothing more may be sent. A file that could not even be
---looked at has no item: its outcome is its error.
---@param item table|nil
---@param place integer on the feed
---@param err? Error why it has failed already
---@return table outcome { state, error?, media_id?, permalink?, ran? }
function M.take(app, flow, item, place, err)
  local _ <close> = setmetatable({}, { __close = function() app.turns:pass(place) end })
  if not item then return { state = "failed", error = err } end
  items.context(item).place = place
  local _ <close> = app.twins:take(place, item.sha256)
  local ok, outcome = pcall(process, app, flow, item, err)
  if ok then return outcome end
  local problem = errors.of(outcome)
  if problem.fatal then app.abort(problem) end
  return { state = "failed", error = problem }
end

return M
