-- resumable.lua - the bytes of a video go to Instagram itself, not to a public place: formats.lua
-- says so with transfer = "resumable". A cut upload goes on where it stood, also in a later run.
-- Source: Meta's page on resumable uploads (facts of the Graph API, section 3).
local i18n = require "i18n"
local items = require "item"
local json = require "json"

local M = {}

local TRIES = 5               -- in a row without a byte more having arrived
local FIRST_WAIT, FACTOR = 1, 2  -- seconds between them
local SLOWEST = 64 * 1024     -- bytes a second, for the time limit
local LEAST_TIME = 120        -- seconds

---@param item table
---@return boolean
function M.is_wanted(item)
  local entry = items.context(item).app.policy.formats[item.format]
  return item.kind == "video" and entry ~= nil and entry.transfer == "resumable"
end

---What is sent: the path, its hash and size in bytes.
function M.source(item)
  if item.file == item.path then return item.path, item.sha256, item.size end
  return item.file, item.file_sha256, item.file_size
end

-- What the answer came to: true, or nil and an Error. Its errors are not in the Graph envelope, and
-- only `success: true` is success.
local function judge(reply)
  local answer = json.decode(reply.body)
  answer = type(answer) == "table" and answer or {}
  if reply.status >= 200 and reply.status < 300 and answer.success == true then return true end
  local info = type(answer.debug_info) == "table" and answer.debug_info or {}
  local type_name = type(info.type) == "string" and info.type or nil
  return nil, host.error { kind = type_name == "NotAuthorizedError" and "auth" or "remote",
    op = "rupload", status = reply.status, code = type_name, retryable = type_name ~= nil
      and type_name ~= "NotAuthorizedError" or reply.status >= 500,
    message = i18n.t("resumable.refused", { reason = type_name or "HTTP " .. reply.status,
      message = host.redact(tostring(info.message or "")) }) }
end

local function send(app, container, path, size, offset)
  local version = app.cfg.GRAPH_API_URL:match("/(v[%d.]+)/*$") or "v26.0"
  local reply, err = host.http {
    url = ("%s/ig-api-upload/%s/%s"):format(app.cfg.GRAPH_UPLOAD_URL:gsub("/+$", ""), version,
      container),
    body_file = path, body_offset = offset, ca_file = app.cfg.CA_FILE,
    timeout = LEAST_TIME + size / SLOWEST,
    headers = { Authorization = "OAuth " .. app.cfg.ACCESS_TOKEN, offset = tostring(offset),
      file_size = tostring(size), ["Content-Type"] = "application/octet-stream" } }
  if not reply then return nil, err end
  return judge(reply)
end

-- The bytes that went out are those that were hashed, or the container is of no use.
local function unchanged(path, sha256)
  local now, err = host.hash(path)
  if now == sha256 then return true end
  return nil, err or host.error { kind = "io", op = "rupload", code = "ECHANGED", retryable = true,
    message = i18n.t("prepare.changed", { name = path:match("[^/]*$") }) }
end

-- From where to go on: the bytes that have arrived, or nil when they are all there.
local function where(app, container)
  local state, err = app.graph:upload_state(container)
  if not state then return nil, err end
  if state.complete or state.code ~= "IN_PROGRESS" then return nil end
  return state.transferred
end

---Sends what is missing of a container's video. True when Instagram has all of it, or says itself
---what is wrong; nil and an Error.
---@param item table
---@param container string
---@param begun boolean whether something may have arrived already
---@return true|nil, Error?
function M.send(app, item, container, begun)
  local path, sha256, size = M.source(item)
  local offset, tries, wait = 0, 0, FIRST_WAIT
  if begun then
    local err
    offset, err = where(app, container)
    if err then return nil, err end
    if not offset then return true end
  end
  host.log("info", i18n.t("resumable.sending", { name = item.name, from = offset, size = size }),
    { icon = "📤", file = item.name })
  while true do
    local sent, err = send(app, container, path, size, offset)
    if sent then return unchanged(path, sha256) end
    if err.kind == "auth" or err.kind == "io" then return nil, err end
    -- Its own word on a failure is not to be believed before the container's.
    local now, unread = where(app, container)
    if not now and not unread then return unchanged(path, sha256) end
    if unread and unread.kind == "auth" then return nil, unread end
    tries = now and now > offset and 0 or tries + 1
    if tries >= TRIES then return nil, err end
    offset = now or offset
    host.sleep(wait)
    wait = math.min(wait * FACTOR, 30)
  end
end

return M
