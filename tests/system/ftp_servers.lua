-- ftp_servers.lua - real FTP and SFTP servers on loopback, for the system tests.
--
--   local servers = require "ftp_servers"
--   local server <close> = servers.start("vsftpd", { tls = true })
--   server.url, server.user, server.password, server.root, server.ca_file
--
-- The programs are unpacked by fetch-servers.sh. Each server is a child of ours in a task of its
-- own; it ends with the object, and with us if we crash.
local configs = require "ftp_configs"

local M = {}

local BASE = host.info().root .. "/build/servers"
local TREE = BASE .. "/tree"
local NASTY = "/tests/tools/nastyftp"
local START = 15 -- seconds a server may take to accept

local function run(argv, options)
  local done = assert(host.exec(argv, options))
  assert(done.status == 0, table.concat(argv, " ") .. ": " .. done.stderr)
  return done.stdout
end

local function accepts(port)
  local connect = '(exec 3<>"/dev/tcp/127.0.0.1/$1")'
  local done = assert(host.exec { "bash", "--norc", "-c", connect, "-", port })
  return done.status == 0
end

---50 ports that nobody uses, below those that the system hands out.
local function free_ports()
  while true do
    local first = 20000 + 50 * (tonumber(host.random(2), 16) % 240)
    if not accepts(tostring(first)) then return first end
  end
end

local Server = {}
Server.__index = Server

---Ends the server and removes its files. Also its `__close`.
function Server:close()
  self.task:cancel()
  self.task:join()
  host.remove(self.state, { recursive = true })
end
Server.__close = Server.close

---What the server wrote, for the message of a failed start.
local function why_not(server)
  local ok, done, err = server.task:join()
  if ok and done then return done.stdout .. done.stderr end
  return tostring(err or done)
end

local function launch(server, argv)
  local started = host.now("monotonic")
  table.move({ "setpriv", "--pdeathsig", "KILL" }, 1, 3, 1, argv)
  server.task = host.spawn(function()
    return host.exec(argv, {
      timeout = 3600,
      cwd = server.state,
      env = {
        PATH = "/usr/bin:/bin:/usr/sbin:/sbin",
        LD_LIBRARY_PATH = server.libraries or TREE .. "/usr/lib/x86_64-linux-gnu",
      },
    })
  end)
  repeat
    host.sleep(0.02)
    local gone = server.task:status() == "dead"
    if gone or host.now("monotonic") - started > START then
      local said = gone and why_not(server) or "no answer"
      server:close()
      error(("%s did not start: %s"):format(server.kind, said))
    end
  until accepts(tostring(server.port))
end

---The misbehaving server, built beside the program that runs the tests.
local function nasty()
  local info = host.info()
  for _, base in ipairs { info.executable:match("^(.*)/"), info.root .. "/build" } do
    if host.stat(base .. NASTY) then return base .. NASTY end
  end
end

---Raises when it should be there and is not; false and why when this machine cannot have it.
---@return boolean, string?
function M.available(kind)
  if kind == "nasty" then
    assert(nasty(), "the misbehaving server is not built: make test-programs")
    return true
  end
  assert(host.stat(BASE .. "/tls/server.both"), "no servers: run tests/system/fetch-servers.sh")
  if kind == "pure-ftpd" and M.user_id() ~= "0" then return false, "pure-ftpd needs root" end
  return true
end

local user_id
function M.user_id()
  user_id = user_id or run({ "id", "-u" }):gsub("%s", "")
  return user_id
end

---A path that does not exist yet and that every user may reach.
local function state_folder()
  local state = ("%s/affiche-ftp-%s"):format(host.env("TMPDIR") or "/tmp", host.random(6))
  assert(host.mkdir(state .. "/root", { mode = 493 }))
  return state
end

---@class ServerOptions
---@field tls? boolean
---@field required? boolean proftpd: plain is refused
---@field tls_only? string proftpd: the versions it speaks, "TLSv1.3"
---@field idle? integer vsftpd: seconds after which it drops an idle connection
---@field permissive? boolean proftpd: files may be written over
---@field fault? string nasty: what goes wrong
---@field delay? number nasty: seconds
---@field port? integer default: one that is free

---Starts a server and waits until it accepts. Raises when it does not.
---@param kind "vsftpd"|"proftpd"|"pure-ftpd"|"sshd"|"nasty"
---@param options? ServerOptions
function M.start(kind, options)
  options = options or {}
  local state = state_folder()
  local server = setmetatable({
    kind = kind,
    state = state,
    root = state .. "/root",
    port = options.port or free_ports(),
    user = "tester",
    password = "correct-horse-" .. host.random(4),
    ca_file = BASE .. "/tls/ca.pem",
    tls = options.tls or false,
  }, Server)
  server.url = ("%s://localhost:%d"):format(kind == "sshd" and "sftp" or "ftp", server.port)
  local paths = { nasty = nasty(), tree = TREE, tls = BASE .. "/tls" }
  local unprivileged = M.user_id() == "0" and "65534" or M.user_id()
  launch(server, configs[kind](server, options, paths, { run = run, user_id = unprivileged }))
  return server
end

return M
