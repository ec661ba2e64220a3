-- container.lua - a container of Instagram that is ready to be published: made, waited for, kept.
-- Containers are invisible and expire by themselves: making one anew can never duplicate a post, as
-- long as nothing was sent.
local i18n = require "i18n"
local preflight = require "preflight"
local resumable = require "resumable"
local settle = require "settle"
local verdict = require "verdict"

local M = {}

local LIFE = 23 * 3600  -- seconds; Meta's is 24 h
-- Kinds of error after which an upload goes on, to the same container.
local LATER = { network = true, timeout = true, tls = true, auth = true }
local BLIND_READS = 3   -- failed reads in a row after which readiness is left to media_publish

-- What the container is made of: when it changes before anything was sent, a new one is made.
local function container_form(item)
  local form = { caption = item.caption }
  if item.kind == "video" then
    form.media_type, form.share_to_feed = "REELS", "true"
    if resumable.is_wanted(item) then
      form.upload_type = "resumable"
    else
      form.video_url = item.url
    end
  else
    form.image_url, form.alt_text = item.url, item.alt_text
  end
  return form
end

local function fingerprint(item, form)
  local parts = {}
  for key, value in pairs(form) do parts[#parts + 1] = key .. "=" .. value end
  -- A URL names its content; bytes that are sent have no name.
  if form.upload_type then parts[#parts + 1] = "sha256=" .. select(2, resumable.source(item)) end
  table.sort(parts)
  return host.digest(table.concat(parts, "\0"))
end

local function create(app, item, post, form)
  if not form.upload_type then
    local seen, unseen = preflight.first(app, item)
    if not seen then return nil, unseen end
  end
  local id, err = app.graph:create_container(form)
  if not id then
    local meaning = verdict.of(err)
    if meaning == "rest" then return nil, app.guardian:put_off(err) end
    err.retryable = meaning == "transient"
    return nil, err
  end
  post.state, post.container, post.created, post.sends = "new", id, host.now(), 0
  post.fingerprint, post.caption, post.sent = fingerprint(item, form), item.caption, nil
  app.journal:put_post(post)
  return id
end

local function container_error(status)
  local subcode = status.subcode
  local meaning = verdict.SUBCODES[subcode]
  return host.error { kind = "remote", op = "graph_get", subcode = subcode,
    retryable = meaning == "transient",
    message = i18n.t("instagram.container_failed", { status = status.status }) }
end

---"Not yet" is not "failed": the container stays and the next run asks again.
function M.not_yet(container)
  return host.error { kind = "timeout", op = "graph_get", retryable = true, deferred = true,
    message = i18n.t("instagram.not_ready", { container = container }) }
end

---Polls until FINISHED. "ready", "expired" or "published"; or nil and an Error. Reads are known to
---fail for hours while publishing works, so that after some in a row media_publish is asked itself:
---it answers "not ready" harmlessly.
function M.wait(app, item, container)
  local delays = app.policy.pacing.poll[item.kind]
  local deadline = host.now("monotonic") + app.policy.pacing.ready_within[item.kind]
  local blind = 0
  for turn = 1, math.huge do
    local status, err = app.graph:container_status(container)
    if status then
      blind = 0
      if status.code == "FINISHED" then return "ready" end
      if status.code == "EXPIRED" then return "expired" end
      if status.code == "PUBLISHED" then return "published" end
      if status.code == "ERROR" then return nil, container_error(status) end
    else
      if verdict.of(err) == "auth" then return nil, err end
      -- An answer that fails, not a network that does: that would make the publish uncertain.
      blind = err.status and blind + 1 or 0
      if blind >= BLIND_READS then return "ready" end
    end
    local wait = delays[math.min(turn, #delays)]
    if host.now("monotonic") + wait > deadline then return nil, M.not_yet(container) end
    host.sleep(wait)
  end
end

function M.expired()
  return host.error { kind = "remote", op = "graph_get", retryable = true,
    message = i18n.t("instagram.expired") }
end

---The container is live, and the journal knows of no publish that worked: somebody else's, or ours
---that was answered "not ready". From here on it counts as sent, and evidence decides.
function M.found_published(app, post)
  post.state, post.sent = "sent", post.sent or host.now()
  app.journal:put_post(post)
  return settle.uncertain(post, i18n.t("instagram.published_elsewhere"))
end

-- The bytes of its video are there, if it wants them from us, and it is ready: as `wait` tells.
local function filled(app, item, post, form, begun)
  if form.upload_type then
    local sent, err = resumable.send(app, item, post.container, begun)
    if not sent then return nil, err end
  end
  return M.wait(app, item, post.container)
end

---The container of an item, made when there is none of use, once it is ready. Its id, or nil and an
---Error.
function M.ready(app, item, post)
  local form = container_form(item)
  -- A container that was sent before stays the one to send: only while it is the same one can a
  -- second request not become a second post.
  local usable = post.container and (post.state == "again" or post.state == "new"
    and post.fingerprint == fingerprint(item, form) and host.now() - post.created < LIFE)
  for _ = 1, 2 do
    local begun = usable
    if not usable then
      local id, err = create(app, item, post, form)
      if not id then return nil, err end
    end
    local ready, err = filled(app, item, post, form, begun)
    if ready == "ready" then return post.container end
    if not ready then
      -- A container that failed is never of use again; one that is not filled yet is.
      if not err.deferred and not (form.upload_type and LATER[err.kind]) then
        post.container = nil
        app.journal:put_post(post)
      end
      return nil, err
    end
    if ready == "published" then return nil, M.found_published(app, post) end
    usable = false
  end
  return nil, M.expired()
end

return M
