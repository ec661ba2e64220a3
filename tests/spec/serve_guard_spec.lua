-- serve_guard_spec.lua - host.serve against hostile and clumsy clients: what can be read in two
-- ways is refused before the handler sees it, and nobody holds a connection for too long.
local lu = require "luaunit"
local support = require "serve_support"

local get, talk, status_of = support.get, support.talk, support.status_of
local T = support.spec()

-- A server that counts the requests which reach its handler.
local function counting(self, options)
  local count = { 0 }
  local url = self:serve(options or {}, function(request)
    count[1] = count[1] + 1
    return { body = tostring(#request.body) }
  end)
  return url, count
end

local REFUSED = {
  { "no Host", "GET / HTTP/1.1\r\n\r\n" },
  { "two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" },
  { "two equal Hosts", "GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n" },
  { "two lengths",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxy" },
  { "length and chunks",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" },
  { "a length that is none", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx" },
  { "a foreign encoding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n" },
  { "an absolute target", "GET http://evil/ HTTP/1.1\r\nHost: a\r\n\r\n" },
  { "a star", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n" },
  { "a NUL", "GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n" },
  { "a NUL in the query", "GET /a?b=\0c HTTP/1.1\r\nHost: a\r\n\r\n" },
  { "an encoded NUL", "GET /a%00b HTTP/1.1\r\nHost: a\r\n\r\n" },
  { "an encoded slash", "GET /a%2Fb HTTP/1.1\r\nHost: a\r\n\r\n" },
  { "dots", "GET /a/../b HTTP/1.1\r\nHost: a\r\n\r\n" },
  { "encoded dots", "GET /a/%2e%2E/b HTTP/1.1\r\nHost: a\r\n\r\n" },
  { "a broken escape", "GET /a%4 HTTP/1.1\r\nHost: a\r\n\r\n" },
}

function T:test_ambiguous_requests_are_refused_and_the_connection_closed()
  local url, count = counting(self)
  for _, case in ipairs(REFUSED) do
    local answer = talk(url, case[2])
    lu.assertEquals(status_of(answer), 400, case[1] .. ": " .. answer)
  end
  lu.assertEquals(count[1], 0)
end

function T:test_headers_that_are_too_long_are_refused()
  local url, count = counting(self)
  local answer = talk(url, "GET / HTTP/1.1\r\nHost: a\r\nX-A: " .. ("x"):rep(40000) .. "\r\n\r\n")
  lu.assertEquals(status_of(answer), 431)
  lu.assertEquals(count[1], 0)
end

function T:test_a_body_up_to_the_limit_is_taken()
  local url = counting(self, { max_body = 1000 })
  lu.assertEquals(get(url, { body = ("x"):rep(1000) }).body, "1000")
  lu.assertEquals(talk(url, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n" ..
    "Connection: close\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"):sub(-5), "\r\n\r\n5")
end

function T:test_a_larger_body_is_413()
  local url, count = counting(self, { max_body = 1000 })
  lu.assertEquals(get(url, { body = ("x"):rep(1001) }).status, 413)
  lu.assertEquals(get(url, { body = ("x"):rep(3000000) }).status, 413)
  local chunk = ("%x\r\n%s\r\n"):format(600, ("y"):rep(600))
  lu.assertEquals(status_of(talk(url, "POST / HTTP/1.1\r\nHost: a\r\n" ..
    "Transfer-Encoding: chunked\r\n\r\n" .. chunk .. chunk .. "0\r\n\r\n")), 413)
  lu.assertEquals(count[1], 0)
end

function T:test_a_larger_body_is_refused_before_it_is_sent_when_the_client_asks()
  local url = counting(self, { max_body = 1000 })
  local answer = talk(url, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n" ..
    "Expect: 100-continue\r\n\r\n")
  lu.assertEquals(status_of(answer), 413)
  answer = talk(url, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n")
  lu.assertEquals(status_of(answer), 413)
end

-- Seconds until the server has closed on these bytes.
local function closed_after(url, bytes)
  local started = host.now("monotonic")
  local answer = talk(url, bytes)
  return host.now("monotonic") - started, answer
end

function T:test_incomplete_headers_have_a_deadline()
  local url, count = counting(self, { header_timeout = 0.3 })
  for _, bytes in ipairs { "", "GET / HT", "GET / HTTP/1.1\r\nHost: a\r\n" } do
    local seconds, answer = closed_after(url, bytes)
    lu.assertEquals(answer, "")
    lu.assertTrue(seconds >= 0.25 and seconds < 5, ("after %.2f s"):format(seconds))
  end
  lu.assertEquals(count[1], 0)
end

function T:test_headers_sent_byte_by_byte_have_the_same_deadline()
  local _, server = self:serve({ header_timeout = 0.5 }, function() return {} end)
  local drip = [[exec 3<>"/dev/tcp/127.0.0.1/$1"; printf 'GET / HTTP/1.1\r\nX-A: ' >&3
    for i in {1..200}; do printf x >&3 || exit 7; sleep 0.05; done]]
  local started = host.now("monotonic")
  local done = assert(host.exec({ "bash", "--norc", "-c", drip, "drip", tostring(server.port) }))
  lu.assertTrue(done.status ~= 0 or done.signal ~= 0, "it could send everything")
  lu.assertTrue(host.now("monotonic") - started < 5)
end

function T:test_an_incomplete_body_has_a_deadline()
  local url, count = counting(self, { body_timeout = 0.3 })
  local seconds, answer = closed_after(url,
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")
  lu.assertEquals(answer, "")
  lu.assertTrue(seconds >= 0.25 and seconds < 5, ("after %.2f s"):format(seconds))
  lu.assertEquals(count[1], 0)
end

function T:test_deadlines_do_not_touch_a_handler_at_work()
  local url = self:serve({ header_timeout = 0.1, body_timeout = 0.1 }, function()
    host.sleep(0.5)
    return { body = "late" }
  end)
  lu.assertEquals(get(url, { body = "x" }).body, "late")
end

function T:test_idle_connections_make_room_for_new_ones()
  local url = counting(self, { max_connections = 4 })
  local idle = {}
  for i = 1, 8 do idle[i] = host.spawn(talk, url, "GET / HT") end
  lu.assertEquals(get(url, { timeout = 5 }).status, 200)
  for _, task in ipairs(idle) do task:cancel() end
end

function T:test_a_full_house_is_503()
  local gate, inside = host.gate(), 0
  local url = self:serve({ max_connections = 2 }, function()
    inside = inside + 1
    gate:wait(20)
    return { body = "done" }
  end)
  local first, second = host.spawn(get, url), host.spawn(get, url)
  support.wait_for("two handlers", function() return inside == 2 end)
  lu.assertEquals(get(url).status, 503)
  gate:open()
  local _, one = first:join()
  local _, two = second:join()
  lu.assertEquals(one.body .. two.body, "donedone")
end

return T
