-- serve_spec.lua - host.serve: requests reach the handler, answers reach the client, and everything
-- ends when the server does.
local lu = require "luaunit"
local support = require "serve_support"

local get, talk, wait_for = support.get, support.talk, support.wait_for
local T = support.spec()

local function hello() return { body = "hello" } end

function T:test_the_handler_sees_the_whole_request()
  local seen
  local url = self:serve({}, function(request)
    seen = request
    return { status = 201, headers = { ["X-Answer"] = "yes" }, body = "made\0it" }
  end)
  local reply = get(url .. "/a%20b/%C3%A9?x=1&y=a+b%26&x=2", {
    method = "PUT",
    headers = { ["X-Word"] = "one" },
    body = "the\0body",
  })
  lu.assertEquals(reply.status, 201)
  lu.assertEquals(reply.headers["x-answer"], "yes")
  lu.assertEquals(reply.body, "made\0it")
  lu.assertEquals(seen.method, "PUT")
  lu.assertEquals(seen.path, "/a b/é")
  lu.assertEquals(seen.query, { x = "2", y = "a b&" })
  lu.assertEquals(seen.headers["x-word"], "one")
  lu.assertEquals(seen.body, "the\0body")
  lu.assertEquals(seen.remote, "127.0.0.1")
end

function T:test_repeated_headers_are_joined()
  local seen
  local url = self:serve({}, function(request)
    seen = request
    return {}
  end)
  talk(url, "GET / HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nx-a: 2\r\nConnection: close\r\n\r\n")
  lu.assertEquals(seen.headers["x-a"], "1, 2")
  lu.assertEquals(seen.headers.host, "h")
  lu.assertEquals(seen.body, "")
end

function T:test_head_is_answered_without_the_body()
  local method
  local url = self:serve({}, function(request)
    method = request.method
    return { body = "hello" }
  end)
  local answer = talk(url, "HEAD / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
  lu.assertEquals(method, "HEAD")
  lu.assertStrContains(answer, "Content-Length: 5\r\n")
  lu.assertEquals(answer:sub(-4), "\r\n\r\n")
end

function T:test_ipv6_loopback()
  local server <close> = assert(host.serve({ host = "::1" }, function(request)
    return { body = request.remote }
  end))
  local answer = talk("http://[::1]:" .. server.port,
    "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
  lu.assertEquals(answer:match("\r\n\r\n(.*)"), "::1")
end

function T:test_a_hundred_requests_at_once()
  local inside, most, gate = 0, 0, host.gate()
  local url = self:serve({}, function(request)
    inside = inside + 1
    most = math.max(most, inside)
    if inside == 100 then gate:open() end
    assert(gate:wait(20))
    inside = inside - 1
    return { body = request.query.n }
  end)
  local numbers = {}
  for i = 1, 100 do numbers[i] = i end
  local bodies = host.map(numbers, { concurrency = 100 }, function(n)
    return get(url .. "/?n=" .. n).body
  end)
  lu.assertEquals(most, 100)
  for i = 1, 100 do lu.assertEquals(bodies[i], tostring(i)) end
end

function T:test_a_connection_serves_many_requests()
  local url = self:serve({}, hello)
  local one = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"
  local last = "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
  local _, count = talk(url, one .. one .. last):gsub("HTTP/1%.1 200", "")
  lu.assertEquals(count, 3)
end

function T:test_an_error_in_the_handler_is_500_and_a_log_line()
  local url = self:serve({}, function() error("this went wrong") end)
  local reply = get(url .. "/here")
  lu.assertEquals(reply.status, 500)
  lu.assertNotStrContains(reply.body, "this went wrong")
  self:logged("GET /here failed")
  self:logged("serve_spec.lua")
  self:logged("this went wrong")
end

function T:test_an_unusable_response_is_500_and_a_log_line()
  local answers = {
    { nil, "not a response" },
    { "text", "not a response" },
    { { bodi = "x" }, "bodi" },
    { { body = 5 }, "body is a string" },
    { { body = "a", file = "b" }, "only one" },
    { { status = 99 }, "status" },
    { { headers = { ["X-A"] = "a\r\nX-B: b" } }, "X-A" },
    { { headers = { ["X A"] = "a" } }, "X A" },
    { { headers = { ["content-length"] = "3" } }, "content-length" },
    { { stream = "x" }, "stream is a function" },
  }
  local current
  local url = self:serve({}, function() return current end)
  for i = 1, #answers do
    current = answers[i][1]
    lu.assertEquals(get(url).status, 500)
    self:logged(answers[i][2])
    self.log = {}
  end
end

function T:test_drop_cuts_the_connection()
  local url = self:serve({}, function() return { drop = true } end)
  lu.assertEquals(talk(url, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"), "")
  local reply, err = host.http { url = url }
  lu.assertNil(reply)
  lu.assertEquals(err.kind, "network")
end

function T:test_the_client_may_go_before_the_answer()
  local finished = false
  local url = self:serve({}, function()
    host.sleep(0.3)
    finished = true
    return { body = ("x"):rep(100000) }
  end)
  local _, err = host.http { url = url, timeout = 0.1 }
  lu.assertEquals(err.kind, "timeout")
  wait_for("the handler", function() return finished end)
end

function T:test_close_ends_what_is_under_way()
  local started, ended = host.gate(), false
  local url, server = self:serve({}, function()
    local guard <close> = setmetatable({}, { __close = function() ended = true end })
    started:open()
    host.sleep(60)
    return guard
  end)
  local client = host.spawn(host.http, { url = url })
  assert(started:wait(10))
  server:close()
  server:close()
  local _, reply, err = client:join()
  lu.assertNil(reply)
  lu.assertEquals(err.kind, "network")
  wait_for("the end of the handler", function() return ended end)
  local _, refused = host.http { url = url }
  lu.assertEquals(refused.kind, "network")
  lu.assertEquals(type(server.port), "number")
end

function T:test_a_handler_that_closes_its_server_is_cut()
  local server
  local url
  url, server = self:serve({}, function()
    server:close()
    return { body = "never sent" }
  end)
  local reply = host.http { url = url }
  lu.assertNil(reply)
end

function T:test_an_answer_given_before_close_arrives()
  local answered = host.gate()
  local url, server = self:serve({}, function()
    answered:open()
    return { body = "last words" }
  end)
  host.spawn(function()
    assert(answered:wait(10))
    server:close()
  end)
  lu.assertEquals(get(url).body, "last words")
end

function T:test_a_killed_task_takes_its_server_along()
  local port
  local owner = host.spawn(function()
    local server <close> = assert(host.serve({}, function() return { body = "x" } end))
    port = server.port
    host.sleep(60)
  end)
  wait_for("the server", function() return port end)
  lu.assertEquals(get("http://127.0.0.1:" .. port).status, 200)
  owner:cancel()
  local again <close> = assert(host.serve({ port = port }, hello))
  lu.assertEquals(get("http://127.0.0.1:" .. again.port).body, "hello")
end

function T:test_a_forgotten_server_is_collected()
  local port
  do
    local server = assert(host.serve({}, hello))
    port = server.port
  end
  wait_for("the collection", function()
    collectgarbage()
    return not host.http { url = "http://127.0.0.1:" .. port, fresh = true }
  end)
end

function T:test_a_taken_port_is_an_error()
  local _, server = self:serve({}, hello)
  local second, err = host.serve({ port = server.port }, hello)
  lu.assertNil(second)
  lu.assertEquals(err.code, "EADDRINUSE")
  lu.assertStrContains(err.message, tostring(server.port))
end

function T:test_bad_arguments_are_refused_by_name()
  local bad = {
    { "hosts", { hosts = "x" } },
    { "numeric address", { host = "example.org" } },
    { "port", { port = 70000 } },
    { "max_body", { max_body = -1 } },
    { "header_timeout", { header_timeout = 0 } },
    { "max_connections", { max_connections = 0 } },
  }
  for _, case in ipairs(bad) do
    local ok, err = pcall(host.serve, case[2], hello)
    lu.assertFalse(ok)
    lu.assertStrContains(tostring(err), case[1])
  end
  lu.assertErrorMsgContains("function expected", host.serve, {}, 1)
  lu.assertErrorMsgContains("table expected", host.serve, nil, hello)
end

function T:test_an_unknown_field_of_the_server_is_an_error()
  local _, server = self:serve({}, hello)
  lu.assertErrorMsgContains("ports", function() return server.ports end)
end

return T
