-- The HTTP calls of `affiche serve`: who may call, and what the original's clients get.
local api = require "api"
local apps = require "app"
local job_support = require "job_support"
local json = require "json"
local lu = require "luaunit"

local T = {}

function T:start(settings, switches)
  settings = settings or {}
  settings.PORT = 0
  self.job = job_support.new { settings = settings, switches = switches }
  self.app = self.job:app()
  local flow = assert(apps.load(self.app, "poster_media"))
  assert(apps.look(self.app) ~= nil)
  self.api = assert(api.start(self.app, flow))
  self.base = "http://127.0.0.1:" .. self.api.port
end

function T:tearDown()
  if self.api then self.api.server:close() end
  if self.app then apps.close(self.app) end
  if self.job then self.job:close() end
  self.api, self.app, self.job = nil, nil, nil
end

-- Status and decoded body of one call.
function T:call(method, path, headers)
  local reply = assert(host.http { method = method, url = self.base .. path, headers = headers })
  return reply.status, json.decode(reply.body) or reply.body, reply
end

function T:test_liveness()
  self:start()
  lu.assertEquals((self:call("GET", "/healthz")), 200)
end

function T:test_the_status_has_the_originals_fields()
  self:start()
  self.job:add "morning.jpg"
  local code, object = self:call("GET", "/api/poster-media/status")
  lu.assertEquals(code, 200)
  lu.assertTrue(object.success)
  lu.assertEquals(object.configuration.source_directory, self.job.dir .. "/in")
  lu.assertEquals({ object.configuration.source_exists, object.configuration.config_valid },
    { true, true })
  lu.assertEquals(object.source_analysis.files_count, 1)
  lu.assertEquals(object.source_analysis.files_ready[1].filename, "morning.jpg")
  lu.assertEquals(object.source_analysis.files_ready[1].extension, ".jpg")
  lu.assertEquals({ object.token.checked, object.token.valid }, { true, true })
  lu.assertEquals(object.quota.total, 100)
  lu.assertTrue(object.ready_to_process)
end

function T:test_a_missing_folder_is_told_with_200()
  self:start()
  assert(host.remove(self.job.dir .. "/in"))
  local code, object = self:call("GET", "/api/poster-media/status")
  lu.assertEquals({ code, object.configuration.source_exists, object.ready_to_process },
    { 200, false, false })
  code, object = self:call("POST", "/api/poster-media")
  lu.assertEquals({ code, object.success, object.result.success }, { 200, false, false })
  lu.assertStrContains(object.result.error, self.job.dir .. "/in")
end

function T:test_a_missing_token_is_told_with_200()
  self:start { ACCESS_TOKEN = "VOTRE_ACCESS_TOKEN_ICI" }
  local code, object = self:call("POST", "/api/poster-media")
  lu.assertEquals({ code, object.success }, { 200, false })
  lu.assertStrContains(object.result.error, "ACCESS_TOKEN")
  lu.assertEquals(object.result.problems[1].key, "ACCESS_TOKEN")
  lu.assertEquals(object.problems, object.result.problems)
  code, object = self:call("GET", "/api/poster-media/status")
  lu.assertEquals({ code, object.configuration.config_valid }, { 200, false })
  lu.assertFalse(object.configuration.access_token_configured)
end

function T:test_a_run_answers_when_it_is_done()
  self:start()
  self.job:add "morning.jpg"
  local code, object = self:call("POST", "/api/poster-media")
  lu.assertEquals({ code, object.success, object.result.stats.files_published }, { 200, true, 1 })
  lu.assertEquals(#self.job:posts(), 1)
  local _, again = self:call("POST", "/api/poster-media/")
  lu.assertEquals(again.result.stats.files_found, 0)
end

function T:test_one_run_at_a_time()
  self:start(nil, { latency = 0.2 })
  self.job:add "morning.jpg"
  local first = host.spawn(function() return self:call("POST", "/api/poster-media") end)
  while self.job.instagram.state.calls == 0 do host.sleep(0.01) end
  local code, object = self:call("POST", "/api/poster-media")
  lu.assertEquals({ code, object.success }, { 409, false })
  lu.assertStrContains(object.error, "id 1")
  local ok, first_code = first:join()
  lu.assertEquals({ ok, first_code }, { true, 200 })
  lu.assertEquals((self:call("POST", "/api/poster-media")), 200)
end

function T:test_what_is_not_there_and_what_is_not_possible()
  self:start()
  lu.assertEquals((self:call("GET", "/nothing")), 404)
  local code, object, reply = self:call("GET", "/api/poster-media")
  lu.assertEquals({ code, object.success, reply.headers.allow }, { 405, false, "POST" })
  lu.assertEquals((self:call("POST", "/api/poster-media/status")), 405)
end

local function host_headers(name) return { Host = name } end

function T:test_a_foreign_host_is_refused()
  self:start()
  local port = self.api.port
  for name, expected in pairs({ ["127.0.0.1:" .. port] = 200, ["LOCALHOST:" .. port] = 200,
    ["[::1]:" .. port] = 200, ["localhost"] = 200, ["localhost:1"] = 421,
    ["evil.example:" .. port] = 421, ["192.0.2.1:" .. port] = 421 }) do
    lu.assertEquals((self:call("GET", "/healthz", host_headers(name))), expected, name)
  end
end

function T:test_every_address_is_ours_when_we_listen_on_all()
  self:start { HOST = "0.0.0.0", API_TOKEN = "a-long-token-of-the-spec" }
  local port = self.api.port
  lu.assertEquals((self:call("GET", "/healthz", host_headers("192.0.2.1:" .. port))), 200)
  lu.assertEquals((self:call("GET", "/healthz", host_headers("evil.example:" .. port))), 421)
end

function T:test_other_sites_are_refused()
  self:start()
  local port = self.api.port
  local function origin(value) return (self:call("GET", "/healthz", { Origin = value })) end
  lu.assertEquals(origin(self.base), 200)
  for _, value in ipairs({ "https://evil.example", "http://127.0.0.1", "http://127.0.0.1:1",
    "http://localhost:" .. port, "null" }) do
    lu.assertEquals(origin(value), 403, value)
  end
  for site, expected in pairs({ ["cross-site"] = 403, ["same-site"] = 403, ["none"] = 200,
    ["same-origin"] = 200 }) do
    lu.assertEquals((self:call("GET", "/healthz", { ["Sec-Fetch-Site"] = site })), expected)
  end
end

function T:test_a_token_is_asked_for_when_one_is_set()
  self:start { API_TOKEN = "a-long-token-of-the-spec" }
  local path = "/api/poster-media/status"
  lu.assertEquals((self:call("GET", "/healthz")), 200)
  local code, _, reply = self:call("GET", path)
  lu.assertEquals({ code, reply.headers["www-authenticate"] }, { 401, "Bearer" })
  lu.assertEquals((self:call("GET", path, { Authorization = "Bearer wrong" })), 401)
  local right = { Authorization = "bearer a-long-token-of-the-spec" }
  lu.assertEquals((self:call("GET", path, right)), 200)
end

function T:test_answers_cannot_be_framed_sniffed_or_kept()
  self:start()
  local _, _, reply = self:call("GET", "/healthz")
  lu.assertEquals({ reply.headers["x-content-type-options"], reply.headers["x-frame-options"],
    reply.headers["cache-control"] }, { "nosniff", "DENY", "no-store" })
end

return T
