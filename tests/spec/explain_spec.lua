-- Explain: which rule says what about a file, and what the next run would do.
local apps = require "app"
local explain = require "explain"
local job_support = require "job_support"
local lu = require "luaunit"
local support = require "file_support"

local T = {}

function T:setUp() self.job = job_support.new() end
function T:tearDown() self.job:close() end

-- The object, and its verdicts by rule.
function T:explain(name)
  local app = self.job:app()
  local flow = assert(apps.load(app, "poster_media"))
  local _, look_err = apps.look(app)
  lu.assertNil(look_err)
  local object, err = explain.of(app, flow, name)
  apps.close(app)
  local verdicts = {}
  for _, rule in ipairs(object and object.rules or {}) do verdicts[rule.rule] = rule.verdict end
  return object, verdicts, err
end

function T:test_a_picture_passes_every_rule()
  self.job:add "morning.jpg"
  local object, verdicts = self:explain "morning.jpg"
  lu.assertEquals({ verdicts.folder, verdicts.extension, verdicts.content, verdicts.filters,
    verdicts.duplicate, verdicts.caption }, { "yes", "yes", "yes", "yes", "yes", "yes" })
  lu.assertEquals({ object.next.decision, object.facts.format }, { "publish", "jpeg" })
  lu.assertStrContains(object.caption.text, "Morning")
end

function T:test_a_text_beside_it_is_named()
  self.job:add "morning.jpg"
  support.make(self.job.dir .. "/in/morning.txt", "words of its own")
  local object, verdicts = self:explain "morning.jpg"
  lu.assertEquals({ verdicts.sidecar, object.caption.text }, { "yes", "words of its own" })
end

function T:test_what_is_no_medium_fails_by_its_content()
  support.make(self.job.dir .. "/in/bad.jpg", "no picture")
  local _, verdicts = self:explain "bad.jpg"
  lu.assertEquals({ verdicts.extension, verdicts.content }, { "yes", "no" })
end

function T:test_another_extension_is_ignored()
  support.make(self.job.dir .. "/in/notes.md", "words")
  local object, verdicts = self:explain "notes.md"
  lu.assertEquals({ verdicts.extension, object.next.decision }, { "no", "ignore" })
end

function T:test_what_is_not_known_is_an_error()
  local object, _, err = self:explain "nothing.jpg"
  lu.assertNil(object)
  lu.assertEquals(err.code, "ENOENT")
end

return T
