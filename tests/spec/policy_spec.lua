-- The rule scripts: the shipped ones pass, mistakes are named, gaps are filled.
local lu = require "luaunit"
local policy = require "policy"
local script = require "script"
local support = require "file_support"

local T = support.spec()

local function load_with(self, scripts)
  for name, text in pairs(scripts) do support.make(("%s/%s.lua"):format(self.dir, name), text) end
  local shipped = host.info().root .. "/scripts"
  return policy.load(script.new { folders = { self.dir, shipped }, env = {},
    workflow = function() end })
end

local function refused(self, name, text, expected)
  local ok, err = pcall(load_with, self, { [name] = text })
  os.remove(("%s/%s.lua"):format(self.dir, name))
  lu.assertFalse(ok, text)
  lu.assertEquals(err.kind, "script")
  lu.assertStrContains(err.message, name .. ".lua")
  lu.assertStrContains(err.message, expected)
end

function T:test_the_shipped_rules_pass()
  local rules = load_with(self, {})
  lu.assertIsFunction(rules.captions)
  lu.assertEquals(rules.formats.webp.fit, "pad")
  lu.assertEquals({ rules.formats.jpeg.passthrough, rules.formats.mov.fix }, { true, "remux" })
  lu.assertEquals(rules.pacing.wait_for_earlier, 60)
end

function T:test_what_pacing_leaves_out_is_as_shipped()
  local shipped = load_with(self, {}).pacing
  local mine = load_with(self, { pacing = [[return { wait_for_earlier = 5, per_day = 10,
    poll = { image = { 1 } }, ready_within = { video = 60 } }]] }).pacing
  lu.assertEquals({ mine.wait_for_earlier, mine.per_day, mine.poll.image }, { 5, 10, { 1 } })
  lu.assertEquals(mine.poll.video, shipped.poll.video)
  lu.assertEquals({ mine.ready_within.image, mine.ready_within.video },
    { shipped.ready_within.image, 60 })
  lu.assertEquals(mine.settle_after, shipped.settle_after)
  os.remove(self.dir .. "/pacing.lua")
end

function T:test_mistakes_in_pacing_are_named()
  for text, expected in pairs({
    ["return 5"] = "must be a table",
    ["return { patience = 5 }"] = "unknown field 'patience'",
    ["return { wait_for_earlier = 'long' }"] = "'wait_for_earlier' must be a number, not a string",
    ["return { poll = { image = {} } }"] = "poll.image needs a number",
    ["return { poll = { video = 5 } }"] = "poll.video must be a list",
    ["return { settle_after = { -1 } }"] = "settle_after: seconds",
    ["return { quiet_hours = { from = '22:00' } }"] = "quiet_hours: 'to'",
    ["return { quiet_hours = { from = '25:00', to = '7:00' } }"] = "quiet_hours: 'from'",
  }) do refused(self, "pacing", text, expected) end
end

function T:test_mistakes_in_formats_are_named()
  for text, expected in pairs({
    ["return {}"] = "one entry per format",
    ["return { jpeg = { keep = { 'gps' } } }"] = "jpeg: 'keep' cannot hold \"gps\"",
    ["return { jpeg = 'yes' }"] = "jpeg must be a table",
    ["return { jpeg = { backgroud = '#fff' } }"] = "jpeg: unknown field 'backgroud'",
    ["return { jpeg = { quality = '90' } }"] = "jpeg: 'quality' must be a number, not a string",
    ["return { jpeg = { fit = 'stretch' } }"] = "jpeg: 'fit' cannot be \"stretch\"",
    ["return { jpeg = { send = 'raw' } }"] = "jpeg: 'send' cannot be \"raw\"",
    ["return { mp4 = { fix = 'repair' } }"] = "mp4: 'fix' cannot be \"repair\"",
    ["return { jpeg = { extensions = { 'jpg' } } }"] = "jpeg: extensions are texts such as",
  }) do refused(self, "formats", text, expected) end
end

function T:test_captions_must_be_a_function()
  refused(self, "captions", "return 'the same for all'", "function(item)")
end

return T
