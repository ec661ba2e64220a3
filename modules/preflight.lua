-- preflight.lua - fetches our own public URL as Instagram's fetcher will, so that the cause is
-- named before Meta says no more than 9004/2207052.
--
-- What the fetcher will meet too (a 4xx, a wrong type, length or content, robots.txt) is an error
-- after three tries; what may be the fault of this machine alone (no way to the server, its
-- certificate unknown here) is a warning.
local errors = require "errors"
local i18n = require "i18n"
local mutex = require "mutex"
local robots = require "robots"
local url = require "url"

local M = {}

M.AGENT = "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)"
local PRODUCT = "facebookexternalhit"

local WAITS = { 2, 8 }      -- seconds before the second and third try: a web cache may lag
local WHOLE = 16 << 20      -- up to this size all of it is fetched and compared
local SAMPLE = 64 << 10     -- of a larger one, this much by Range
local REDIRECTS = 5
local TIMEOUT = 30
local CODE, SUBCODE = 9004, 2207052  -- what Instagram would answer

local function refusal(cause, words, fields)
  local err = { kind = "remote", op = "preflight", code = CODE, subcode = SUBCODE, cause = cause,
    retryable = false, message = i18n.t("preflight." .. cause, words),
    next_action = i18n.t("action.preflight." .. cause, words) }
  for key, value in pairs(fields or {}) do err[key] = value end
  return host.error(err)
end

-- On a connection of its own, as somebody who comes from outside.
local function ask(app, address, request)
  request.url, request.ca_file, request.fresh = address, app.cfg.CA_FILE, true
  request.headers = { ["User-Agent"] = M.AGENT, Accept = "*/*", Range = request.range }
  request.range = nil
  request.redirects, request.timeout = REDIRECTS, TIMEOUT
  return host.http(request)
end

-- The path with its query, as it goes to the server.
local function target_of(address)
  local rest = address:match("^%a+://[^/?#]*([^#]*)") or ""
  return rest:sub(1, 1) == "/" and rest or "/" .. rest
end

-- Asked once per server and run; only what was answered is kept. No robots.txt forbids nothing.
local function rules_of(app, address)
  local site = address:match("^%a+://[^/?#]+")
  app.robots = app.robots or {}
  if app.robots[site] then return app.robots[site] end
  local reply, err = ask(app, site .. "/robots.txt", { max_bytes = 1 << 20 })
  if not reply or reply.status >= 500 then
    return nil, err and errors.text(err) or "HTTP " .. reply.status
  end
  app.robots[site] = reply.status == 200 and reply.body or ""
  return app.robots[site]
end

-- True, with a warning when it cannot be known; or nil and an Error.
local function check_robots(app, address)
  local text, reason = rules_of(app, address)
  if not text then
    return true, refusal("robots_unknown", { reason = reason }, { warning = true })
  end
  local allowed, rule = robots.allows(text, PRODUCT, target_of(address))
  if allowed then return true end
  return nil, refusal("robots", { rule = rule, agent = PRODUCT })
end

local function check_status(reply, wanted)
  if reply.status == wanted then return true end
  local words = { status = reply.status }
  local cause = reply.status >= 500 and "server" or "status"
  return nil, refusal(cause, words, { status = reply.status, retryable = cause == "server" })
end

local function check_type(reply, expected)
  local given = (reply.headers["content-type"] or ""):match("^%s*([^;%s]*)"):lower()
  if not expected.type or given == expected.type then return true end
  return nil, refusal("type", { given = given ~= "" and given or "-", expected = expected.type })
end

local function check_length(length, expected)
  if length == expected.size then return true end
  return nil, refusal("length", { given = length or "-", expected = expected.size })
end

local function check_whole(app, address, expected)
  local reply, err = ask(app, address, { max_bytes = expected.size + SAMPLE })
  if not reply then
    if err.kind == "limit" then return check_length(("> %d"):format(expected.size), expected) end
    return nil, err
  end
  local fine, problem = check_status(reply, 200)
  if fine then fine, problem = check_type(reply, expected) end
  if fine then fine, problem = check_length(#reply.body, expected) end
  if fine and expected.sha256 and host.digest(reply.body) ~= expected.sha256 then
    fine, problem = nil, refusal("hash", {})
  end
  return fine and reply, problem
end

-- A large file is not fetched whole: its head, and a piece by Range, without which the fetcher was
-- seen to fail on videos.
local function check_sample(app, address, expected)
  local reply, err = ask(app, address, { method = "HEAD" })
  if not reply then return nil, err end
  local fine, problem = check_status(reply, 200)
  if fine then fine, problem = check_type(reply, expected) end
  local length = math.tointeger(tonumber(reply.headers["content-length"]))
  if fine and length then fine, problem = check_length(length, expected) end
  if not fine then return nil, problem end
  local piece, piece_err = ask(app, address, { range = ("bytes=0-%d"):format(SAMPLE - 1),
    max_bytes = 2 * SAMPLE })
  if not piece and piece_err.kind ~= "limit" then return nil, piece_err end
  if not piece or piece.status ~= 206 then
    return reply, refusal("range", {}, { warning = true })
  end
  local total = math.tointeger(tonumber((piece.headers["content-range"] or ""):match("/(%d+)$")))
  fine, problem = check_length(total, expected)
  return fine and reply, problem
end

local function look(app, address, expected)
  local check = expected.size <= WHOLE and check_whole or check_sample
  local reply, problem = check(app, address, expected)
  if not reply then return nil, problem end
  if reply.url ~= address then
    problem = problem or refusal("redirect", { url = reply.url }, { warning = true })
  end
  return true, problem
end

-- Whether only this machine may be to blame.
local LOCAL = { network = true, tls = true, timeout = true, io = true }

local function as_warning(err, address)
  local words = { reason = errors.text(err), url = address }
  return refusal("unreachable", words, { warning = true, kind = err.kind, unreachable = true })
end

---Looks at a public URL as Instagram will. True when it is as expected, with an Error beside it
---when something is worth a warning (`warning` is set, and `unreachable` when this machine could
---not get there); or nil and an Error of kind "remote" with Instagram's code and subcode and the
---`cause`: status server type length hash robots. Waits.
---@param app table with cfg
---@param address string
---@param expected { type?: string, size: integer, sha256?: string }
---@param waits? number[] seconds between the tries
---@return true|nil, Error?
function M.fetch(app, address, expected, waits)
  waits = waits or WAITS
  local fine, err
  for try = 1, #waits + 1 do
    if try > 1 then host.sleep(waits[try - 1]) end
    fine, err = look(app, address, expected)
    if fine then break end
    if LOCAL[err.kind] then return true, as_warning(err, address) end
  end
  if not fine then return nil, err end
  local allowed, doubt = check_robots(app, address)
  if not allowed then return nil, doubt end
  return true, err or doubt
end

local TYPES = { jpeg = "image/jpeg", png = "image/png", webp = "image/webp", gif = "image/gif",
  mp4 = "video/mp4", mov = "video/quicktime" }

---The type under which a format must be served.
---@param format string
---@return string|nil
function M.type_of(format)
  return TYPES[format]
end

-- What was uploaded, as it must come back. A video that is sent untouched keeps its own type.
local function expected_of(item)
  local extension = (item.remote:match("%.(%w+)$") or ""):lower()
  local format = extension == "jpg" and "jpeg" or extension
  return { type = M.type_of(format), size = item.uploaded_size, sha256 = item.uploaded_sha256 }
end

---Forgets what was seen: a run begins.
function M.begin(app)
  app.public = { held = {}, waits = app.policy.pacing.look_again, seen = false }
  app.robots = nil
end

---Before the first container of a run the public URL is looked at, once; whoever comes meanwhile
---waits for the outcome. A warning is logged. True; or nil and an Error, and then the next item
---looks again, without waiting between tries: what failed for one is not retried for hundreds.
---@param item table uploaded by affiche; what a script put somewhere else is not known
---@return true|nil, Error?
function M.first(app, item)
  local public = app.public
  if public.seen or not item.remote or not item.uploaded_size then return true end
  local _ <close> = mutex.hold(public.held, "look")
  if public.seen then return true end
  local fine, err = M.fetch(app, item.url, expected_of(item), public.waits)
  if not fine then
    public.waits = {}
    return nil, err
  end
  public.seen = true
  if err then
    host.log("warn", err.message .. (err.next_action and " — " .. err.next_action or ""),
      { file = item.name })
  end
  return true
end

---Whether a URL leads to this machine or a private network, where Instagram cannot get.
---@param address string
---@return boolean
function M.is_private(address)
  local parsed = url.parse(address)
  local name = parsed and parsed.host:lower() or ""
  if name == "localhost" or name == "::1" or name:find("%.local$") or name:find("%.localhost$") then
    return true
  end
  local a, b = name:match("^(%d+)%.(%d+)%.%d+%.%d+$")
  a, b = tonumber(a), tonumber(b)
  if not a then return name:find("^f[cde]%x%x:") ~= nil end
  return a == 127 or a == 10 or a == 192 and b == 168 or a == 172 and b >= 16 and b <= 31
    or a == 169 and b == 254
end

return M
