-- job_support.lua - the whole job inside a spec: a folder of media, the stand-in for Instagram, a
-- web server that shows what was uploaded, and runs of the program's own code over them.
local apps = require "app"
local config = require "config"
local session = require "session"
local standin = require "standin"
local support = require "file_support"

local M = {}

local ACCOUNT = "17840000000000101"

-- As shipped, but for the waiting.
local PACING = [[
return {
  wait_for_earlier = 60,
  poll = { image = { 0.02 }, video = { 0.05 } },
  ready_within = { image = %s, video = 20 },
  settle_after = { 0.02, 0.05 },
  look_again = { 0.02, 0.02 },
}
]]

local TYPES = { jpg = "image/jpeg", mp4 = "video/mp4" }

local Job = {}
Job.__index = Job

---@param options? { switches?: table, settings?: table, ready_within?: number }
function M.new(options)
  options = options or {}
  local dir = (host.env("TMPDIR") or "/tmp") .. "/affiche-" .. host.random(6)
  for _, name in ipairs({ "in", "public", "fetched", "scripts" }) do
    assert(host.mkdir(dir .. "/" .. name))
  end
  support.make(dir .. "/scripts/pacing.lua", PACING:format(options.ready_within or 20))
  local self = setmetatable({ dir = dir, settings = options.settings or {} }, Job)
  self.looks = 0
  self.web = assert(host.serve({ port = 0 }, function(request)
    self.looks = self.looks + 1
    local wrong = self.web_answer and self.web_answer(request)
    if wrong then return wrong end
    local path = dir .. "/public" .. request.path
    if not host.stat(path) then return { status = 404, body = "not found\n" } end
    return { file = path, headers = { ["Content-Type"] = TYPES[path:match("%w+$")] } }
  end))
  self.instagram = assert(standin.start { account = ACCOUNT, token = "token-of-the-spec",
    folder = dir .. "/fetched", switches = options.switches })
  host.log_open { stderr = false }
  return self
end

function Job:close()
  host.log_open { stderr = true }
  self.instagram.stop()
  self.web:close()
  assert(host.remove(self.dir, { recursive = true }))
end

---Puts a sample of examples/media into the folder.
function Job:add(sample, name)
  local source = host.info().root .. "/examples/media/" .. sample
  return assert(host.copy(source, ("%s/in/%s"):format(self.dir, name or sample)))
end

---What the program opens; close it with `apps.close`.
function Job:app()
  local values = {
    AUTO_DOWNLOAD_DIR = self.dir .. "/in", UPLOAD_URL = "file://" .. self.dir .. "/public",
    PUBLIC_BASE_URL = "http://127.0.0.1:" .. self.web.port, ACCESS_TOKEN = "token-of-the-spec",
    IG_USER_ID = ACCOUNT, GRAPH_API_URL = self.instagram.url, AFFICHE_LANG = "en",
    AFFICHE_STATE_DIR = self.dir .. "/state", AFFICHE_SCRIPTS = self.dir .. "/scripts",
  }
  for key, value in pairs(self.settings) do values[key] = value end
  local cfg, problems = config.load { file = "/dev/null", overrides = values,
    environment = { HOME = self.dir } }
  return assert(apps.new { cfg = assert(cfg, problems), problems = problems })
end

---One run, as `affiche run` makes it. The result object; its items by file name.
function Job:run(workflow)
  local app = self:app()
  local flow = assert(apps.load(app, workflow or "poster_media"))
  local object = session.run(app, flow)
  local items = {}
  for _, item in ipairs(object.result.items) do items[item.file] = item end
  apps.close(app)
  return object, items
end

---What the stand-in shows, and how often it was asked to publish.
function Job:posts() return self.instagram.state.media end
function Job:publishes() return self.instagram.state.publishes end
function Job:containers() return self.instagram.state.containers_made or 0 end

---Whether a file stands in the folder, or in one below it.
function Job:has(path) return support.exists(self.dir .. "/in/" .. path) end

return M
