-- graph.lua - the calls of Instagram's content publishing API that affiche makes, one function
-- each. Ids are strings, always: they exceed 2^53 (facts of the Graph API, IG User Media).
local json = require "json"

local M = {}
local Graph = {}
Graph.__index = Graph

---@class GraphAccount
---@field url string base, with the version
---@field account string
---@field token string
---@field app_secret? string
---@field ca_file? string
---@field on_headers? fun(headers: table) hears of every answer

---@param options GraphAccount
function M.new(options)
  return setmetatable(options, Graph)
end

function Graph:options(extra)
  local options = { token = self.token, app_secret = self.app_secret, ca_file = self.ca_file,
    decode = json.parse }
  for key, value in pairs(extra or {}) do options[key] = value end
  return options
end

-- What every answer goes through: its headers are heard, and it is an object or an error.
local function observed(self, answer, reply, raw)
  local seen = answer ~= nil and reply or raw
  if seen and self.on_headers then self.on_headers(seen.headers) end
  if answer == nil then return nil, reply end
  if type(answer) ~= "table" then
    return nil, host.error { kind = "remote", op = "graph", retryable = true,
      status = reply.status, message = "the answer is no JSON object" }
  end
  return answer, reply
end

local function part(answer, name)
  return type(answer[name]) == "table" and answer[name] or {}
end

function Graph:get(path, query, extra)
  return observed(self, host.graph_get(self.url .. "/" .. path, query, self:options(extra)))
end

function Graph:post(path, form, extra)
  return observed(self, host.graph_post(self.url .. "/" .. path, form, self:options(extra)))
end

local function id_of(answer, err, what)
  if not answer then return nil, err end
  if type(answer.id) == "string" and answer.id:find("^%d+$") then
    return answer.id
  end
  return nil, host.error { kind = "remote", op = "graph_post", retryable = true,
    message = what .. ": the answer names no id" }
end

---POST /{account}/media. The container's id.
function Graph:create_container(form)
  local answer, err = self:post(self.account .. "/media", form, { timeout = 120 })
  return id_of(answer, err, "creating the container")
end

---GET /{container}?fields=status_code,status. `status_code` may be missing while `status` tells.
function Graph:container_status(id)
  local answer, err = self:get(id, { fields = "status_code,status" })
  if not answer then return nil, err end
  local status = type(answer.status) == "string" and answer.status or ""
  local code = type(answer.status_code) == "string" and answer.status_code
    or (status:match("^%a+") or ""):upper():gsub("^IN$", "IN_PROGRESS")
  local subcode = tonumber(status:match("%f[%d]%d%d%d%d%d%d%d%f[%D]"))
  return { code = code, status = status, subcode = subcode }
end

---GET /{container}?fields=status_code,video_status: how much of a resumable upload has arrived.
---@return { code: string, transferred: integer, complete: boolean }|nil, Error?
function Graph:upload_state(id)
  local answer, err = self:get(id, { fields = "id,status_code,video_status" })
  if not answer then return nil, err end
  local phase = part(part(answer, "video_status"), "uploading_phase")
  -- One of Meta's two pages on it spells the field with one r.
  local bytes = tonumber(phase.bytes_transferred or phase.bytes_transfered)
  return { code = type(answer.status_code) == "string" and answer.status_code or "IN_PROGRESS",
    transferred = math.tointeger(bytes) or 0, complete = phase.status == "complete" }
end

---POST /{account}/media_publish: once, on a fresh connection, with no repeat at any layer.
function Graph:publish(container)
  local answer, err = self:post(self.account .. "/media_publish", { creation_id = container },
    { fresh = true, timeout = 90 })
  return id_of(answer, err, "publishing")
end

---GET /{media}?fields=permalink,timestamp.
function Graph:permalink(media)
  local answer, err = self:get(media, { fields = "permalink,timestamp" }, { timeout = 20 })
  return answer and answer.permalink, err
end

---GET /{account}/content_publishing_limit: used and total of the rolling window; total is nil when
---the server does not tell.
function Graph:quota()
  local answer, err = self:get(self.account .. "/content_publishing_limit",
    { fields = "quota_usage,config" }, { timeout = 20 })
  if not answer then return nil, err end
  local first = part(part(answer, "data"), 1)
  local config = part(first, "config")
  return { used = first.quota_usage, total = config.quota_total, duration = config.quota_duration }
end

---GET /{account}/media, newest first, one page.
---@param after? string cursor
function Graph:media(after)
  local answer, err = self:get(self.account .. "/media",
    { fields = "id,caption,media_type,media_product_type,timestamp,permalink", limit = "25",
      after = after })
  if not answer then return nil, err end
  local next_page = part(part(answer, "paging"), "cursors").after
  return part(answer, "data"), type(next_page) == "string" and next_page or nil
end

return M
