-- Videos whose bytes go to Instagram itself: whole, cut, refused, and gone on with in a later run.
local job_support = require "job_support"
local lu = require "luaunit"
local support = require "file_support"

local T = {}

local FORMATS = [[
return { mp4 = { extensions = { ".mp4" }, send = "video", transfer = "resumable" },
  jpeg = { extensions = { ".jpg" }, send = "jpeg", passthrough = true } }
]]

function T:setUp()
  self.job = job_support.new {}
  support.make(self.job.dir .. "/scripts/formats.lua", FORMATS)
  self.job.settings.GRAPH_UPLOAD_URL = "http://127.0.0.1:" .. self.job.instagram.port
  self.switches = self.job.instagram.state.switches
  self.switches.video_seconds = 0
end

function T:tearDown()
  self.job:close()
end

local function uploads(self)
  local count = 0
  for _, call in ipairs(self.job.instagram.state.log) do
    if call.path:find("^/ig%-api%-upload/") then count = count + 1 end
  end
  return count
end

local function assert_live(self)
  local _, items = self.job:run()
  lu.assertEquals(items["clip.mp4"].state, "published", items["clip.mp4"].error)
  lu.assertEquals({ #self.job:posts(), self.job:publishes() }, { 1, 1 })
  lu.assertEquals(self.job:posts()[1].kind, "video")
  lu.assertTrue(self.job:has "processed/clip.mp4")
  -- What arrived is the file, byte for byte.
  lu.assertEquals(host.hash(self.job:posts()[1].path), host.hash(self.job.dir
    .. "/in/processed/clip.mp4"))
end

function T:test_no_public_place_is_needed()
  self.job:add "clip.mp4"
  assert_live(self)
  lu.assertEquals({ uploads(self), self.job.looks }, { 1, 0 })
  lu.assertEquals(host.list(self.job.dir .. "/public"), {})
end

function T:test_pictures_go_the_other_way()
  self.job:add "morning.jpg"
  self.job:add "clip.mp4"
  local object = self.job:run()
  lu.assertEquals(object.result.stats.files_published, 2)
  lu.assertEquals(#host.list(self.job.dir .. "/public"), 1)
end

function T:test_a_cut_upload_goes_on_where_it_stood()
  self.switches.rupload, self.switches.rupload_bytes = "cut", 5000
  self.job:add "clip.mp4"
  assert_live(self)
  lu.assertEquals({ uploads(self), self.job:containers() }, { 2, 1 })
end

function T:test_a_failure_that_is_none()
  self.switches.rupload = "ok-but-failed"
  self.job:add "clip.mp4"
  assert_live(self)
  lu.assertEquals({ uploads(self), self.job:containers() }, { 1, 1 })
end

function T:test_a_refusal_is_tried_again()
  self.switches.rupload = "refuse"
  self.job:add "clip.mp4"
  assert_live(self)
  lu.assertEquals({ uploads(self), self.job:containers() }, { 2, 1 })
end

function T:test_a_token_that_is_not_taken_fails_at_once()
  self.job.instagram.state.token = "another-token-of-the-account"
  self.job:add "clip.mp4"
  local _, items = self.job:run()
  lu.assertEquals({ items["clip.mp4"].state, items["clip.mp4"].error.kind }, { "failed", "auth" })
  lu.assertEquals(self.job:publishes(), 0)
end

-- The server is gone in the middle; the next run sends the rest to the same container.
function T:test_the_next_run_goes_on()
  self.switches.rupload, self.switches.rupload_bytes = "cut", 5000
  self.job:add "clip.mp4"
  local state = self.job.instagram.state
  local away = host.spawn(function()
    while uploads(self) == 0 do host.sleep(0.01) end
    state.switches.token = "463"
  end)
  local _, items = self.job:run()
  lu.assertEquals(items["clip.mp4"].state, "failed")
  lu.assertTrue(away:join())
  lu.assertEquals({ self.job:publishes(), self.job:containers() }, { 0, 1 })
  state.switches.token = "ok"
  assert_live(self)
  lu.assertEquals(self.job:containers(), 1)
end

return T
