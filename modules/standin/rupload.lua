-- standin/rupload.lua - the host that takes the bytes of a resumable upload: the rest of the file
-- from a given offset, as one body. Its errors are not in the Graph envelope.
local answers = require "standin.answers"
local fetch = require "standin.fetch"

local M = {}

local function refuse(type, message, retriable)
  return answers.json({ debug_info = { retriable = retriable or false, type = type,
    message = message } }, 400)
end

-- The scheme is OAuth here; a Bearer token is no token.
local function is_allowed(state, request)
  local token = (request.headers.authorization or ""):match("^OAuth%s+(.+)$")
  return token == state.token and state.switches.token == "ok"
end

local function take(state, container, bytes)
  local path = container.partial or ("%s/received-%s"):format(state.folder, host.random(6))
  container.partial = path
  local file <close> = assert(io.open(path, "ab"))
  assert(file:write(bytes))
  container.received = container.received + #bytes
end

local function finish(state, container)
  local seconds = state.switches.video_seconds
  container.path, container.failure = fetch.check_video(container.partial)
  if seconds >= 0 then container.ready = state:now() + seconds end
end

---POST /ig-api-upload/{version}/{container}.
function M.handle(state, request, id)
  local container = state.containers[id]
  if not is_allowed(state, request) then
    return refuse("NotAuthorizedError", "The access token is not valid for this upload")
  end
  if not container or not container.received then
    return refuse("ProcessingFailedError", "There is no upload of this id")
  end
  local offset = math.tointeger(tonumber(request.headers.offset))
  local size = math.tointeger(tonumber(request.headers.file_size))
  if not offset or not size or offset ~= container.received then
    return refuse("OffsetInvalidError", "The offset is not where the upload stands", true)
  end
  if offset + #request.body ~= size then
    return refuse("PartialRequestError", "The body is not the rest of the file", true)
  end
  container.file_size = size
  local mode = state.switches.rupload
  local bites = mode ~= "ok" and state:bites("rupload")
  if bites and mode == "cut" then
    take(state, container, request.body:sub(1, state.switches.rupload_bytes))
    return { drop = true }
  end
  if bites and mode == "refuse" then
    return refuse("ProcessingFailedError", "Request processing failed", true)
  end
  take(state, container, request.body)
  finish(state, container)
  if bites and mode == "ok-but-failed" then
    return refuse("ProcessingFailedError", "Request processing failed")
  end
  return answers.json { success = true, message = "Upload successful." }
end

return M
