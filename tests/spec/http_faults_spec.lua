-- http_faults_spec.lua - host.http against a server that misbehaves as told.
local lu = require "luaunit"

local T = {}
local folder, servers, tasks

local LONG = 30 -- seconds: what must end by itself ends long before
local KEPT = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

-- The program that sends a file as it is; the Makefile builds it beside the unit tests.
local function raw_program()
  local info = host.info()
  for _, base in ipairs { info.executable:match("^(.*)/[^/]*$"), info.root .. "/build" } do
    local path = base .. "/tests/tools/rawserver"
    if host.stat(path) then return path end
  end
  error("tests/tools/rawserver is not built")
end

local function wait_for(what, condition)
  local deadline = host.now("monotonic") + 10
  repeat
    local value = condition()
    if value then return value end
    host.sleep(0.01)
  until host.now("monotonic") > deadline
  error("waited in vain for " .. what)
end

-- Starts it with actions such as { "close", "HTTP/1.1 200 OK\r\n…" }, one per connection. Returns
-- the base URL and a function that gives all requests so far.
local function raw(...)
  local port_file = ("%s/port-%d"):format(folder, #tasks)
  local argv = { raw_program(), port_file }
  for i, action in ipairs { ... } do
    local reply = ("%s.%d"):format(port_file, i)
    assert(host.write(reply, action[2] or ""))
    argv[#argv + 1] = action[1] .. ":" .. reply
  end
  tasks[#tasks + 1] = host.spawn(host.exec, argv, { timeout = LONG })
  local port = wait_for("rawserver", function() return host.read(port_file) end)
  return "http://127.0.0.1:" .. port, function() return assert(host.read(port_file .. ".log")) end
end

local function count(text, pattern)
  return select(2, text:gsub(pattern, ""))
end

local function serve(handler)
  local server = assert(host.serve({ max_body = 8 << 20 }, handler))
  servers[#servers + 1] = server
  return "http://127.0.0.1:" .. server.port
end

-- A call must fail, with these fields in its Error; nil means absent.
local function fails(expected, request)
  local reply, err = host.http(request)
  lu.assertNil(reply)
  for key, value in pairs(expected) do
    lu.assertEquals(err[key], value, key .. " of: " .. tostring(err))
  end
  lu.assertEquals(err.op, "http")
  return err
end

function T:setUp()
  folder = (host.env("TMPDIR") or "/tmp") .. "/affiche-" .. host.random(6)
  assert(host.mkdir(folder))
  servers, tasks = {}, {}
end

function T:tearDown()
  for _, server in ipairs(servers) do server:close() end
  for _, task in ipairs(tasks) do
    task:cancel()
    task:join()
  end
  assert(host.remove(folder, { recursive = true }))
end

function T:test_head_tells_a_length_beyond_the_limit()
  local url = raw { "close", "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" }
  local reply = assert(host.http { url = url, method = "HEAD", max_bytes = 10 })
  lu.assertEquals(reply.body, "")
  lu.assertEquals(reply.headers["content-length"], "99999999")
end

function T:test_repeated_headers_are_joined()
  local early = "HTTP/1.1 100 Continue\r\nX-A: 0\r\n\r\n"
  local final = "HTTP/1.1 200 OK\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 2\r\n\r\nok"
  local url = raw { "close", early .. final }
  local reply = assert(host.http { url = url })
  lu.assertEquals(reply.headers["x-a"], "1, 2")
  lu.assertEquals(reply.body, "ok")
end

function T:test_redirects_stay_with_http()
  local moved = "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n"
  local url = raw { "close", moved }
  fails({ sent = true }, { url = url, redirects = 5 })
end

function T:test_authorization_stays_with_its_server()
  local seen
  local other = serve(function(request)
    seen = request.headers
    return {}
  end)
  local url = raw { "close", "HTTP/1.1 302 Found\r\nLocation: " .. other .. "\r\n\r\n" }
  assert(host.http { url = url, headers = { Authorization = "Bearer x" }, redirects = 1 })
  lu.assertNil(seen.authorization)
  assert(host.http { url = other, headers = { Authorization = "Bearer x" } })
  lu.assertEquals(seen.authorization, "Bearer x")
end

function T:test_dropped_cut_and_reset()
  local cut = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this"
  local chunk = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\nonly this"
  local url = raw({ "close", "" }, { "close", cut }, { "close", chunk }, { "reset", cut })
  for _ = 1, 4 do
    fails({ kind = "network", retryable = true, sent = true }, { url = url, timeout = LONG })
  end
end

function T:test_no_http()
  local url = raw({ "close", "220 ready, speak FTP\r\n" }, { "close", "HTTP/9.9 200 OK\r\n\r\n" })
  fails({ kind = "remote", retryable = false, sent = true }, { url = url })
  fails({ sent = true }, { url = url })
end

function T:test_too_large()
  local head = "HTTP/1.1 200 OK\r\n"
  local url = raw({ "close", head .. "Content-Length: 101\r\n\r\n" .. ("x"):rep(101) },
                  { "flood", head .. "\r\n" .. ("x"):rep(1000) },
                  { "close", head .. ("X-Y: z\r\n"):rep(50000) })
  for _ = 1, 3 do
    local request = { url = url, max_bytes = 100, timeout = LONG }
    fails({ kind = "limit", retryable = false, sent = true }, request)
  end
end

function T:test_tls_with_one_who_does_not_speak_it()
  local url = raw { "greet", "220 ready, speak FTP\r\n" }
  fails({ kind = "tls", sent = false }, { url = url:gsub("^http:", "https:"), timeout = LONG })
end

-- Nothing is sent twice -------------------------------------------------------------------------

function T:test_write_on_a_dying_connection_is_not_repeated()
  local url, log = raw({ "again", KEPT }, { "close", KEPT })
  assert(host.http { url = url, form = { n = "1" } })
  fails({ kind = "network", sent = true }, { url = url, form = { n = "2" } })
  lu.assertEquals(count(log(), "POST / HTTP"), 2)
end

function T:test_read_on_a_dying_connection_finds_another()
  local url, log = raw({ "again", KEPT }, { "close", KEPT })
  assert(host.http { url = url })
  lu.assertEquals(assert(host.http { url = url }).body, "ok")
  lu.assertEquals(count(log(), "== connection"), 2)
end

function T:test_fresh_is_a_connection_of_its_own()
  local url, log = raw({ "again", KEPT }, { "again", KEPT }, { "close", KEPT })
  assert(host.http { url = url })
  assert(host.http { url = url, fresh = true, form = { n = "1" } })
  assert(host.http { url = url, fresh = true, form = { n = "2" } })
  lu.assertEquals(count(log(), "== connection"), 3)
  lu.assertEquals(count(log(), "POST / HTTP"), 2)
end

-- Time and cancellation -------------------------------------------------------------------------

function T:test_timeout()
  local url = raw({ "silent" }, { "hold", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf" })
  for _ = 1, 2 do
    local started = host.now("monotonic")
    fails({ kind = "timeout", retryable = true, sent = true }, { url = url, timeout = 0.1 })
    local took = host.now("monotonic") - started
    lu.assertTrue(took >= 0.09 and took < 5, tostring(took))
  end
end

function T:test_others_go_on_meanwhile()
  local url = raw { "silent" }
  local gate = host.gate()
  local task = host.spawn(function()
    gate:wait()
    return host.now("monotonic")
  end)
  local waiting = host.spawn(host.http, { url = url, timeout = LONG })
  while waiting:status() ~= "waiting" do host.sleep(0) end
  gate:open()
  lu.assertTrue((task:join()))
  lu.assertEquals(waiting:status(), "waiting")
  waiting:cancel()
  waiting:join()
end

function T:test_timeout_before_anything_is_sent()
  local url = raw { "silent" }
  local request = { url = url:gsub("^http:", "https:"), connect_timeout = 0.1, timeout = LONG }
  fails({ kind = "timeout", retryable = true, sent = false }, request)
end

function T:test_killed_while_waiting()
  local url, log = raw { "hold", "HTTP/1.1 200 OK\r\n" }
  local before = host.live()
  local task = host.spawn(host.http, { url = url, timeout = LONG })
  wait_for("the request", function() return log():find("GET /", 1, true) end)
  task:cancel()
  local ok, err = task:join()
  lu.assertFalse(ok)
  lu.assertEquals(err.kind, "cancelled")
  lu.assertEquals(host.live().operations, before.operations)
end

function T:test_nothing_is_left_behind()
  local url = raw { "close", KEPT }
  local before = host.live()
  assert(host.http { url = url })
  collectgarbage()
  local after = host.live()
  lu.assertEquals(after.operations, before.operations)
  lu.assertEquals(after.handles, before.handles)
end

return T
