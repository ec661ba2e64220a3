-- standin/fetch.lua - fetches a medium as the platform does and refuses what it refuses: images at
-- once, on the call that makes the container; videos later, as a container in ERROR.
local robots = require "robots"

local M = {}

local AGENT = "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)"
local MAX_IMAGE, MAX_VIDEO = 8 * 1024 * 1024, 300 * 1000 * 1000

local function refusal(status, code, subcode, message)
  return nil, { status = status, code = code, subcode = subcode, message = message }
end

local function could_not_fetch(why)
  return refusal(400, 9004, 2207052, "The media could not be fetched from this URI: " .. why)
end

local function ask(url, range)
  return host.http { url = url, headers = { ["User-Agent"] = AGENT, Range = range }, timeout = 30,
    max_bytes = MAX_VIDEO }
end

local function is_forbidden(url)
  local site, path = url:match("^(%a+://[^/]+)(/.*)$")
  local reply = site and ask(site .. "/robots.txt")
  return reply and reply.status == 200
    and not robots.allows(reply.body, "facebookexternalhit", path)
end

local function download(state, url)
  if url:find("[^\33-\126]") then return could_not_fetch("it is not ASCII") end
  if state.switches.robots and is_forbidden(url) then
    return could_not_fetch("Restricted by robots.txt")
  end
  local reply, err = ask(url)
  if not reply then return could_not_fetch(err.message) end
  if reply.status ~= 200 then return could_not_fetch("HTTP " .. reply.status) end
  local path = ("%s/fetched-%s"):format(state.folder, host.random(6))
  assert(host.write(path, reply.body))
  return path, #reply.body, reply
end

local function check_image(facts, size)
  if facts.format ~= "jpeg" then
    if facts.format == "png" then
      return refusal(400, 36001, 2207005, "The image format is not supported")
    end
    return refusal(400, 9004, 2207052, "Only photo or video can be accepted as media type.")
  end
  if size > MAX_IMAGE then return refusal(400, 36000, 2207004, "The image is too large") end
  local ratio = facts.width / facts.height
  if facts.orientation >= 5 then ratio = 1 / ratio end
  if ratio < 0.795 or ratio > 1.915 then
    return refusal(400, 36003, 2207009, "The aspect ratio is not supported")
  end
  return true
end

---The path of the fetched image, or nil and what to answer.
function M.image(state, url)
  local path, size = download(state, url)
  if not path then return nil, size end
  local facts = host.probe(path)
  local fine, problem
  if facts then
    fine, problem = check_image(facts, size)
  else
    fine, problem = refusal(400, 9004, 2207052,
      "Only photo or video can be accepted as media type.")
  end
  if fine then return path end
  host.remove(path)
  return nil, problem
end

---The path of a video that arrived whole, or nil and the subcode that the container's ERROR names.
function M.check_video(path)
  local facts = host.probe(path)
  if facts and facts.kind == "video" then return path end
  host.remove(path)
  return nil, 2207026
end

---The same for one that is fetched.
function M.video(state, url)
  if state.switches.needs_range then
    local piece = ask(url, "bytes=0-1023")
    if not piece or piece.status ~= 206 then return nil, 2207077 end
  end
  local path = download(state, url)
  if not path then return nil, 2207077 end
  return M.check_video(path)
end

return M
