-- http_spec.lua - host.http against a server that behaves.
local lu = require "luaunit"

local T = {}
local servers

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
  servers = {}
end

function T:tearDown()
  for _, server in ipairs(servers) do server:close() end
end

function T:test_get()
  local url = serve(function(request)
    return { status = 201, headers = { ["X-Seen"] = request.method .. " " .. request.query.q },
             body = "hello\0world" }
  end)
  local reply = assert(host.http { url = url .. "/a%20b?q=1%262" })
  lu.assertEquals(reply.status, 201)
  lu.assertEquals(reply.body, "hello\0world")
  lu.assertEquals(reply.headers["x-seen"], "GET 1&2")
  lu.assertEquals(reply.url, url .. "/a%20b?q=1%262")
end

function T:test_every_status_is_a_reply()
  local url = serve(function(request)
    return { status = tonumber(request.path:sub(2)), body = "x" }
  end)
  for _, status in ipairs { 200, 302, 404, 429, 500, 503 } do
    lu.assertEquals(assert(host.http { url = url .. "/" .. status }).status, status)
  end
end

function T:test_request_arrives_as_told()
  local seen
  local url = serve(function(request)
    seen = request
    return {}
  end)
  assert(host.http { url = url, form = { ["a b"] = "c&d=é" } })
  lu.assertEquals(seen.method, "POST")
  lu.assertEquals(seen.body, "a%20b=c%26d%3D%C3%A9")
  lu.assertEquals(seen.headers["content-type"], "application/x-www-form-urlencoded")

  local headers = { ["X-Empty"] = "", ["X-Own"] = "value" }
  assert(host.http { url = url, method = "PUT", body = "raw\0bytes", headers = headers })
  lu.assertEquals(seen.method, "PUT")
  lu.assertEquals(seen.body, "raw\0bytes")
  lu.assertNil(seen.headers["content-type"])
  lu.assertNil(seen.headers["expect"])
  lu.assertEquals(seen.headers["x-own"], "value")
  lu.assertEquals(seen.headers["x-empty"], "")
  lu.assertStrContains(seen.headers["user-agent"], "affiche/")

  assert(host.http { url = url, method = "POST" })
  lu.assertEquals(seen.headers["content-length"], "0")
  assert(host.http { url = url, method = "DELETE" })
  lu.assertEquals(seen.method, "DELETE")
end

function T:test_large_bodies_side_by_side()
  local url = serve(function(request) return { body = request.body } end)
  local sizes = { 0, 1, 16384, 16385, 65536, 1 << 20, 5 << 20, 3 }
  local lengths = host.map(sizes, { concurrency = 8 }, function(size)
    local body = ("x"):rep(size)
    local reply = assert(host.http { url = url, method = "POST", body = body })
    return reply.body == body and #reply.body
  end)
  lu.assertEquals(lengths, sizes)
end

function T:test_redirects()
  local url
  url = serve(function(request)
    local left = tonumber(request.path:sub(2))
    if left == 0 then return { body = "end" } end
    return { status = 302, headers = { Location = url .. "/" .. left - 1 }, body = "moved" }
  end)
  lu.assertEquals(assert(host.http { url = url .. "/1" }).status, 302)
  local reply = assert(host.http { url = url .. "/2", redirects = 2 })
  lu.assertEquals(reply.body, "end")
  lu.assertEquals(reply.url, url .. "/0")
  lu.assertNil(reply.headers.location)
  fails({ kind = "remote", retryable = false }, { url = url .. "/3", redirects = 2 })
end

function T:test_user_part_is_used_but_not_shown()
  local seen
  local url = serve(function(request)
    seen = request
    return {}
  end)
  local reply = assert(host.http { url = (url:gsub("//", "//me:hidden-word@")) .. "/x" })
  lu.assertEquals(reply.url, url .. "/x")
  lu.assertStrContains(seen.headers.authorization, "Basic ")
  local dead = "http://me:hidden-word@127.0.0.1:1/x?q=secret-q"
  local err = fails({ kind = "network" }, { url = dead })
  lu.assertNotStrContains(err.message, "hidden-word")
  lu.assertNotStrContains(err.message, "secret-q")
end

-- What must fail --------------------------------------------------------------------------------

function T:test_bad_arguments()
  local url = "http://127.0.0.1:1/"
  for needle, request in pairs {
    ["unknown option 'bogus'"] = { url = url, bogus = 1 },
    ["option 'url'"] = {},
    ["option 'method'"] = { url = url, method = "GET /x HTTP/1.1\r\n" },
    ["only one of them"] = { url = url, body = "a", form = {} },
    ["option 'body'"] = { url = url, body = 5 },
    ["option 'form'.a: string expected"] = { url = url, form = { a = 5 } },
    ["option 'timeout'"] = { url = url, timeout = -1 },
    ["option 'max_bytes'"] = { url = url, max_bytes = 0.5 },
    ["option 'headers': 'a b' is not"] = { url = url, headers = { ["a b"] = "c" } },
    ["option 'headers'.X: control"] = { url = url, headers = { X = "hidden-word\r\nY: 1" } },
  } do
    local ok, message = pcall(host.http, request)
    lu.assertFalse(ok, needle)
    lu.assertStrContains(tostring(message), needle)
    lu.assertNotStrContains(tostring(message), "hidden-word")
  end
  lu.assertFalse((pcall(host.http, url)))
end

function T:test_urls_that_cannot_be()
  local wrong = { "", "nonsense", "http://a b/", "ftp://127.0.0.1/", "file:///etc/passwd" }
  for _, url in ipairs(wrong) do
    fails({ kind = "format", retryable = false, sent = false }, { url = url })
  end
end

function T:test_refused()
  local server = assert(host.serve({}, function() return {} end))
  local url = "http://127.0.0.1:" .. server.port
  server:close()
  fails({ kind = "network", code = "ECONNREFUSED", retryable = true, sent = false }, { url = url })
end

function T:test_unknown_host()
  local url = "http://no-such-host.invalid/"
  fails({ kind = "network", retryable = true, sent = false }, { url = url })
end

function T:test_body_of_exactly_the_limit()
  local url = serve(function() return { body = ("x"):rep(100) } end)
  lu.assertEquals(#assert(host.http { url = url, max_bytes = 100 }).body, 100)
  fails({ kind = "limit" }, { url = url, max_bytes = 99 })
end

function T:test_dropped()
  local url = serve(function() return { drop = true } end)
  fails({ kind = "network", retryable = true, sent = true }, { url = url })
end

return T
