-- standin/switches.lua - how the stand-in for Instagram may be told to misbehave. Each switch is
-- something that the real one was seen to do (facts of the Graph API, sections 5 and 13).
local M = {}

---Every switch and its value when nothing is asked for: the worst that is still well-behaved.
M.DEFAULTS = {
  publish = "ok",             -- see PUBLISH
  publish_times = 1,          -- so many publishes are affected, then all is well; 0: all of them
  second_publish = "duplicate", -- of one container: duplicate, same-id, 9007, 2207008
  not_ready = 0,              -- seconds of 9007/2207027 after FINISHED
  status_lag = 0,             -- seconds for which a published container still reads FINISHED
  status_only = false,        -- no status_code, only the sentence in `status`
  read_outage = "none",       -- 100/33 on reading: container, media, both
  outage_tokens = "any",      -- whose reads are down: any, facebook (EAA…), instagram (IGAA…)
  list_lag = 0,               -- seconds until a post appears in /media
  quota_total = 100, quota_used = 0, quota_lag = 0,
  fetch = "ok",               -- see FETCH
  fetch_times = 1,            -- so many fetches are affected; 0: all
  fetch_subcode = 2207077,    -- what the container of a video says that fails with fetch = "error"
  needs_range = false,        -- a video's server must answer a Range with 206
  robots = false,             -- the fetcher obeys robots.txt
  rupload = "ok",             -- see RUPLOAD
  rupload_times = 1, rupload_bytes = 50000,  -- that arrive before the cut
  drop_child = false,         -- a carousel goes live without its last item, silently
  clock = 0,                  -- seconds by which the account's time is ahead
  image_seconds = 0, video_seconds = 0.3,  -- IN_PROGRESS for so long; -1: for ever
  container_life = 86400, container_cap = 400,
  token = "ok",               -- ok, or the subcode of 190: 458 459 460 463 464 467
  host = "any",               -- tokens of another login are refused: any, facebook, instagram
  account_type = "BUSINESS",  -- what /me says: BUSINESS, MEDIA_CREATOR, PERSONAL
  expires_at = 0,             -- of the token, as debug_token tells it; 0: never
  scopes = "instagram_basic,instagram_content_publish,pages_read_engagement",
  limit_calls = 0,            -- so many calls, then code 4 on every one; 0: no limit
  usage = "absent",           -- usage headers: absent, rising, full
  localised = false,          -- error_user_msg in another language
  no_subcode = false,         -- errors lack their subcode
  latency = 0,                -- seconds before every answer
}

M.PUBLISH = { ["ok"] = true, ["ok-then-drop"] = true, ["ok-then-403"] = true,
  ["ok-then-500"] = true, ["refuse-2207051"] = true, ["refuse-2207042"] = true, ["no-id"] = true,
  ["html"] = true, ["drop"] = true }

M.FETCH = { ["ok"] = true, ["2207052"] = true, ["2207003"] = true, ["2207001"] = true,
  ["2207032"] = true, ["2207009"] = true, ["error"] = true }

M.RUPLOAD = { ["ok"] = true, ["cut"] = true, ["refuse"] = true, ["ok-but-failed"] = true }

---Names for people: `affiche demo --fault NAME`.
M.FAULTS = {
  ["ghost-publish"] = { publish = "ok-then-403" },
  ["lost-answer"] = { publish = "ok-then-drop" },
  ["server-error"] = { publish = "ok-then-500" },
  ["blocked"] = { publish = "refuse-2207051", publish_times = 0 },
  ["quota-full"] = { quota_used = 100 },
  ["not-ready"] = { not_ready = 3 },
  ["fetch-error"] = { fetch = "2207052" },
  ["video-error"] = { fetch = "error", fetch_times = 0, fetch_subcode = 2207026 },
  ["refused-picture"] = { fetch = "2207009", fetch_times = 0 },
  ["server-busy"] = { fetch = "2207001", fetch_times = 2 },
  ["container-cap"] = { container_cap = 2 },
  ["slow-video"] = { video_seconds = 8 },
  ["wrong-host"] = { host = "instagram" },
  ["slow-status"] = { publish = "ok-then-500", status_lag = 60, list_lag = 8 },
  ["rate-limit"] = { limit_calls = 6 },
  ["token-expired"] = { token = "463" },
  ["read-outage"] = { read_outage = "both" },
}

local CHOICES = { publish = M.PUBLISH, fetch = M.FETCH, rupload = M.RUPLOAD }

---Sets switches; raises on an unknown name or value.
---@param target table
---@param changes table
function M.set(target, changes)
  for name, value in pairs(changes) do
    local default = M.DEFAULTS[name]
    if default == nil then error(("the stand-in has no switch '%s'"):format(name), 0) end
    if type(value) ~= type(default) or CHOICES[name] and not CHOICES[name][value] then
      error(("the stand-in's switch '%s' cannot be %s"):format(name, tostring(value)), 0)
    end
    target[name] = value
  end
end

---@param changes? table
function M.new(changes)
  local switches = {}
  M.set(switches, M.DEFAULTS)
  M.set(switches, changes or {})
  return switches
end

return M
