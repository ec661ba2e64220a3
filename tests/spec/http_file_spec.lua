-- http_file_spec.lua - host.http with a file as its body.
local lu = require "luaunit"
local support = require "file_support"

local T = support.spec()
local folder_setup, folder_teardown = T.setUp, T.tearDown

function T:setUp()
  folder_setup(self)
  self.server = assert(host.serve({ max_body = 8 << 20 }, function(request)
    self.seen = request
    return self.answer or { body = tostring(#request.body) }
  end))
  self.url = "http://127.0.0.1:" .. self.server.port
end

function T:tearDown()
  self.server:close()
  folder_teardown(self)
end

-- Bytes that do not repeat at any power of two.
local function content(length)
  local words = {}
  for i = 1, 125 do words[i] = ("%08d"):format(i) end
  return (table.concat(words) .. "x"):rep(length // 1001 + 1):sub(1, length)
end

function T:test_the_file_arrives_whole()
  for _, length in ipairs { 0, 1, 128 * 1024, 128 * 1024 + 1, 3000001 } do
    local bytes = content(length)
    local path = support.make(self.dir .. "/body", bytes)
    local reply = assert(host.http { url = self.url, body_file = path })
    lu.assertEquals(reply.body, tostring(length))
    lu.assertTrue(self.seen.body == bytes)
    lu.assertEquals({ self.seen.method, self.seen.headers["content-length"] },
      { "POST", tostring(length) })
    lu.assertNil(self.seen.headers["content-type"])
    lu.assertNil(self.seen.headers["transfer-encoding"])
  end
end

function T:test_it_begins_where_told()
  local bytes = content(500000)
  local path = support.make(self.dir .. "/body", bytes)
  for _, offset in ipairs { 1, 300000, 499999, 500000 } do
    assert(host.http { url = self.url, method = "PUT", body_file = path, body_offset = offset,
      headers = { ["Content-Type"] = "video/mp4" } })
    lu.assertTrue(self.seen.body == bytes:sub(offset + 1))
    lu.assertEquals({ self.seen.method, self.seen.headers["content-type"] },
      { "PUT", "video/mp4" })
  end
end

function T:test_a_server_that_answers_early()
  self.server:close()
  self.server = assert(host.serve({ max_body = 1000 }, function() return {} end))
  local path = support.make(self.dir .. "/body", content(4000000))
  local reply, err = host.http { url = "http://127.0.0.1:" .. self.server.port, body_file = path }
  lu.assertTrue(reply and reply.status == 413 or err.kind == "network", tostring(err))
end

function T:test_bad_arguments()
  local function raises(words, request)
    request.url = self.url
    local ok, message = pcall(host.http, request)
    lu.assertFalse(ok)
    lu.assertStrContains(tostring(message), words)
  end
  raises("only one of them", { body = "x", body_file = "/x" })
  raises("only one of them", { form = {}, body_file = "/x" })
  raises("body_offset", { body_file = "/x", body_offset = -1 })
  raises("body_file", { body_file = "a\0b" })
end

function T:test_a_file_that_cannot_be_read()
  local function fails(code, path, offset)
    local reply, err = host.http { url = self.url, body_file = path, body_offset = offset }
    lu.assertNil(reply)
    lu.assertEquals({ err.kind, err.code, err.op, err.sent }, { "io", code, "http", false })
    lu.assertStrContains(err.message, path)
  end
  fails("ENOENT", self.dir .. "/missing")
  fails("EFTYPE", self.dir)
  support.make(self.dir .. "/body", "four")
  assert(host.exec { "ln", "-s", self.dir .. "/body", self.dir .. "/link" })
  fails("ELOOP", self.dir .. "/link")
  assert(host.exec { "mkfifo", self.dir .. "/pipe" })
  fails("EFTYPE", self.dir .. "/pipe")
  fails(nil, self.dir .. "/body", 5)
end

-- A file too large to be sent before something happens to it; it takes no room on the disk.
local function endless(self)
  local file <close> = assert(io.open(self.dir .. "/endless", "wb"))
  assert(file:seek("set", (1 << 42) - 1))
  assert(file:write("x"))
  return self.dir .. "/endless"
end

-- A server that reads on and on.
local function reader()
  local base = host.info().executable:match("^(.*)/[^/]*$")
  local path = base .. "/tests/tools/rawserver"
  return host.stat(path) and path or host.info().root .. "/build/tests/tools/rawserver"
end

local function wait_for(what, condition)
  for _ = 1, 2000 do
    local value = condition()
    if value then return value end
    host.sleep(0.01)
  end
  error("waited in vain for " .. what)
end

-- `act` gets its address, and what waits until so many connections were made: by then the file of
-- the last one is open.
local function with_reader(self, act)
  local port_file = self.dir .. "/port"
  local task <close> = host.spawn(host.exec, { reader(), port_file, "silent" }, { timeout = 60 })
  local port = wait_for("the server", function() return host.read(port_file) end)
  act("http://127.0.0.1:" .. port, function(count)
    wait_for("a connection", function()
      return (host.read(port_file .. ".log") or ""):find("connection " .. count, 1, true)
    end)
  end)
  task:cancel()
end

function T:test_a_file_that_becomes_shorter()
  local path = endless(self)
  with_reader(self, function(url, connected)
    local task = host.spawn(host.http, { url = url, body_file = path, timeout = 60 })
    connected(1)
    support.make(path, "short")
    local ok, reply, err = task:join()
    lu.assertTrue(ok)
    lu.assertNil(reply)
    lu.assertEquals({ err.kind, err.retryable, err.sent }, { "io", true, true })
    lu.assertStrContains(err.message, "shorter")
  end)
end

function T:test_time_is_up_or_nobody_waits_any_more()
  local path = endless(self)
  with_reader(self, function(url, connected)
    local before = host.live().operations
    local reply, err = host.http { url = url, body_file = path, timeout = 0.5 }
    lu.assertNil(reply)
    lu.assertEquals({ err.kind, err.sent }, { "timeout", true })
    local task = host.spawn(host.http, { url = url, body_file = path, timeout = 60 })
    connected(2)
    task:cancel()
    local ok, cause = task:join()
    lu.assertFalse(ok)
    lu.assertEquals(cause.kind, "cancelled")
    -- At once, while the file is being opened.
    task = host.spawn(host.http, { url = url, body_file = path, timeout = 60 })
    host.sleep(0)
    task:cancel()
    lu.assertFalse((task:join()))
    wait_for("the end of all", function() return host.live().operations == before end)
  end)
end

return T
