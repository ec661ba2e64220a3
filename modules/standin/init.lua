-- standin/init.lua - a stand-in for Instagram on loopback: it fetches, refuses, publishes and
-- counts as the real one does, and lies as it does when told to.
local answers = require "standin.answers"
local json = require "json"
local page = require "standin.page"
local routes = require "standin.routes"
local state_of = require "standin.state"
local switches = require "standin.switches"

local M = {}

local MAX_BODY = 16 << 20  -- a resumable upload is one body, and is kept in memory

local MEDIA_TYPES = { image = "image/jpeg", video = "video/mp4", carousel = "image/jpeg" }

local function serve_file(state, id)
  local media = state.by_id[id]
  if not media or not media.path then return { status = 404, body = "no such medium\n" } end
  return { file = media.path, headers = { ["Content-Type"] = MEDIA_TYPES[media.kind] } }
end

local function summary(state)
  local posts = json.list()
  for i, media in ipairs(state.media) do
    posts[i] = { id = media.id, caption = media.caption, kind = media.kind,
      container = media.container, permalink = media.permalink, time = media.time }
  end
  return answers.json { posts = posts, calls = state.calls, publishes = state.publishes,
    containers = state.containers_made or 0, log = json.list(state.log) }
end

local function set_switches(state, request)
  local changes, message = json.decode(request.body)
  if type(changes) ~= "table" then return { status = 400, body = tostring(message) .. "\n" } end
  local ok, problem = pcall(switches.set, state.switches, changes)
  if not ok then return { status = 400, body = tostring(problem) .. "\n" } end
  return answers.json { ok = true }
end

local function handle(state, request)
  if request.path == "/" then
    return { headers = { ["Content-Type"] = "text/html; charset=utf-8" },
      body = page.render(state, function(media) return "/standin/media/" .. media.id end) }
  end
  local id = request.path:match("^/standin/media/(%d+)$")
  if id then return serve_file(state, id) end
  if request.path == "/standin/posts" then return summary(state) end
  if request.path == "/standin/switches" and request.method == "POST" then
    return set_switches(state, request)
  end
  return routes.handle(state, request)
end

---Starts it. `state` and `server` are its fields; close it with `stop`.
---@class StandinOptions
---@field account string
---@field token string
---@field folder string where fetched media are kept
---@field port? integer
---@field app_token? string "ID|SECRET" of the app that may ask about the token
---@field switches? table see standin/switches.lua

---@param options StandinOptions
---@return table|nil standin, Error?
function M.start(options)
  local state = state_of.new(options)
  local settings = { port = options.port or 0, max_body = MAX_BODY }
  local server, err = host.serve(settings, function(request) return handle(state, request) end)
  if not server then return nil, err end
  local self = { state = state, server = server, port = server.port,
    url = ("http://127.0.0.1:%d/v26.0"):format(server.port) }
  state.address = "127.0.0.1:" .. server.port
  function self.stop()
    server:close()
    for _, container in pairs(state.containers) do
      if container.fetching then container.fetching:cancel() end
    end
  end
  return setmetatable(self, { __close = self.stop })
end

return M
