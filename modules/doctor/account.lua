-- doctor/account.lua - what the Graph API says of token, account, rights and quota, and what is
-- known of the version that is asked. Nothing is written there.
local errors = require "errors"
local json = require "json"
local machine = require "doctor.machine"
local versions = require "api_versions"

local M = {}

local SKEW = 60              -- seconds; posts are recognised by time
local EXPIRES_SOON = 7 * 86400
local TIMEOUT = 20

-- What publishing needs, by the way the token was made (facts of the Graph API, 1.5).
local SCOPES = {
  instagram = { "instagram_business_basic", "instagram_business_content_publish" },
  facebook = { "instagram_basic", "instagram_content_publish", "pages_read_engagement" },
}

local MONTHS = { Jan = 1, Feb = 2, Mar = 3, Apr = 4, May = 5, Jun = 6, Jul = 7, Aug = 8, Sep = 9,
  Oct = 10, Nov = 11, Dec = 12 }

local function days(year, month, day)
  if month <= 2 then year, month = year - 1, month + 12 end
  return 365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5
    + day - 719469
end

---Seconds since 1970 of "Sun, 22 Nov 2026 09:31:15 GMT", or nil.
---@param text string|nil
---@return integer|nil
function M.parse_date(text)
  local day, name, year, hour, minute, second =
    (text or ""):match("^%a+, (%d+) (%a+) (%d+) (%d+):(%d+):(%d+) GMT$")
  if not MONTHS[name] then return nil end
  return days(math.tointeger(year), MONTHS[name], math.tointeger(day)) * 86400
    + math.tointeger(hour) * 3600 + math.tointeger(minute) * 60 + math.tointeger(second)
end

---Which login a token comes from.
---@return "instagram"|"facebook"
function M.flavour(cfg)
  local from_instagram = (cfg.ACCESS_TOKEN or ""):find("^IGAA")
    or cfg.GRAPH_API_URL:find("//graph%.instagram%.com")
  return from_instagram and "instagram" or "facebook"
end

local function check_version(visit)
  local version = versions.of_url(visit.app.cfg.GRAPH_API_URL)
  if not version then return visit:warn("version", "no_version") end
  local state, ends = versions.age(version, host.now())
  local words = { version = version, ends = ends }
  if state == "ended" then return visit:warn("version", "version_ended", words) end
  if state == "soon" then return visit:warn("version", "version_soon", words) end
  visit:ok("version", state == "unknown" and "version_unknown" or "version_fine", words)
end

local function check_clock(visit, date)
  local server = M.parse_date(date)
  if not server then return end
  local skew = math.floor(host.now() - server + 0.5)
  if math.abs(skew) > SKEW then
    return visit:warn("clock", "clock_wrong", { seconds = skew })
  end
  visit:ok("clock", "clock_fine")
end

-- Whose token it is. On Instagram Login that is the account itself, on Facebook Login a person or a
-- Page.
local function ask_me(graph, flavour)
  local fields = flavour == "instagram" and "user_id,username,account_type" or "id,name"
  return graph:get("me", { fields = fields }, { timeout = TIMEOUT })
end

local PROFESSIONAL = { BUSINESS = true, MEDIA_CREATOR = true }

local function check_own_account(visit, me)
  local wanted = visit.app.cfg.IG_USER_ID
  local words = { name = tostring(me.username or wanted), id = tostring(me.user_id or wanted),
    wanted = wanted, type = tostring(me.account_type) }
  if words.id ~= wanted then return visit:fail("account", "other_account", words) end
  if not me.account_type then return visit:ok("account", "account_fine", words) end
  if not PROFESSIONAL[me.account_type] then
    return visit:fail("account", "private_account", words)
  end
  visit:ok("account", "account_typed", words)
end

-- An account that tells its publishing quota is a professional one that this token reaches.
local function check_reached_account(visit, quota)
  local graph = visit.app.graph
  local answer, err = graph:get(graph.account, { fields = "id,username" }, { timeout = TIMEOUT })
  if not answer and not quota then return visit:problem("account", err) end
  visit:ok("account", "account_fine", { name = tostring(answer and answer.username
    or graph.account) })
end

local function check_scopes(visit, scopes, flavour)
  local have, missing = {}, {}
  for _, scope in ipairs(scopes) do have[scope] = true end
  for _, scope in ipairs(SCOPES[flavour]) do
    if not have[scope] then missing[#missing + 1] = scope end
  end
  if #missing > 0 then
    return visit:fail("scopes", "scopes_missing", { scopes = table.concat(missing, ", ") })
  end
  visit:ok("scopes", "scopes_fine", { scopes = table.concat(SCOPES[flavour], ", ") })
end

local function check_expiry(visit, at)
  if at == 0 then return visit:ok("token", "token_forever") end
  local words = { time = machine.time(at) }
  if at - host.now() < EXPIRES_SOON then return visit:warn("token", "token_soon", words) end
  visit:ok("token", "token_until", words)
end

-- The one call whose URL must carry a token; it is a registered secret, so no text ever shows it.
-- Only the app itself may ask, and only of tokens from Facebook Login.
local function debug_token(visit, flavour)
  local cfg = visit.app.cfg
  if flavour ~= "facebook" or not (cfg.APP_ID and cfg.APP_SECRET) then
    return visit:ok("scopes", "scopes_unknown")
  end
  local app_token = cfg.APP_ID .. "|" .. cfg.APP_SECRET
  host.secret(app_token)
  local answer, err = host.graph_get(cfg.GRAPH_API_URL .. "/debug_token",
    { input_token = cfg.ACCESS_TOKEN },
    { token = app_token, decode = json.parse, timeout = TIMEOUT, ca_file = cfg.CA_FILE })
  if not answer then return visit:problem("scopes", err, "warning") end
  local data = type(answer.data) == "table" and answer.data or {}
  if data.is_valid == false then return visit:fail("token", "token_invalid") end
  if math.type(data.expires_at) == "integer" then check_expiry(visit, data.expires_at) end
  if type(data.scopes) == "table" then check_scopes(visit, data.scopes, flavour) end
end

local function check_quota(visit, quota, err)
  if not quota then return visit:problem("quota", err, "warning") end
  local used, total = tonumber(quota.used), tonumber(quota.total)
  if not (used and total) then return visit:warn("quota", "quota_unknown") end
  local words = { used = used, total = total, left = total - used }
  if used >= total then return visit:warn("quota", "quota_full", words) end
  visit:ok("quota", "quota_fine", words)
end

-- A rest after a block, as the journal remembers it.
local function check_rest(visit)
  local guardian = visit.app.guardian
  local until_then = guardian and guardian.rest_until
  if until_then and until_then > host.now() then
    visit:warn("account", "resting", { time = machine.time(until_then) })
  end
end

-- Whoever hears of the headers already goes on hearing of them.
local function note_date(graph)
  local seen, before = {}, graph.on_headers
  graph.on_headers = function(headers)
    seen.date = seen.date or headers.date
    if before then before(headers) end
  end
  return seen
end

-- The server answers and does not refuse the token, whatever it thinks of /me.
local function check_answers(visit, me, flavour)
  local quota, err = visit.app.graph:quota()
  if not quota and err.kind == "auth" then return visit:problem("token", err) end
  visit:ok("token", "token_fine")
  if me and flavour == "instagram" then
    check_own_account(visit, me)
  else
    check_reached_account(visit, quota)
  end
  debug_token(visit, flavour)
  check_quota(visit, quota, err)
end

---Asks what can be asked with the settings that are there.
function M.check(visit)
  local app = visit.app
  check_version(visit)
  if not (app.cfg.ACCESS_TOKEN and app.cfg.IG_USER_ID and app.graph) then return end
  local seen = note_date(app.graph)
  local flavour = M.flavour(app.cfg)
  local me, err = ask_me(app.graph, flavour)
  if me or errors.of(err).kind == "remote" then
    check_answers(visit, me, flavour)
  else
    visit:problem(errors.of(err).kind == "auth" and "token" or "account", err)
  end
  check_clock(visit, seen.date)
  check_rest(visit)
end

return M
