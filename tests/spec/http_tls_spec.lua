-- http_tls_spec.lua - which certificates host.http accepts, and what the environment decides.
local lu = require "luaunit"

local T = {}
local folder, task

local LONG = 30 -- seconds: what must end by itself ends long before

local function wait_for(what, condition)
  local deadline = host.now("monotonic") + 10
  repeat
    local value = condition()
    if value then return value end
    host.sleep(0.01)
  until host.now("monotonic") > deadline
  error("waited in vain for " .. what)
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

local function openssl(...)
  local result = assert(host.exec({ "openssl", ... }, { timeout = LONG }))
  lu.assertEquals(result.status, 0, result.stderr)
end

local function tls_server()
  local key, certificate = folder .. "/key.pem", folder .. "/certificate.pem"
  openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
          "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1",
          "-keyout", key, "-out", certificate)
  local free = assert(host.serve({}, function() return {} end))
  local port = free.port
  free:close()
  task = host.spawn(host.exec, { "openssl", "s_server", "-www", "-accept",
    "127.0.0.1:" .. port, "-key", key, "-cert", certificate }, { timeout = LONG })
  local url = "https://127.0.0.1:" .. port .. "/"
  wait_for("openssl", function()
    local _, err = host.http { url = url }
    return err and err.kind == "tls"
  end)
  return url, certificate
end

-- Asks in a process of its own with this environment; whether a reply came, and what was written.
local function asks(url, env)
  local script = folder .. "/ask_spec.lua"
  assert(host.write(script, ([[return { test_it = function()
    assert(host.http { url = %q, timeout = 10 })
  end }]]):format(url)))
  env.PATH, env.HOME = host.env("PATH"), folder
  local argv = { host.info().executable, "test", script }
  local result = assert(host.exec(argv, { env = env, timeout = LONG }))
  return result.status == 0, result.stdout .. result.stderr
end

function T:setUp()
  folder = (host.env("TMPDIR") or "/tmp") .. "/affiche-" .. host.random(6)
  assert(host.mkdir(folder))
end

function T:tearDown()
  if task then
    task:cancel()
    task:join()
  end
  task = nil
  assert(host.remove(folder, { recursive = true }))
end

function T:test_certificates()
  local url, certificate = tls_server()
  fails({ kind = "tls", retryable = false, sent = false }, { url = url })
  fails({ kind = "tls", sent = false }, { url = url, ca_file = folder .. "/missing.pem" })
  lu.assertEquals(assert(host.http { url = url, ca_file = certificate }).status, 200)
  local err = fails({ kind = "tls", sent = false },
                    { url = url:gsub("127.0.0.1", "localhost"), ca_file = certificate })
  lu.assertStrContains(err.message, "localhost")
end

function T:test_certificates_named_by_the_environment()
  local url, certificate = tls_server()
  for _, name in ipairs { "SSL_CERT_FILE", "CURL_CA_BUNDLE" } do
    local ok, output = asks(url, { [name] = certificate })
    lu.assertTrue(ok, name .. ": " .. output)
    ok, output = asks(url, { [name] = folder .. "/missing.pem" })
    lu.assertFalse(ok, name)
    lu.assertStrContains(output, "missing.pem")
  end
end

function T:test_no_proxy_for_this_machine()
  local server <close> = assert(host.serve({}, function() return {} end))
  local ok, output = asks("http://127.0.0.1:" .. server.port, { http_proxy = "http://127.0.0.1:1" })
  lu.assertTrue(ok, output)
  ok, output = asks("http://elsewhere.invalid/", { http_proxy = "http://127.0.0.1:1" })
  lu.assertFalse(ok)
  lu.assertStrContains(output, "port 1 ")
end

return T
