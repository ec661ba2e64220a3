-- settle.lua - what became of a publish whose answer is uncertain: by evidence, never by sending.
--
-- The container's status first; PUBLISHED is live. Else the account's media list is searched for
-- the caption as sent, of the right type, in the window of time, not claimed by another post. One
-- match is live. None: it stays uncertain for a person. A new container is never made: that always
-- can be a duplicate.
local i18n = require "i18n"
local mutex = require "mutex"

local M = {}

local held = {}  -- accounts of which a post is being settled

local BEFORE, AFTER = 5 * 60, 15 * 60  -- seconds around sending in which the post must have begun
local PAGES = 4

---@param post table
---@param reason string
---@param cause? Error
---@return Error with `uncertain`
function M.uncertain(post, reason, cause)
  return host.error { kind = "remote", op = "publish", retryable = false, uncertain = true,
    code = cause and cause.code, subcode = cause and cause.subcode, reason = reason,
    message = i18n.t("settle.uncertain", { name = post.name, container = post.container,
      reason = reason }),
    next_action = i18n.t("settle.next", { name = post.name }) }
end

local function fold(text)
  return (tostring(text or ""):gsub("%s+", " "):gsub("^ ", ""):gsub(" $", ""))
end

-- Days since 1970 of a civil date (proleptic Gregorian), so that no time zone comes into it.
local function days(year, month, day)
  if month <= 2 then year, month = year - 1, month + 12 end
  return 365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5
    + day - 719469
end

local TIME = "^(%d+)-(%d+)-(%d+)T(%d+):(%d+):(%d+)([+-])(%d%d):?(%d%d)$"

---Seconds since 1970 of "2026-10-03T08:15:42+0000", or nil.
function M.parse_time(text)
  local year, month, day, hour, minute, second, sign, zone_h, zone_m = tostring(text):match(TIME)
  if not year then return nil end
  local offset = (tonumber(zone_h) * 60 + tonumber(zone_m)) * 60 * (sign == "-" and -1 or 1)
  return days(tonumber(year), tonumber(month), tonumber(day)) * 86400 + tonumber(hour) * 3600
    + tonumber(minute) * 60 + tonumber(second) - offset
end

local function window_start(post)
  return math.min(post.created or post.sent, post.sent) - BEFORE
end

local function matches(app, post, media)
  if type(media) ~= "table" then return false end
  local time = M.parse_time(media.timestamp)
  local is_video = media.media_type == "VIDEO"
  return type(media.id) == "string" and time ~= nil
    and time >= window_start(post) and time <= post.sent + AFTER
    and is_video == (post.post_kind == "reel")
    and fold(media.caption) == fold(post.caption)
    and not app.journal:is_claimed(post.account, media.id)
end

-- The matching media in the account's list, or nil and an Error. An empty caption matches nothing.
local function search(app, post)
  local found = {}
  if fold(post.caption) == "" then return found end
  local after
  for _ = 1, PAGES do
    local list, next_or_err = app.graph:media(after)
    if not list then return nil, next_or_err end
    for _, media in ipairs(list) do
      if matches(app, post, media) then found[#found + 1] = media end
    end
    local last = list[#list]
    local oldest = type(last) == "table" and M.parse_time(last.timestamp)
    if not next_or_err or not oldest or oldest < window_start(post) then break end
    after = next_or_err
  end
  return found
end

-- Another post with the same words and no medium of its own yet: a match may be either's.
local function has_rival(app, post)
  for _, other in ipairs(app.journal:unsettled(post)) do
    if fold(other.caption) == fold(post.caption)
      and math.abs(other.sent - post.sent) <= BEFORE + AFTER then
      return true
    end
  end
  return false
end

---One look, without a change: what the container says, and which posts match.
---@return { status: string?, matches: table[]?, rival: boolean }
local function look(app, post)
  local status = app.graph:container_status(post.container)
  return { status = status and status.code, matches = search(app, post),
    rival = has_rival(app, post) }
end

local function set_live(app, post, media)
  post.state, post.published = "live", host.now()
  if media then post.media_id, post.permalink = media.id, media.permalink end
  app.journal:put_post(post)
  app.guardian:count()
  host.log("info", i18n.t("log.published", { id = post.media_id or post.container }),
    { icon = "📱", file = post.name })
  return true
end

local function reason(seen)
  local many = seen.matches and (#seen.matches > 1 or #seen.matches == 1 and seen.rival)
  return i18n.t(many and "settle.many" or "settle.none")
end

-- One look; true when it settled the post. `last` when no other will follow.
local function look_once(app, post, last)
  -- One post is settled at a time: two that looked at once would claim the same match.
  local _ <close> = mutex.hold(held, post.account)
  local seen = look(app, post)
  if seen.matches and #seen.matches == 1 and not seen.rival then
    return set_live(app, post, seen.matches[1])
  end
  -- Live for certain; the list lags, and the looks that are left may still name the media id.
  if seen.status == "PUBLISHED" and last then return set_live(app, post, nil) end
  return false, seen
end

---Looks for evidence, again after each of `delays`. True when the post is live now. Else nil, an
---Error that is `uncertain`, and whether the evidence speaks against it: nothing matches and the
---container is still there unpublished.
---@param delays number[] seconds
function M.by_evidence(app, post, delays)
  local live, seen
  for i = 0, #delays do
    if delays[i] then host.sleep(delays[i]) end
    live, seen = look_once(app, post, i == #delays)
    if live then return true end
  end
  local unsent = seen.matches ~= nil and #seen.matches == 0
    and (seen.status == "FINISHED" or seen.status == "IN_PROGRESS")
  return nil, M.uncertain(post, reason(seen)), unsent
end

return M
