-- decision.lua - a person says what became of a post that is uncertain: it is live, or it may be
-- sent once more. Only the journal is touched; the next run does the rest.
--
-- The claim changes only while it still is what was looked at, since a run may be at work beside.
local errors = require "errors"
local i18n = require "i18n"
local instagram = require "instagram"
local locate = require "locate"

local M = {}

local IN_FLIGHT = 150 -- seconds in which a request to publish and the looks after it are over

local function refuse(key, words)
  return nil, errors.new { kind = "format", op = "settle", retryable = false,
    message = i18n.t(key, words), next_action = i18n.t("action." .. key, words) }
end

local function claim_of(app, row)
  return app.journal:post(row.account, instagram.post_kind(row), row.sha256)
end

-- Why this item needs no decision.
local function not_uncertain(row, post, wanted)
  local words = { name = wanted, state = row.state, id = post and post.media_id or "?" }
  if post and post.state == "live" then return refuse("settle.is_live", words) end
  if post and post.state == "sent" then return refuse("settle.not_looked", words) end
  return refuse("settle.not_uncertain", words)
end

-- The claim of the one content that is uncertain among the items, or nil; and whether there are
-- several of them.
local function open_claim(app, rows)
  local found
  for _, row in ipairs(rows) do
    local post = row.state == "uncertain" and claim_of(app, row)
    if post and post.state == "sent" then
      if found and found.sha256 ~= row.sha256 then return nil, true end
      found = found or post
    end
  end
  return found, false
end

-- The one content that is meant, and its claim. The file of that name may be another one by now,
-- even a published one: the uncertain one was asked about by its name, so it must answer to it.
local function find(app, wanted)
  local rows = locate.items(app, wanted, locate.file(app.cfg.AUTO_DOWNLOAD_DIR or ".", wanted))
  if not rows[1] then return refuse("settle.unknown", { name = wanted }) end
  local found, several = open_claim(app, rows)
  if not found and not several then
    found, several = open_claim(app, locate.named(app, wanted))
  end
  if several then return refuse("settle.ambiguous", { name = wanted }) end
  if found then return found end
  return not_uncertain(rows[1], claim_of(app, rows[1]), wanted)
end

-- A run that resends by itself could be waiting for its answer just now.
local function maybe_in_flight(app, post)
  if host.now() - post.sent > IN_FLIGHT or not app.cfg.AUTO_DOWNLOAD_DIR then return false end
  local lock <close>, err = host.lock(app.cfg.AUTO_DOWNLOAD_DIR)
  return not lock and err.code == "EBUSY"
end

-- One unit: the claim if it is unchanged, and with it all items of this content.
local function write(app, post, change)
  local done, err = app.journal.store:write {
    { [[UPDATE post SET state = ?, media_id = ?, published = ?
        WHERE account = ? AND post_kind = ? AND sha256 = ? AND state = 'sent' AND sends = ?]],
      change.claim, change.media_id, change.published, post.account, post.post_kind, post.sha256,
      post.sends },
    { [[UPDATE item SET state = ?, error = NULL, wait_until = NULL, updated = ?
        WHERE account = ? AND sha256 = ? AND state = 'uncertain' AND EXISTS (SELECT 1 FROM post
        WHERE post.account = item.account AND post.post_kind = ? AND post.sha256 = item.sha256
        AND post.state = ?)]],
      change.item, host.now(), post.account, post.sha256, post.post_kind, change.claim },
  }
  if not done and err.code == "CONSTRAINT" then
    return refuse("settle.claimed", { name = post.name, id = change.media_id })
  end
  if not done then return nil, err end
  if done[1].changes ~= 1 then return refuse("settle.changed", { name = post.name }) end
  return post
end

---It is live: never sent again. The next run archives it.
---@param app table connected
---@param wanted string name or path
---@param media_id? string
---@return table|nil post, Error?
function M.live(app, wanted, media_id)
  if media_id and not media_id:find("^%d+$") then
    return refuse("settle.no_id", { id = media_id })
  end
  local post, err = find(app, wanted)
  if not post then return nil, err end
  return write(app, post, { claim = "live", item = "published", media_id = media_id,
    published = host.now() })
end

---It is not live: the same container may be sent once more, after a look at what became of it.
---@param app table connected
---@param wanted string name or path
---@return table|nil post, Error?
function M.again(app, wanted)
  local post, err = find(app, wanted)
  if not post then return nil, err end
  if maybe_in_flight(app, post) then return refuse("settle.in_flight", { name = wanted }) end
  return write(app, post, { claim = "again", item = "active" })
end

return M
