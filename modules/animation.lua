-- animation.lua - what becomes of a picture that moves: its first frame, or a film.
local ffmpeg = require "ffmpeg"

local M = {}

local FILMED = { gif = true }  -- what ffmpeg reads; that of Debian cannot read an animated WebP

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

return M
