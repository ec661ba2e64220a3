-- instagram.lua - one medium becomes one post: container, wait, publish, exactly once.
--
-- The claim in the journal goes through the states new -> sent -> live, and sent -> again when a
-- person found that nothing went out (decision.lua); the container's id and the
-- moment of sending are on disk before media_publish leaves. Until then everything may be made
-- anew; from then on nothing is sent or made again without evidence (settle.lua).
local caption = require "caption"
local container = require "container"
local errors = require "errors"
local i18n = require "i18n"
local items = require "item"
local resumable = require "resumable"
local settle = require "settle"
local underway = require "underway"
local verdict = require "verdict"

local M = {}

local NOT_READY_TRIES, NOT_READY_WAIT = 6, 5
local MOST_SENDS = 2    -- of one container, with ON_UNCERTAIN=resend
local FRESH = 600       -- seconds in which a sent post may still be missing from the list

---"feed" or "reel": posts of different kinds do not exclude each other.
function M.post_kind(item)
  return item.kind == "video" and "reel" or "feed"
end

local function live(app, post, media_id)
  post.state, post.media_id, post.published = "live", media_id, host.now()
  app.journal:put_post(post)
  app.guardian:count()
  host.log("info", i18n.t("log.published", { id = media_id }), { icon = "📱", file = post.name })
end

-- Sends media_publish once. Returns a verdict and the Error; cannot be cut by a cancellation.
local function send(app, post, turn)
  return host.shield(function()
    local state, sent, sends = post.state, post.sent, post.sends
    post.state, post.sent, post.sends = "sent", host.now(), sends + 1
    app.journal:put_post(post)
    local media_id, err = app.graph:publish(post.container)
    if media_id then
      -- The next in turn may write its intent into the same transaction; it sends nothing before.
      turn.release()
      live(app, post, media_id)
      return "live"
    end
    local meaning = verdict.of_publish(err, sends > 0)
    if meaning ~= "uncertain" then
      -- Certain that nothing went out: the claim is what it was before, which on a second sending
      -- is still "sent".
      post.state, post.sent, post.sends = state, sent, sends
      app.journal:put_post(post)
    end
    return meaning, err
  end)
end

-- A refusal is final, but for one look at the container. Then the next try makes a new one.
local function refused(app, post, err)
  local status = app.graph:container_status(post.container)
  if status and status.code == "PUBLISHED" then return container.found_published(app, post) end
  post.container = nil
  app.journal:put_post(post)
  err.retryable = false
  return err
end

-- One send, and again while the container is not ready. True, or nil and an Error.
local function send_until_ready(app, item, post, turn)
  for attempt = 1, NOT_READY_TRIES do
    local held = app.guardian:hold()
    if held then return nil, held end
    local meaning, err = send(app, post, turn)
    if meaning == "live" then return true end
    if meaning == "uncertain" then
      if verdict.of(err) == "rest" then app.guardian:put_off(err) end
      return nil, settle.uncertain(post, errors.text(err), err)
    end
    if meaning == "rest" then return nil, app.guardian:put_off(err) end
    if meaning == "refused" then return nil, refused(app, post, err) end
    if meaning ~= "not_ready" then
      err.retryable = meaning == "unsent"
      return nil, err
    end
    if attempt == NOT_READY_TRIES then break end
    host.sleep(NOT_READY_WAIT)
    local ready, wait_err = container.wait(app, item, post.container)
    if ready == "published" then return nil, container.found_published(app, post) end
    if ready == "expired" then return nil, container.expired() end
    if not ready then return nil, wait_err end
  end
  return nil, container.not_yet(post.container)
end

local function in_turn(app, item, post)
  underway.keep(item, post)  -- before the turn, when nobody waits for it
  local turn <close> = item:turn()
  return send_until_ready(app, item, post, turn)
end

-- Nothing speaks for a post, and the user prefers a possible duplicate to a missing post.
local function may_resend(app, post)
  return app.cfg.ON_UNCERTAIN == "resend" and post.sends < MOST_SENDS and not app.guardian:hold()
end

-- Evidence first, patiently while it is fresh; then, if so wished, the same container once more.
local function resolve(app, item, post, err)
  host.log("warn", i18n.t("log.unclear", { name = item.name,
    reason = err and err.reason or i18n.t("instagram.unanswered") }), { file = item.name })
  local fresh = host.now() - post.sent < FRESH
  local delays = fresh and app.policy.pacing.settle_after or {}
  local done, doubt, unsent = settle.by_evidence(app, post, delays)
  if not done and unsent and may_resend(app, post) then
    local why
    done, why = in_turn(app, item, post)
    if not done and why.uncertain then
      done, doubt = settle.by_evidence(app, post, app.policy.pacing.settle_after)
    end
    -- Put off or refused, it is as uncertain as before.
  end
  if done then return true end
  return nil, err or doubt
end

-- Best effort: its failure never changes the state of a post that is live.
local function read_permalink(app, item, post)
  if not post.media_id or post.permalink then return end
  local permalink = app.graph:permalink(post.media_id)
  if type(permalink) == "string" then
    post.permalink = permalink
    items.also(item, app.journal:permalink_statement(post))
  end
end

local function result(app, item, post)
  read_permalink(app, item, post)
  return { media_id = post.media_id, permalink = post.permalink, container = post.container }
end

local function check(item)
  if not item.url and not resumable.is_wanted(item) then
    return nil, host.error { kind = "script", op = "publish",
      message = i18n.t("instagram.no_url") }
  end
  return caption.check(item.caption or "")
end

-- A person freed this claim: whatever became of the container since is asked before it is sent
-- again, and what cannot be read is waited for.
local function recheck(app, post)
  if post.state ~= "again" or not post.container then return true end
  local status, err = app.graph:container_status(post.container)
  if status then return true end
  if verdict.of(err) ~= "auth" then err.deferred, err.retryable = true, true end
  return nil, err
end

-- A container that is ready, then its publish. True, or nil and an Error.
local function publish_new(app, item, post)
  local fine, problem = check(item)
  if not fine then return nil, problem end
  local held = app.guardian:hold()
  if held then return nil, held end
  local checked, unread = recheck(app, post)
  if not checked then return nil, unread end
  local ready, err = container.ready(app, item, post)
  if not ready then return nil, err end
  return in_turn(app, item, post)
end

---Publishes the item, or finds out what became of it. The step's results, or nil and an Error;
---`err.deferred` and `err.uncertain` say that the file has not failed.
---@param item table
---@return { media_id: string, permalink: string?, container: string }|nil, Error?
function M.publish(item)
  local app = items.context(item).app
  local kind = M.post_kind(item)
  local post = app.journal:post(item.account, kind, item.sha256)
    or { account = item.account, post_kind = kind, sha256 = item.sha256, state = "new", sends = 0 }
  post.name = item.name
  local done, err = post.state == "live", nil
  if post.state == "new" or post.state == "again" then
    done, err = publish_new(app, item, post)
  end
  if not done and post.state == "sent" then done, err = resolve(app, item, post, err) end
  if post.state == "live" then
    underway.keep(item, post)
  elseif post.state ~= "sent" then
    underway.drop(item, kind)
  end
  if not done then return nil, err end
  return result(app, item, post)
end

return M
