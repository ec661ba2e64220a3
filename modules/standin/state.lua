-- standin/state.lua - what the stand-in knows: accounts' containers, posts, counts, the clock.
local fetch = require "standin.fetch"
local switches = require "standin.switches"

local M = {}
local State = {}
State.__index = State

---@param options StandinOptions
function M.new(options)
  return setmetatable({
    account = options.account, token = options.token, folder = options.folder,
    app_token = options.app_token,
    switches = switches.new(options.switches), containers = {}, media = {}, by_id = {},
    making = 0, calls = 0, publishes = 0, fetches = 0, affected = 0, trace = 0, log = {},
    next_container = 18000000000000200, next_media = 17950000000000300,
  }, State)
end

---Whether a switch with a number of times still bites, and counts it.
function State:bites(name)
  local times = self.switches[name .. "_times"]
  local key = "bitten_" .. name
  self[key] = (self[key] or 0) + 1
  return times == 0 or self[key] <= times
end

---Its clock, which a switch may put forward: containers expire, quota comes back.
function State:now()
  return host.now() + self.switches.clock
end

---Where the bytes of a resumable upload go.
function State:upload_uri(container)
  return ("http://%s/ig-api-upload/v26.0/%s"):format(self.address, container.id)
end

local KINDS = { REELS = "video", VIDEO = "video", CAROUSEL = "carousel" }

-- Videos are fetched while the container is in progress.
local function start_fetching(self, container, seconds)
  container.ready = math.huge
  container.fetching = host.spawn(function()
    host.sleep(math.max(0, seconds))
    local failure
    container.path, failure = fetch.video(self, container.url)
    container.failure = container.failure or failure
    if seconds >= 0 then container.ready = self:now() end
  end)
end

function State:make_container(form, path, failure)
  self.next_container = self.next_container + 1
  local kind = KINDS[form.media_type] or "image"
  local seconds = self.switches[kind .. "_seconds"] or 0
  local container = {
    id = tostring(self.next_container), kind = kind, caption = form.caption or "", path = path,
    url = form.image_url or form.video_url, alt_text = form.alt_text, failure = failure,
    is_child = form.is_carousel_item == "true", published = {},
    made = self:now(), ready = seconds < 0 and math.huge or self:now() + seconds,
  }
  self.containers[container.id] = container
  self.containers_made = (self.containers_made or 0) + 1
  if form.upload_type == "resumable" then
    container.received, container.ready = 0, math.huge
  elseif kind == "video" then
    start_fetching(self, container, seconds)
  end
  return container
end

---IN_PROGRESS FINISHED ERROR EXPIRED PUBLISHED, as a reader sees it now.
function State:status_of(container)
  local now = self:now()
  local first = container.published[1]
  if first and now >= first.time + self.switches.status_lag then return "PUBLISHED" end
  if now - container.made > self.switches.container_life then return "EXPIRED" end
  if now < container.ready then return "IN_PROGRESS" end
  if container.failure then return "ERROR" end
  return "FINISHED"
end

---Puts the container on the feed: from here on it is public, whatever is answered.
function State:publish(container)
  self.next_media = self.next_media + 1
  local children = container.children and { table.unpack(container.children) }
  if children and self.switches.drop_child then table.remove(children) end
  local media = { id = tostring(self.next_media), container = container.id, time = self:now(),
    children = children,
    caption = container.caption, kind = container.kind, path = container.path,
    permalink = ("https://www.instagram.com/p/Standin%d/"):format(self.next_media % 100000) }
  self.media[#self.media + 1] = media
  self.by_id[media.id] = media
  container.published[#container.published + 1] = media
  return media
end

---Posts of the last 24 h that the quota counts.
function State:used()
  local count = self.switches.quota_used
  for _, media in ipairs(self.media) do
    local age = self:now() - media.time
    if age >= self.switches.quota_lag and age < 86400 then count = count + 1 end
  end
  return count
end

return M
