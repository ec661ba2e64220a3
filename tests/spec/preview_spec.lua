-- Preview: what a run would do, and nothing of it done.
local apps = require "app"
local job_support = require "job_support"
local json = require "json"
local lu = require "luaunit"
local preview = require "preview"
local support = require "file_support"

local T = {}

function T:setUp() self.job = job_support.new() end
function T:tearDown() self.job:close() end

-- The rows by file name.
function T:preview()
  local app = self.job:app()
  local flow = assert(apps.load(app, "poster_media"))
  assert(apps.look(app) ~= nil)
  local object = assert(preview.of(app, flow))
  apps.close(app)
  local rows = {}
  for _, row in ipairs(object.items) do rows[row.file] = row end
  return rows
end

function T:write(name, text) return support.make(("%s/in/%s"):format(self.job.dir, name), text) end

function T:test_each_file_has_its_decision()
  self.job:add "morning.jpg"
  self:write("notes.txt", "words")
  self:write("broken.jpg", "no picture")
  local rows = self:preview()
  lu.assertEquals({ rows["morning.jpg"].decision, rows["notes.txt"].decision,
    rows["broken.jpg"].decision }, { "publish", "ignore", "fail" })
  lu.assertEquals(rows["morning.jpg"].steps,
    json.list { "prepare", "upload", "publish", "archive" })
  lu.assertStrContains(rows["morning.jpg"].caption, "Morning")
end

function T:test_nothing_is_touched()
  self.job:add "morning.jpg"
  self:preview()
  lu.assertNil(host.stat(self.job.dir .. "/state"))
  lu.assertEquals(host.list(self.job.dir .. "/in"), { "morning.jpg" })
  lu.assertEquals(host.list(self.job.dir .. "/public"), {})
  lu.assertEquals(self.job.instagram.state.calls, 0)
end

function T:test_a_duplicate_is_seen()
  self.job:add "morning.jpg"
  self.job:run()
  self.job:add("morning.jpg", "again.jpg")
  lu.assertEquals(self:preview()["again.jpg"].decision, "duplicate")
end

function T:test_an_uncertain_file_is_not_sent_again()
  self.job:add "morning.jpg"
  self.job.instagram.state.switches.publish = "drop"
  local _, items = self.job:run()
  lu.assertEquals(items["morning.jpg"].state, "uncertain")
  local row = self:preview()["morning.jpg"]
  lu.assertEquals(row.decision, "look")
  lu.assertStrContains(row.reason, "affiche settle morning.jpg")
end

function T:test_the_size_is_that_which_the_converter_makes()
  for name, rules in pairs({ pad = "fit = 'pad'", crop = "fit = 'crop'" }) do
    support.make(self.job.dir .. "/scripts/formats.lua", ([[return { webp = {
      extensions = { ".webp" }, send = "jpeg", %s, min_width = 320, max_width = 1440,
      min_ratio = 1.5, max_ratio = 1.6 } }]]):format(rules))
    local path = self.job:add("dusk.webp", name .. ".webp")
    local target = self:preview()[name .. ".webp"].target
    local made = assert(host.convert(path, self.job.dir .. "/" .. name .. ".jpg",
      { fit = name, min_width = 320, max_width = 1440, min_ratio = 1.5, max_ratio = 1.6 }))
    lu.assertEquals({ target.width, target.height }, { made.width, made.height }, name)
  end
end

function T:test_a_caption_that_cannot_be_sent_is_told()
  self.job:add "morning.jpg"
  self:write("morning.txt", ("x"):rep(2201))
  local row = self:preview()["morning.jpg"]
  lu.assertEquals(row.decision, "fail")
  lu.assertStrContains(row.reason, "2200")
end

return T
