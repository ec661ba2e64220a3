-- world.lua - what a system test needs: a folder of media, a stand-in for Instagram, a public web
-- server over the upload target, an .env, and the real program run against them as a child.
local json = require "json"
local standin = require "standin"

local M = {}
local World = {}
World.__index = World

M.ACCOUNT, M.TOKEN = "17840000000000101", "EAATESTTOKENabcdefgh0123456789"

local TYPES = { jpg = "image/jpeg", mp4 = "video/mp4", mov = "video/quicktime" }

-- The web server that shows the upload folder to the world.
local function publish_folder(folder)
  return assert(host.serve({ port = 0 }, function(request)
    local path = folder .. request.path
    local stat = host.stat(path)
    if not stat or stat.type ~= "file" then return { status = 404, body = "not found\n" } end
    return { file = path, headers = { ["Content-Type"] = TYPES[path:match("%w+$")] } }
  end))
end

---@param options? { switches?: table, env?: table<string,string>, public?: string }
--- public: the folder that the web server shows (default: the file:// target)
function M.new(options)
  options = options or {}
  local folder = ("%s/affiche-world-%s"):format(host.env("TMPDIR") or "/tmp", host.random(6))
  local self = setmetatable({ folder = folder, media = folder .. "/in",
    state = folder .. "/state", public = options.public or folder .. "/public" }, World)
  for _, name in ipairs({ "/in", "/public", "/state", "/fetched", "/home" }) do
    assert(host.mkdir(folder .. name))
  end
  self.web = publish_folder(self.public)
  self.instagram = assert(standin.start { account = M.ACCOUNT, token = M.TOKEN,
    folder = folder .. "/fetched", switches = options.switches })
  self.env = {
    AUTO_DOWNLOAD_DIR = self.media, UPLOAD_URL = "file://" .. self.public,
    PUBLIC_BASE_URL = ("http://127.0.0.1:%d"):format(self.web.port), ACCESS_TOKEN = M.TOKEN,
    IG_USER_ID = M.ACCOUNT, GRAPH_API_URL = self.instagram.url, AFFICHE_STATE_DIR = self.state,
    AFFICHE_LANG = "en",
  }
  for key, value in pairs(options.env or {}) do self.env[key] = value or nil end
  return self
end

---Ends the servers and removes everything.
function World:close()
  self.instagram.stop()
  self.web:close()
  host.remove(self.folder, { recursive = true })
end
World.__close = World.close

local SAMPLES = host.info().root .. "/examples/media/"

---Puts a file into the media folder: a sample by name, or the given bytes.
---@param name string
---@param content { sample: string }|string
function World:put(name, content)
  local path = self.media .. "/" .. name
  if type(content) == "table" then
    assert(host.copy(SAMPLES .. content.sample, path))
  else
    assert(host.write(path, content))
  end
  return path
end

-- Single quotes are literal in .env, so only a quote itself has to be avoided.
local function env_text(env)
  local lines = {}
  for key, value in pairs(env) do
    if value then lines[#lines + 1] = ("%s='%s'"):format(key, value) end
  end
  table.sort(lines)
  return table.concat(lines, "\n") .. "\n"
end

---Runs the program; its status, stdout, stderr, and the decoded stdout of --json.
---@param args string[]
---@param options? { env?: table, timeout?: number, prefix?: string[] }
function World:run(args, options)
  options = options or {}
  local path = self.folder .. "/env"
  local values = {}
  for key, value in pairs(self.env) do values[key] = value end
  for key, value in pairs(options.env or {}) do values[key] = value end
  assert(host.write(path, self.env_file or env_text(values), { mode = tonumber("600", 8) }))
  local argv = table.move(options.prefix or {}, 1, #(options.prefix or {}), 1, {})
  argv[#argv + 1] = host.env("AFFICHE") or host.info().executable
  argv[#argv + 1], argv[#argv + 2] = "--env", path
  for _, arg in ipairs(args) do argv[#argv + 1] = arg end
  local result, err = host.exec(argv, { timeout = options.timeout or 90, cwd = self.folder,
    max_output = 16 << 20,
    env = { PATH = host.env("PATH"), HOME = self.folder .. "/home", LANG = "C.UTF-8",
      ASAN_OPTIONS = host.env("ASAN_OPTIONS"), UBSAN_OPTIONS = host.env("UBSAN_OPTIONS"),
      LSAN_OPTIONS = host.env("LSAN_OPTIONS") } })
  assert(result, tostring(err))
  result.json = json.decode(result.stdout)
  return result
end

---`affiche run --json`.
function World:pass(options)
  return self:run({ "run", "--json" }, options)
end

---Names in a folder below the media folder, or the media folder itself, hidden ones left out.
function World:names(folder)
  local names = {}
  for _, name in ipairs(host.list(self.media .. (folder and "/" .. folder or "")) or {}) do
    if name:sub(1, 1) ~= "." and name ~= "processed" and name ~= "failed" then
      names[#names + 1] = name
    end
  end
  return names
end

---Posts on the stand-in, oldest first.
function World:posts()
  return self.instagram.state.media
end

---The SHA-256 of every file handed in, to be compared with the archive.
function World:hash(path)
  return assert(host.hash(path))
end

return M
