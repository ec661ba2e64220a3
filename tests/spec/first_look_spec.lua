-- The public URL is looked at before the first container of a run: once, by whoever comes first.
local job_support = require "job_support"
local lu = require "luaunit"

local T = {}

function T:setUp() self.job = job_support.new() end
function T:tearDown() self.job:close() end

-- Answers to all but robots.txt and, since nothing else asks for less, the stand-in's own fetches.
local function always(answer)
  return function(request) return request.path ~= "/robots.txt" and answer or nil end
end

local function assert_refused(item, words)
  local err = item.error
  lu.assertEquals(item.state, "failed")
  lu.assertEquals({ err.kind, err.code, err.subcode, err.step, err.retryable },
    { "remote", 9004, 2207052, "publish", false })
  lu.assertEquals(err.file, item.file)
  lu.assertStrContains(err.message, words)
  lu.assertTrue(#err.next_action > 10)
end

function T:test_once_a_run_however_many_files()
  for _, sample in ipairs({ "morning.jpg", "dusk.webp", "clip.mp4" }) do self.job:add(sample) end
  lu.assertTrue((self.job:run()).success)
  lu.assertEquals(#self.job:posts(), 3)
  -- The look, its robots.txt, and the stand-in's three fetches.
  lu.assertEquals(self.job.looks, 2 + 3)
  self.job:add("morning.jpg", "copy.jpg")
  self.job:run()
  lu.assertEquals(self.job.looks, 2 + 3)
end

function T:test_what_the_fetcher_would_meet_fails_the_file_before_any_container()
  local cases = {
    { answer = { status = 403, body = "no" }, words = "403" },
    { answer = { body = "<html>", headers = { ["Content-Type"] = "text/html" } },
      words = "text/html" },
    { answer = { body = "cut", headers = { ["Content-Type"] = "image/jpeg" } }, words = "3 bytes" },
  }
  self.job:add "morning.jpg"
  for _, case in ipairs(cases) do
    self.job.web_answer = always(case.answer)
    local object, items = self.job:run()
    lu.assertFalse(object.success)
    assert_refused(items["morning.jpg"], case.words)
    lu.assertEquals({ self.job:containers(), self.job:publishes() }, { 0, 0 })
    lu.assertTrue(self.job:has "morning.jpg")
  end
  -- It is not the file's fault, so it never goes to failed/; and a mended server heals it.
  for _ = 1, 6 do
    self.job.web_answer = always(cases[1].answer)
    self.job:run()
  end
  lu.assertTrue(self.job:has "morning.jpg")
  self.job.web_answer = nil
  local _, items = self.job:run()
  lu.assertEquals(items["morning.jpg"].state, "published")
end

function T:test_after_one_that_failed_the_next_file_looks_again()
  local refused = 0
  self.job.web_answer = function(request)
    if request.path == "/robots.txt" or refused == 3 then return nil end
    refused = refused + 1
    return { status = 404, body = "no" }
  end
  self.job:add "dusk.webp"
  self.job:add "morning.jpg"
  local _, items = self.job:run()
  local states = { [items["dusk.webp"].state] = true, [items["morning.jpg"].state] = true }
  lu.assertEquals(states, { failed = true, published = true })
  lu.assertEquals(self.job:containers(), 1)
end

function T:test_a_server_that_refuses_all_is_not_asked_three_times_for_each()
  self.job.web_answer = always { status = 404, body = "no" }
  for i = 1, 5 do
    local file <close> = assert(io.open(self.job:add("morning.jpg", i .. ".jpg"), "ab"))
    assert(file:write(("x"):rep(i)))
  end
  local object = self.job:run()
  lu.assertEquals(object.result.stats.files_failed, 5)
  lu.assertEquals(self.job.looks, 3 + 4)
end

-- Only this machine cannot get there: that is worth a line on the log and holds nothing back.
function T:test_what_only_this_machine_cannot_reach_is_said_once()
  local app = self.job:app()
  local flow = assert(require("app").load(app, "poster_media"))
  local nowhere = assert(host.serve({ port = 0 }, function() return {} end))
  nowhere:close()
  local preflight = require "preflight"
  preflight.begin(app)
  local path = self.job.dir .. "/log"
  assert(host.log_open { stderr = false, file = path })
  local item = { name = "a.jpg", remote = "a.jpg", uploaded_size = 1, uploaded_sha256 = "0",
    url = ("http://127.0.0.1:%d/a.jpg"):format(nowhere.port) }
  for _ = 1, 3 do lu.assertTrue(preflight.first(app, item)) end
  local _, count = assert(host.read(path)):gsub("cannot be reached", "")
  lu.assertEquals(count, 1)
  lu.assertNotNil(flow)
end

function T:test_what_was_sent_is_settled_without_a_look()
  self.job.instagram.state.switches.publish = "ok-then-drop"
  self.job.instagram.state.switches.list_lag = 3600
  self.job.instagram.state.switches.status_lag = 3600
  self.job:add "morning.jpg"
  local _, items = self.job:run()
  lu.assertEquals(items["morning.jpg"].state, "uncertain")
  local looks = self.job.looks
  self.job.instagram.state.switches.list_lag = 0
  self.job.web_answer = always { status = 404, body = "gone" }
  items = select(2, self.job:run())
  lu.assertEquals(items["morning.jpg"].state, "published")
  lu.assertEquals(self.job.looks, looks)
end

return T
