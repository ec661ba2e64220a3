-- standin/containers.lua - containers as the platform makes them, refuses them and tells of them.
local answers = require "standin.answers"
local caption = require "caption"
local fetch = require "standin.fetch"

local M = {}

local STATUS_TEXT = {
  IN_PROGRESS = "In Progress: Media is still being processed.",
  FINISHED = "Finished: Media has been uploaded and it is ready to be published.",
  PUBLISHED = "Published: Media has been successfully published.",
  EXPIRED = "Expired: Media was not published within 24 hours.",
}

-- What making a container is refused with, whatever is sent: { code, subcode, message }.
local INJECTED = {
  ["2207052"] = { 9004, 2207052, "The media could not be fetched from this URI." },
  ["2207003"] = { -2, 2207003, "It takes too long to download the media." },
  ["2207001"] = { -1, 2207001, "Instagram server error. Try again." },
  ["2207009"] = { 36003, 2207009, "The submitted image has an invalid aspect ratio." },
  ["2207032"] = { -1, 2207032, "Create media fail, please try to re-create media." },
}

-- Making one -----------------------------------------------------------------------------------

local function make_image(state, form)
  if form.image_url:find("^https?://") == nil then
    return answers.error(state, 400, 100, nil, "(#100) image_url is not a URL")
  end
  local path, problem = fetch.image(state, form.image_url)
  if not path then
    return answers.error(state, problem.status, problem.code, problem.subcode, problem.message)
  end
  return answers.json { id = state:make_container(form, path).id }
end

local function make_video(state, form)
  local resumable = form.upload_type == "resumable"
  if not resumable and not form.video_url then
    return answers.error(state, 400, 100, nil, "(#100) video_url is missing")
  end
  local failure = state.switches.fetch == "error" and state:bites("fetch")
    and state.switches.fetch_subcode or nil
  local container = state:make_container(form, nil, failure)
  return answers.json { id = container.id, uri = resumable and state:upload_uri(container) or nil }
end

local function child_ids(text)
  local ids = {}
  for id in (text or ""):gmatch("%d+") do ids[#ids + 1] = id end
  return ids
end

local function make_carousel(state, form)
  local children = child_ids(form.children)
  if #children < 2 or #children > 10 then
    return answers.error(state, 400, 100, 2207028, "The carousel needs 2 to 10 items")
  end
  for _, id in ipairs(children) do
    local child = state.containers[id]
    if not child or not child.is_child or state:status_of(child) ~= "FINISHED" then
      return answers.error(state, 400, 9007, 2207027, "Media ID is not available")
    end
  end
  local first = state.containers[children[1]]
  local container = state:make_container(form, first.kind == "image" and first.path or nil)
  container.children = children
  return answers.json { id = container.id }
end

-- Containers of the last 24 h, those included that are being made; the platform takes 400 (IG User
-- Media reference).
local function is_capped(state)
  local recent = state.making
  for _, container in pairs(state.containers) do
    if state:now() - container.made < 86400 then recent = recent + 1 end
  end
  return recent >= state.switches.container_cap
end

local function create(state, form)
  -- A video is fetched later: what goes wrong then is not known yet.
  local injected = INJECTED[state.switches.fetch]
  if injected and (form.image_url or injected[1] == -1) and state:bites("fetch") then
    return answers.error(state, 400, table.unpack(injected))
  end
  if not caption.check(form.caption or "") then
    return answers.error(state, 400, 36004, 2207010, "The caption is too long")
  end
  if form.image_url then return make_image(state, form) end
  if form.media_type == "REELS" or form.media_type == "VIDEO" and form.is_carousel_item then
    return make_video(state, form)
  end
  if form.media_type == "CAROUSEL" then return make_carousel(state, form) end
  return answers.error(state, 400, 100, 2207023, "The media type is unknown")
end

---POST /{account}/media.
function M.create(state, form)
  if is_capped(state) then
    return answers.error(state, 400, 4, nil, "Application request limit reached")
  end
  state.making = state.making + 1
  local answer = create(state, form)
  state.making = state.making - 1
  return answer
end

-- Reading one ----------------------------------------------------------------------------------

---What a read of a container or medium by its id is answered while such reads are down, or nil.
---@param what "container"|"media"
function M.outage(state, what)
  local down, tokens = state.switches.read_outage, state.switches.outage_tokens
  if down ~= what and down ~= "both" then return nil end
  if tokens ~= "any" and tokens ~= answers.token_kind(state.token) then return nil end
  return answers.error(state, 400, 100, 33, "Unsupported get request.")
end

local function video_status(container)
  if not container.received then return nil end
  local done = container.received >= (container.file_size or math.huge)
  return { uploading_phase = { status = done and "complete" or "in_progress",
      bytes_transferred = container.received },
    processing_phase = { status = container.ready < math.huge and "complete" or "not_started" } }
end

---GET /{container}.
---@param fields string as asked for
function M.read(state, container, fields)
  local down = M.outage(state, "container")
  if down then return down end
  -- A container does not tell which medium it became.
  if fields:find("permalink") or fields:find("timestamp") then
    return answers.error(state, 400, 100, nil, "(#100) Tried accessing nonexisting field")
  end
  local code = state:status_of(container)
  local text = STATUS_TEXT[code]
    or ("Error: Media upload has failed with error code %d"):format(container.failure or 2207026)
  return answers.json { id = container.id, status = text,
    status_code = not state.switches.status_only and code or nil,
    video_status = fields:find("video_status") and video_status(container) or nil }
end

return M
