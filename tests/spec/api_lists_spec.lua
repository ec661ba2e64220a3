-- The HTTP calls beside the original's two: runs, items, preview, metrics, the description.
local api = require "api"
local apps = require "app"
local job_support = require "job_support"
local json = require "json"
local lu = require "luaunit"
local openapi = require "api.openapi"

local T = {}

function T:start(settings, switches)
  settings = settings or {}
  settings.PORT = 0
  self.job = job_support.new { settings = settings, switches = switches }
  self.app = self.job:app()
  self.api = assert(api.start(self.app, assert(apps.load(self.app, "poster_media"))))
  self.base = "http://127.0.0.1:" .. self.api.port
end

function T:tearDown()
  self.api.server:close()
  apps.close(self.app)
  self.job:close()
end

-- Status and decoded body of one call.
function T:call(method, path, headers)
  local reply = assert(host.http { method = method, url = self.base .. path, headers = headers })
  return reply.status, json.decode(reply.body) or reply.body, reply
end

function T:get(path)
  local code, object = self:call("GET", path)
  lu.assertEquals(code, 200, path)
  return object
end

function T:run() return select(2, self:call("POST", "/api/poster-media")) end

function T:test_before_the_first_run_there_is_nothing_and_nothing_is_made()
  self:start()
  lu.assertEquals({ self:get("/api/runs").total, self:get("/api/items").total }, { 0, 0 })
  lu.assertStrContains(self:get("/metrics"), 'affiche_items{state="published"} 0\n')
  lu.assertNil(host.stat(self.job.dir .. "/state"))
end

function T:test_runs_and_items_in_pages()
  self:start()
  self.job:add "morning.jpg"
  self.job:add "night.png"
  local object = self:run()
  self:run()
  local runs = self:get "/api/runs?limit=1&offset=1"
  lu.assertEquals({ runs.success, runs.total, runs.limit, runs.offset, #runs.runs },
    { true, 2, 1, 1, 1 })
  lu.assertEquals(runs.runs[1].stats.files_published, 2)
  local run = self:get("/api/runs/" .. runs.runs[1].id)
  lu.assertEquals({ run.state, run.result }, { "finished", object })
  local items = self:get "/api/items?state=published&limit=1"
  lu.assertEquals({ items.total, #items.items, items.items[1].state }, { 2, 1, "published" })
  lu.assertEquals(self:get("/api/items?state=failed").total, 0)
end

function T:test_a_run_that_is_not_there()
  self:start()
  for path, expected in pairs { ["/api/runs/7"] = 404, ["/api/runs/99999999999999999999"] = 404,
    ["/api/runs/x"] = 404, ["/api/runs?limit=0"] = 400, ["/api/items?limit=501"] = 400,
    ["/api/preview?offset=-1"] = 400, ["/api/runs?offset=1e3"] = 400 } do
    local code, object = self:call("GET", path)
    lu.assertEquals({ code, object.success, type(object.error) }, { expected, false, "string" })
  end
end

function T:test_the_preview_in_pages()
  self:start()
  self.job:add "morning.jpg"
  self.job:add "night.png"
  assert(host.write(self.job.dir .. "/in/notes.md", "words"))
  local page = self:get "/api/preview?limit=1&offset=1"
  lu.assertEquals({ page.total, #page.items, page.items[1].file, page.items[1].decision },
    { 3, 1, "night.png", "publish" })
  lu.assertEquals(self:get("/api/preview?offset=2").items[1].decision, "ignore")
  lu.assertEquals(self.job.instagram.state.calls, 0)
  assert(host.remove(self.job.dir .. "/in", { recursive = true }))
  page = self:get "/api/preview"
  lu.assertEquals({ page.success, page.problems[1].key }, { false, "AUTO_DOWNLOAD_DIR" })
end

function T:test_a_client_that_does_not_wait()
  self:start(nil, { latency = 0.1 })
  self.job:add "morning.jpg"
  local code, object, reply = self:call("POST", "/api/poster-media",
    { Prefer = "wait=1, respond-async" })
  lu.assertEquals({ code, object.state }, { 202, "running" })
  local place = reply.headers.location
  lu.assertEquals(place, "/api/runs/" .. object.id)
  local refused, refusal = self:call("POST", "/api/poster-media")
  lu.assertEquals({ refused, refusal.success, refusal.id }, { 409, false, object.id })
  lu.assertStrContains(self:get "/metrics", "affiche_run_in_progress 1\n")
  local deadline = host.now "monotonic" + 30
  while self:get(place).state == "running" do
    assert(host.now "monotonic" < deadline)
    host.sleep(0.02)
  end
  local run = self:get(place)
  lu.assertEquals({ run.state, run.result.result.stats.files_published }, { "finished", 1 })
  lu.assertStrContains(self:get "/metrics", "affiche_posts_total 1\n")
end

function T:test_a_run_that_cannot_start_answers_at_once()
  self:start { ACCESS_TOKEN = "VOTRE_ACCESS_TOKEN_ICI" }
  local code, object = self:call("POST", "/api/poster-media", { Prefer = "respond-async" })
  lu.assertEquals({ code, object.success }, { 200, false })
end

function T:test_a_run_of_another_program_is_a_run_in_progress()
  self:start()
  local lock <close> = assert(host.lock(self.job.dir .. "/in"))
  local code, object = self:call("POST", "/api/poster-media")
  lu.assertEquals({ code, object.success, lock ~= nil }, { 409, false, true })
end

function T:test_the_description_is_of_what_is_served()
  self:start()
  local described = self:get "/openapi.json"
  lu.assertEquals(described.openapi, "3.1.0")
  local served, told = {}, {}
  for path, methods in pairs(api.routes) do
    for method in pairs(methods) do served[#served + 1] = method:lower() .. " " .. path end
  end
  for path, methods in pairs(described.paths) do
    for method in pairs(methods) do told[#told + 1] = method .. " " .. path end
  end
  lu.assertItemsEquals(told, served)
  for name in json.encode(described):gmatch('"#/components/schemas/(%w+)"') do
    lu.assertNotNil(described.components.schemas[name], name)
  end
  lu.assertNotNil(openapi.describe(true).paths["/metrics"].get.security)
  lu.assertNil(openapi.describe(true).paths["/healthz"].get.security)
end

function T:test_metrics_are_lines_of_text()
  self:start()
  local _, text, reply = self:call("GET", "/metrics")
  lu.assertStrContains(reply.headers["content-type"], "text/plain; version=0.0.4")
  for line in text:gmatch("[^\n]+") do
    lu.assertTrue(line:find("^# [HT][EY][LP][PE] [%w_]+ .") == 1
      or line:find('^[%w_]+ %d[%d.]*$') == 1 or line:find('^[%w_]+{%l+="[^"]+"} %d+$') == 1, line)
  end
end

return T
