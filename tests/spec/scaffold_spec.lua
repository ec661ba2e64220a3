-- Starting points: written once, loadable as they are.
local apps = require "app"
local config = require "config"
local i18n = require "i18n"
local lu = require "luaunit"
local scaffold = require "scaffold"

local T = {}

function T:setUp()
  i18n.use("en")
  self.folder = (host.env("TMPDIR") or "/tmp") .. "/affiche-" .. host.random(6)
  self.scripts = self.folder .. "/conf/scripts"
end

function T:tearDown()
  host.remove(self.folder, { recursive = true })
end

function T:load(workflow)
  local cfg, problems = config.load { environment = { HOME = self.folder }, file = "/dev/null",
    overrides = { AFFICHE_SCRIPTS = self.scripts, AUTO_DOWNLOAD_DIR = self.folder } }
  local app = assert(apps.new { cfg = cfg, problems = problems })
  return apps.load(app, workflow)
end

function T:test_a_step_can_be_used_as_it_is()
  local path = assert(scaffold.write("step", "water-mark", self.scripts))
  lu.assertEquals(path, self.scripts .. "/steps/water-mark.lua")
  assert(scaffold.write("workflow", "mine", self.scripts))
  local text = assert(host.read(self.scripts .. "/mine.lua"))
  assert(host.write(self.scripts .. "/mine.lua", (text:gsub('"upload"', '"water-mark", "upload"'))))
  local flow = assert(self:load("mine"))
  lu.assertEquals(flow.steps[2].name, "water-mark")
  lu.assertTrue(flow.steps[2].when({ kind = "image" }))
  lu.assertEquals(flow.steps[2].run({ name = "a.jpg", size = 3 }), { water_mark_done = true })
end

function T:test_a_workflow_can_be_used_as_it_is()
  local path = assert(scaffold.write("workflow", "mine", self.scripts))
  lu.assertEquals(path, self.scripts .. "/mine.lua")
  local flow = assert(self:load("mine"))
  lu.assertEquals(flow.name, "mine")
  lu.assertEquals(flow.folder, self.folder)
  lu.assertFalse((flow.accept.accept({ kind = "video" })))
end

function T:test_nothing_is_overwritten()
  local path = assert(scaffold.write("step", "mine", self.scripts))
  assert(host.write(path, "return 1"))
  local again, err = scaffold.write("step", "mine", self.scripts)
  lu.assertNil(again)
  lu.assertEquals(err.code, "EEXIST")
  lu.assertEquals(host.read(path), "return 1")
end

function T:test_names_that_cannot_be()
  for _, name in ipairs { "", "../x", "a/b", "1a", "a.b", ("a"):rep(65), ".x", "a b", "é" } do
    local path, err = scaffold.write("step", name, self.scripts)
    lu.assertNil(path, name)
    lu.assertEquals(err.kind, "format")
  end
  for kind, name in pairs { step = "publish", workflow = "captions" } do
    lu.assertNil(scaffold.write(kind, name, self.scripts))
  end
  lu.assertNil(scaffold.write("workflow", "poster_media", self.scripts))
  lu.assertNil(host.stat(self.folder))
end

return T
