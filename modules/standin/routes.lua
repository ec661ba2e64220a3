-- standin/routes.lua - the Graph API's calls, as they behave: who may ask, publish, reads.
local answers = require "standin.answers"
local containers = require "standin.containers"
local json = require "json"
local rupload = require "standin.rupload"

local M = {}

local function iso(time)
  return os.date("!%Y-%m-%dT%H:%M:%S+0000", math.floor(time))
end

-- Publishing -----------------------------------------------------------------------------------

local function second_publish(state, container)
  local mode = state.switches.second_publish
  if mode == "same-id" then return answers.json { id = container.published[1].id } end
  if mode == "9007" then
    return answers.error(state, 400, 9007, 2207027, "Media ID is not available")
  end
  if mode == "2207008" then
    return answers.error(state, 400, 24, 2207008, "The media builder is expired or unknown")
  end
  return answers.json { id = state:publish(container).id }
end

local REFUSALS = {
  ["refuse-2207051"] = { 403, 4, 2207051, "Application request limit reached" },
  ["refuse-2207042"] = { 400, 9, 2207042, "The daily publishing limit is reached" },
}

-- The post is public by now; only its answer may be lost or lie.
local LIES = {
  ["ok-then-drop"] = function() return { drop = true } end,
  ["ok-then-403"] = function(state)
    return answers.error(state, 403, 4, 2207051, "Application request limit reached")
  end,
  ["ok-then-500"] = function(state)
    return answers.error(state, 500, 2, nil, "An unexpected error has occurred.")
  end,
  ["no-id"] = function() return answers.json { success = true } end,
  ["html"] = function()
    return { status = 502, headers = { ["Content-Type"] = "text/html" },
      body = "<html><body>Bad Gateway</body></html>" }
  end,
}

local function publish(state, form)
  state.publishes = state.publishes + 1
  local container = state.containers[form.creation_id or ""]
  if not container then
    return answers.error(state, 400, 24, 2207006, "The media with this id cannot be found")
  end
  if #container.published > 0 then return second_publish(state, container) end
  local status = state:status_of(container)
  local early = state:now() < container.ready + state.switches.not_ready
  if status ~= "FINISHED" or early then
    return answers.error(state, 400, 9007, 2207027, "Media ID is not available")
  end
  if state:used() >= state.switches.quota_total then
    return answers.error(state, 400, 9, 2207042, "The daily publishing limit is reached")
  end
  local mode = state.switches.publish
  local bites = mode ~= "ok" and state:bites("publish")
  if bites and mode == "drop" then return { drop = true } end
  if bites and REFUSALS[mode] then return answers.error(state, table.unpack(REFUSALS[mode])) end
  local media = state:publish(container)
  if bites and LIES[mode] then return LIES[mode](state) end
  return answers.json { id = media.id }
end

-- Reads ----------------------------------------------------------------------------------------

local PRODUCTS = { image = { "IMAGE", "FEED" }, video = { "VIDEO", "REELS" },
  carousel = { "CAROUSEL_ALBUM", "FEED" } }

local function media_fields(media)
  local type, product = table.unpack(PRODUCTS[media.kind])
  local children = media.children and json.list()
  for i, id in ipairs(media.children or {}) do children[i] = { id = id } end
  return { id = media.id, caption = media.caption ~= "" and media.caption or nil,
    permalink = media.permalink, timestamp = iso(media.time),
    media_type = type, media_product_type = product,
    children = children and { data = children } }
end

local function read_media(state, media)
  return containers.outage(state, "media") or answers.json(media_fields(media))
end

local function list_media(state, query)
  local limit, from = tonumber(query.limit) or 25, tonumber(query.after) or 0
  local visible = {}
  for i = #state.media, 1, -1 do
    if state:now() >= state.media[i].time + state.switches.list_lag then
      visible[#visible + 1] = media_fields(state.media[i])
    end
  end
  local page = json.list(table.move(visible, from + 1, from + limit, 1, {}))
  local after = from + limit < #visible and tostring(from + limit) or nil
  local cursors = { before = tostring(from), after = after }
  return answers.json { data = page, paging = { cursors = cursors } }
end

local function read_quota(state)
  return answers.json { data = json.list { { quota_usage = state:used(),
    config = { quota_total = state.switches.quota_total, quota_duration = 86400 } } } }
end

local function read_me(state)
  return answers.json { id = state.account, user_id = state.account, username = "standin",
    account_type = state.switches.account_type }
end

-- Only the app's own token may ask about another one.
local function debug_token(state, request, given)
  if not state.app_token or given ~= state.app_token then
    return answers.error(state, 400, 100, nil, "(#100) You must provide an app access token")
  end
  local scopes = json.list()
  for scope in state.switches.scopes:gmatch("[^,]+") do scopes[#scopes + 1] = scope end
  local valid = request.query.input_token == state.token and state.switches.token == "ok"
  return answers.json { data = { app_id = given:match("^%d+"), type = "USER", is_valid = valid,
    expires_at = state.switches.expires_at, scopes = scopes } }
end

-- Dispatch -------------------------------------------------------------------------------------

local function decode_form(text)
  local form = {}
  for key, value in text:gmatch("([^&=]+)=([^&]*)") do
    local function plain(part)
      return (part:gsub("+", " "):gsub("%%(%x%x)", function(hex)
        return string.char(tonumber(hex, 16))
      end))
    end
    form[plain(key)] = plain(value)
  end
  return form
end

local function token_of(request, form)
  local bearer = (request.headers.authorization or ""):match("^%a+%s+(.+)$")
  return bearer or form.access_token or request.query.access_token
end

local function check_token(state, request, form)
  local given = token_of(request, form)
  if not given then
    return answers.error(state, 400, 2500, nil, "An active access token must be used")
  end
  if state.switches.token ~= "ok" then
    return answers.error(state, 400, 190, tonumber(state.switches.token),
      "Error validating access token: Session has expired")
  end
  if given ~= state.token then
    return answers.error(state, 400, 190, nil, "Invalid OAuth access token")
  end
  local wanted = state.switches.host
  if wanted ~= "any" and wanted ~= answers.token_kind(given) then
    return answers.error(state, 400, 190, nil,
      "Invalid OAuth access token - Cannot parse access token")
  end
end

local function usage_headers(state, answer)
  local mode = state.switches.usage
  if mode == "absent" or not answer.headers then return answer end
  local percent = mode == "full" and 100 or math.min(99, state.calls)
  answer.headers["X-App-Usage"] = json.encode { call_count = percent, total_cputime = 3,
    total_time = 4 }
  answer.headers["X-Business-Use-Case-Usage"] = json.encode { [state.account] = json.list { {
    type = "instagram", call_count = percent, total_cputime = 1, total_time = 1,
    estimated_time_to_regain_access = mode == "full" and 37 or 0 } } }
  return answer
end

local function route(state, request, form)
  local path = request.path:gsub("^/v[%d.]+", "")
  local account, edge = path:match("^/(%d+)/([%w_]+)$")
  if account then
    if account ~= state.account then
      return answers.error(state, 400, 100, 33, "Unsupported request: this account is not yours")
    end
    if edge == "media" then
      if request.method == "POST" then return containers.create(state, form) end
      return list_media(state, request.query)
    end
    if edge == "media_publish" and request.method == "POST" then return publish(state, form) end
    if edge == "content_publishing_limit" then return read_quota(state) end
  end
  local id = path:match("^/(%d+)$")
  if id and state.containers[id] then
    return containers.read(state, state.containers[id], request.query.fields or "")
  end
  if id and state.by_id[id] then return read_media(state, state.by_id[id]) end
  if id == state.account then
    return answers.json { id = state.account, username = "standin" }
  end
  if path == "/me" then return read_me(state) end
  return answers.error(state, 400, 100, 33, "Unsupported get request. Object does not exist")
end

---@param state table
---@param request Request
---@return Response
function M.handle(state, request)
  local upload = request.path:match("^/ig%-api%-upload/v[%d.]+/(%d+)$")
  local form = upload and {} or decode_form(request.body or "")
  state.calls = state.calls + 1
  state.log[#state.log + 1] = { method = request.method, path = request.path, time = host.now(),
    creation_id = form.creation_id }
  if state.switches.latency > 0 then host.sleep(state.switches.latency) end
  if upload then return rupload.handle(state, request, upload) end
  if request.path:find("/debug_token$") then
    return debug_token(state, request, token_of(request, form))
  end
  local refused = check_token(state, request, form)
  if refused then return refused end
  local limit = state.switches.limit_calls
  if limit > 0 and state.calls > limit then
    local refusal = answers.error(state, 400, 4, nil, "Application request limit reached")
    return usage_headers(state, refusal)
  end
  return usage_headers(state, route(state, request, form))
end

return M
