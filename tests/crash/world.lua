-- world.lua - a small world on disk that can be made anew in a moment: three media, a stand-in for
-- Instagram in a process of its own, and the program, run under strace or plainly. What is uploaded
-- goes into a folder, or to an FTP server that shows its folder.
local json = require "json"
local servers = require "ftp_servers"

local M = {}
local World = {}
World.__index = World

local ROOT = host.info().root
local SAMPLES = { "dusk.webp", "morning.jpg", "clip.mp4" }
local FOLDERS = { "in", "state", "home", "fetched" }
local RUN_SECONDS = 30  -- the program never needs that long: more is a hang

-- Quick as a test needs it: no wait is longer than a moment.
local SCRIPTS = {
  ["pacing.lua"] = [[
return { spacing = 0, wait_for_earlier = 5,
  poll = { image = { 0.02 }, video = { 0.02 } }, ready_within = { image = 3, video = 3 },
  settle_after = { 0.02, 0.05 }, look_again = { 0.02, 0.02 } }
]],
  ["steps/upload.lua"] = [[
local uploader = require "uploader"
return { run = function(item) return assert(uploader.upload(item)) end,
  retry = { attempts = 2, first = 0.02, factor = 1, max = 0.02 } }
]],
  ["steps/publish.lua"] = [[
local instagram = require "instagram"
return { run = function(item) return assert(instagram.publish(item)) end,
  retry = { attempts = 2, first = 0.02, factor = 1, max = 0.02 } }
]],
}

---@return table<string,string> path of each sample by name
local function samples()
  local paths = {}
  for _, name in ipairs(SAMPLES) do paths[name] = ROOT .. "/examples/media/" .. name end
  return paths
end

local function wait_for_ports(folder)
  local deadline = host.now("monotonic") + 20
  while true do
    local text = host.read(folder .. "/ports.json")
    if text then return json.parse(text) end
    if host.now("monotonic") > deadline then error("the stand-in did not start", 0) end
    host.sleep(0.02)
  end
end

local function start_standin(self)
  self.standin = host.spawn(function()
    return host.exec({ self.program, "console", ROOT .. "/tests/tools/standin.lua", self.folder,
      "public=" .. self.public, "video_seconds=0", "second_publish=duplicate", "status_lag=86400" },
      { timeout = 86400, max_output = 1 << 24 })
  end)
  self.ports = wait_for_ports(self.folder)
end

local function write_scripts(folder)
  for name, text in pairs(SCRIPTS) do
    local path = folder .. "/" .. name
    assert(host.mkdir(path:match("^(.*)/")))
    assert(host.write(path, text))
  end
end

local function target_of(self)
  local server = self.server
  if not server then return { UPLOAD_URL = "file://" .. self.public } end
  return { UPLOAD_URL = server.url .. "/", FTP_USER = server.user, FTP_PASS = server.password,
    FTP_TLS = "off" }
end

local function settings_of(self)
  local folder, ports = self.folder, self.ports
  local env = target_of(self)
  for key, value in pairs {
    AUTO_DOWNLOAD_DIR = folder .. "/in", PUBLIC_BASE_URL = "http://127.0.0.1:" .. ports.web,
    GRAPH_API_URL = ("http://127.0.0.1:%d/v26.0"):format(ports.graph),
    IG_USER_ID = ports.account, ACCESS_TOKEN = ports.token,
    AFFICHE_STATE_DIR = folder .. "/state", AFFICHE_SCRIPTS = folder .. "/scripts",
    AFFICHE_CONCURRENCY = "1", FTP_CONNECTIONS = "1", UV_THREADPOOL_SIZE = "1",
    LOG_LEVEL = "error", AFFICHE_LANG = "en", LANG = "C.UTF-8", HOME = folder .. "/home",
    PATH = host.env("PATH"), UBSAN_OPTIONS = host.env("UBSAN_OPTIONS"),
    -- A sanitizer build cannot look for leaks while strace holds the threads.
    ASAN_OPTIONS = (host.env("ASAN_OPTIONS") or "") .. ":detect_leaks=0",
  } do
    env[key] = value
  end
  return env
end

---A world in `folder`, with its stand-in running. Close it with `close`.
---@param folder string absolute; made
---@param target? "folder"|"vsftpd"|"nasty" where uploads go
---@param sources? table<string,string> the media: path of each by the name it gets
function M.open(folder, target, sources)
  local self = setmetatable({ folder = folder, program = host.env("AFFICHE")
    or host.info().executable, sources = sources or samples(), originals = {},
    findings = {} }, World)  -- what a sanitizer build said since the last `reset`
  for name, path in pairs(self.sources) do self.originals[name] = assert(host.hash(path)) end
  assert(host.mkdir(folder))
  if target and target ~= "folder" then self.server = servers.start(target) end
  self.public = self.server and self.server.root or folder .. "/public"
  assert(host.mkdir(self.public))
  start_standin(self)
  write_scripts(folder .. "/scripts")
  self.env = settings_of(self)
  return self
end

function World:close()
  self.standin:cancel()
  self.standin:join()
  if self.server then self.server:close() end
  host.remove(self.folder, { recursive = true })
end
World.__close = World.close

---As on the first day: the media in the folder, no journal, no post.
function World:reset()
  self.findings, self.forgotten = {}, false
  for _, name in ipairs(assert(host.list(self.public))) do
    assert(host.remove(self.public .. "/" .. name, { recursive = true }))
  end
  for _, name in ipairs(FOLDERS) do
    assert(host.remove(self.folder .. "/" .. name, { recursive = true }))
    assert(host.mkdir(self.folder .. "/" .. name))
  end
  for name, path in pairs(self.sources) do
    assert(host.copy(path, self.folder .. "/in/" .. name))
  end
  assert(host.http { url = ("http://127.0.0.1:%d/reset"):format(self.ports.web), method = "POST" })
end

---The journal is gone, and all that was remembered with it.
function World:lose_journal()
  self.forgotten = true
  for _, name in ipairs { "journal.db", "journal.db-wal", "journal.db-shm" } do
    assert(host.remove(("%s/state/%s"):format(self.folder, name)))
  end
end

---Tells the stand-in how to behave, until the next `reset`.
---@param switches table see modules/standin/switches.lua
function World:switch(switches)
  local url = ("http://127.0.0.1:%d/standin/switches"):format(self.ports.graph)
  local reply = assert(host.http { url = url, body = json.encode(switches) })
  if reply.status ~= 200 then error(reply.body, 0) end
end

---One pass of the program.
---@param tracer? string[] what stands before it: strace and its options
---@param env? table<string,string>
---@param seconds? number after which it is killed
---@return { status: integer, signal: integer, stdout: string, stderr: string, seconds: number }
function World:run(tracer, env, seconds)
  local argv = table.move(tracer or {}, 1, #(tracer or {}), 1, {})
  for _, word in ipairs { self.program, "run", "--json" } do argv[#argv + 1] = word end
  local values = {}
  for key, value in pairs(self.env) do values[key] = value end
  for key, value in pairs(env or {}) do values[key] = value end
  local started = host.now("monotonic")
  local result, err = host.exec(argv, { timeout = seconds or RUN_SECONDS, cwd = "/", env = values,
    max_output = 16 << 20 })
  if not result then result = { status = -1, signal = 0, stdout = "", stderr = tostring(err) } end
  result.seconds = host.now("monotonic") - started
  result.object = json.decode(result.stdout)
  local finding = result.stderr:match("[^\n]*Sanitizer:[^\n]*")
    or result.stderr:match("[^\n]*runtime error:[^\n]*")
  if finding then table.insert(self.findings, finding) end
  return result
end

---What the stand-in has seen: posts, counts of containers and publishes, the calls.
function World:seen()
  local url = ("http://127.0.0.1:%d/standin/posts"):format(self.ports.graph)
  return json.parse(assert(host.http { url = url }).body)
end

local function walk(path, prefix, into)
  for _, name in ipairs(assert(host.list(path))) do
    local full, short = path .. "/" .. name, prefix .. name
    local stat = host.stat(full)
    if stat and stat.type == "folder" then
      walk(full, short .. "/", into)
    else
      into[#into + 1] = short
    end
  end
  return into
end

---Every file below one of the world's folders, hidden ones too, as paths relative to it.
---@param name "in"|"public"|"state"
---@return string[]
function World:files(name)
  return walk(self:path(name), "", {})
end

---The path of what is called `name` in the world: "in/a.jpg", "public".
function World:path(name)
  local inside = name:match("^public(.*)$")
  return inside and self.public .. inside or self.folder .. "/" .. name
end

return M
