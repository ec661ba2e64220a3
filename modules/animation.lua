-- animation.lua - what becomes of a picture that moves: its first frame, or a film.
local ffmpeg = require "ffmpeg"
local i18n = require "i18n"

local M = {}

local FILMED = { gif = true, webp = true }
local LONGEST = 15 * 60  -- seconds that Instagram takes of a film, where no rule says max_duration

---"image" or "video": what a file is posted as. A film is another kind of post than a picture, and
---one does not rule out the other; so what was begun, or posted, as one stays that, whatever the
---rules or ffmpeg have become since. Nothing is posted twice for it.
---@param app table
---@param flow table
---@param facts Facts
---@param sha256 string
---@return "image"|"video"
function M.kind(app, flow, facts, sha256)
  local entry = app.policy.formats[facts.format]
  if not (entry and entry.animation and FILMED[facts.format]) or facts.frames < 2 then
    return facts.kind
  end
  local account, journal = app.cfg.IG_USER_ID, app.journal
  local known = journal and journal:find_item(flow.name, account, sha256)
  if known then return known.kind end
  if journal and journal:post(account, "feed", sha256) then return "image" end
  if journal and journal:post(account, "reel", sha256) then return "video" end
  return entry.animation == "video" and ffmpeg.there() and "video" or "image"
end

-- As it is seen, and as small as the film will be, where that is smaller.
local function size_of(facts, entry)
  local width, height = facts.width, facts.height
  if facts.orientation >= 5 then width, height = height, width end
  local film_width, film_height = ffmpeg.film_size({ width = width, height = height }, entry)
  if film_width < width then return film_width, film_height end
end

-- An animated WebP, which the ffmpeg of Debian cannot read: its frames are taken apart here.
local function of_frames(item, target, facts, entry)
  local pictures, width, height = item:temp(".mov"), size_of(facts, entry)
  local made, err = host.frames(item.file, pictures, { background = ffmpeg.under(entry),
    width = width, height = height, min_duration = ffmpeg.SHORTEST, durable = false,
    max_pixels = entry.max_pixels, timeout = entry.timeout })
  if not made then return nil, err end
  local done, problem = ffmpeg.animate(pictures, target, { format = "mov", width = made.width,
    height = made.height, duration = made.duration }, entry)
  host.remove(pictures)
  return done, problem
end

---Makes a film of an animation that is to become one. True, or nil and an Error.
---@param item table
---@param target string whole path
---@param facts Facts of item.file
---@param entry table of formats.lua
---@return true|nil, Error?
function M.film(item, target, facts, entry)
  local most = entry.max_duration or LONGEST
  if (facts.duration or 0) > most then
    return nil, host.error { kind = "limit", op = "prepare", message = i18n.t("animation.long",
      { seconds = ("%.0f"):format(facts.duration), most = most }) }
  end
  if facts.format == "webp" then return of_frames(item, target, facts, entry) end
  return ffmpeg.animate(item.file, target, facts, entry)
end

return M
