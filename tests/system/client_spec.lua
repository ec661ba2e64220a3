-- examples/client.sh, the shell client of the two calls, against `affiche serve`: with the folder
-- there and with it missing, as the clients of the original system met them.
local lu = require "luaunit"

local T = {}
local info = host.info()

local function free_port()
  local server = assert(host.serve({}, function() return {} end))
  local port = server.port
  server:close()
  return port
end

local function wait_for_answer(url, serving)
  local deadline = host.now "monotonic" + 30
  while not host.http { url = url, timeout = 5 } do
    if serving:status() == "dead" then error(select(2, serving:join()).stderr) end
    if host.now "monotonic" > deadline then error("no server at " .. url) end
    host.sleep(0.02)
  end
end

-- A server on a folder of its own; more settings in `env`.
local function serve(env)
  local settings = {
    PATH = host.env "PATH", HOME = T.folder, AFFICHE_STATE_DIR = T.folder .. "/state",
    AUTO_DOWNLOAD_DIR = T.folder .. "/in", UPLOAD_URL = "file://" .. T.folder .. "/out",
    PUBLIC_BASE_URL = "http://127.0.0.1:1/out", ACCESS_TOKEN = "IGAAtokenforthetest",
    IG_USER_ID = "17841400000000001", GRAPH_API_URL = "http://127.0.0.1:1/v26.0",
    PORT = tostring(free_port()), AFFICHE_LANG = "fr",
  }
  for key, value in pairs(env or {}) do settings[key] = value end
  T.url = "http://127.0.0.1:" .. settings.PORT
  T.serving = host.spawn(function()
    local argv = { info.executable, "serve" }
    return host.exec(argv, { env = settings, cwd = T.folder, timeout = 100 })
  end)
  wait_for_answer(T.url .. "/healthz", T.serving)
end

local function client(env)
  local settings = { PATH = host.env "PATH", API_TOKEN = env and env.API_TOKEN }
  return assert(host.exec({ info.root .. "/examples/client.sh", T.url }, { env = settings }))
end

function T:setUp()
  self.folder = (host.env "TMPDIR" or "/tmp") .. "/affiche-" .. host.random(6)
  assert(host.mkdir(self.folder .. "/in"))
  assert(host.mkdir(self.folder .. "/out"))
end

function T:tearDown()
  if self.serving then self.serving:cancel() end
  self.serving = nil
  assert(host.remove(self.folder, { recursive = true }))
end

function T:test_an_empty_folder_is_a_run_that_went_well()
  assert(host.write(self.folder .. "/in/notes.txt", "not for us"))
  serve()
  local done = client()
  lu.assertStrContains(done.stdout, "Folder:    " .. self.folder .. "/in\n")
  lu.assertStrContains(done.stdout, "Valid:     true\nReady:     0\n")
  lu.assertStrContains(done.stdout, "Found:     1\nPublished: 0\nFailed:    0\n")
  lu.assertStrContains(done.stdout, "Publication terminée: 0/0 fichiers publiés")
  lu.assertEquals(done.status, 0, done.stderr)
end

function T:test_a_missing_folder_is_an_answer()
  serve { AUTO_DOWNLOAD_DIR = self.folder .. "/gone" }
  local done = client()
  lu.assertStrContains(done.stdout, "Valid:     false\n")
  lu.assertStrContains(done.stdout, "Problem:   ")
  lu.assertStrMatches(done.stdout, ".*\nResult:    [^\n]*gone[^\n]*\n")
  lu.assertEquals(done.status, 1, done.stderr)
end

function T:test_a_token_is_wanted_and_never_shown()
  serve { API_TOKEN = "a-long-secret-for-calls" }
  local refused = client()
  lu.assertEquals(refused.status, 2)
  local done = client { API_TOKEN = "a-long-secret-for-calls" }
  lu.assertEquals(done.status, 0, done.stderr)
  lu.assertNotStrContains(done.stdout .. done.stderr, "a-long-secret-for-calls")
end

function T:test_no_server()
  self.url = "http://127.0.0.1:" .. free_port()
  local done = client()
  lu.assertEquals(done.status, 2)
  lu.assertStrContains(done.stderr, "affiche serve")
end

return T
