-- Workflows: what a script declares, and what is said of a mistake in it.
local lu = require "luaunit"
local script = require "script"
local support = require "file_support"
local workflow = require "workflow"

local T = support.spec()

-- Loads `flow.lua` with this text; `steps` are step scripts by name.
local function load_flow(self, text, steps)
  assert(host.mkdir(self.dir .. "/steps"))
  for name, content in pairs(steps or {}) do
    support.make(("%s/steps/%s.lua"):format(self.dir, name), content)
  end
  support.make(self.dir .. "/flow.lua", text)
  local loader = script.new { folders = { self.dir }, env = {}, workflow = workflow.define }
  return workflow.load(loader, "flow")
end

local function refused(self, expected, text, steps)
  local ok, err = pcall(load_flow, self, text, steps)
  lu.assertFalse(ok, text)
  lu.assertEquals(err.kind, "script")
  lu.assertStrContains(err.message, expected)
  return err
end

function T:test_a_workflow_is_loaded_with_its_steps()
  local flow = load_flow(self, [[return workflow { name = "mine", folder = "/in", order = "age",
    accept = function() return false, "no" end,
    steps = { "one", "two", { name = "three", run = function() return { three = 3 } end } } }]], {
    one = "return function() return { one = 1 } end",
    two = [[return { run = function() end, when = function() return true end, timeout = 5,
      retry = { attempts = 3, first = 2, factor = 2, max = 30 } }]],
  })
  lu.assertEquals({ flow.name, flow.folder, flow.order }, { "mine", "/in", "age" })
  lu.assertEquals({ flow.steps[1].name, flow.steps[2].name, flow.steps[3].name },
    { "one", "two", "three" })
  lu.assertEquals(flow.steps[1].run(), { one = 1 })
  lu.assertEquals(flow.steps[3].run(), { three = 3 })
  lu.assertEquals({ flow.steps[2].timeout, flow.steps[2].retry.attempts }, { 5, 3 })
  lu.assertEquals({ flow.accept.accept() }, { false, "no" })
end

function T:test_what_is_left_out_has_a_default()
  local flow = load_flow(self, "return workflow { name = 'mine', steps = { 'one' } }",
    { one = "return function() end" })
  lu.assertEquals(flow.order, "name")
  lu.assertTrue(flow.accept.accept())
end

function T:test_the_declaration_is_checked_and_its_file_named()
  local mistakes = {
    ["it does not return workflow"] = "return { name = 'mine' }",
    ["it needs a name"] = "return workflow { steps = { 'one' } }",
    ["it needs steps"] = "return workflow { name = 'mine', steps = {} }",
    ["unknown field 'stepps'"] = "return workflow { name = 'mine', stepps = { 'one' } }",
    ["'name' must be a string, not a number"] = "return workflow { name = 1, steps = { 'one' } }",
    ["'steps' must be a table, not a string"] = "return workflow { name = 'm', steps = 'one' }",
    ["order is \"name\" or \"age\", not \"size\""] =
      "return workflow { name = 'm', order = 'size', steps = { 'one' } }",
    ["accept: a function"] = "return workflow { name = 'm', accept = 'all', steps = { 'one' } }",
    ["unknown field 'on_duplicates'"] = [[return workflow { name = 'm', steps = { 'one' },
      accept = { accept = function() end, on_duplicates = function() end } }]],
    ["step 2 has no name"] = "return workflow { name = 'm', steps = { 'one', { run = print } } }",
    ["step one stands there twice"] = "return workflow { name = 'm', steps = { 'one', 'one' } }",
  }
  for expected, text in pairs(mistakes) do
    local err = refused(self, expected, text, { one = "return function() end" })
    lu.assertStrContains(err.message, "flow.lua")
  end
  refused(self, "a table expected", "return workflow 'mine'")
end

function T:test_steps_are_checked_and_named()
  local flow = "return workflow { name = 'mine', steps = { 'one' } }"
  local mistakes = {
    ["step one: a function, or a table with `run`, expected"] = "return {}",
    ["step one: unknown field 'runs'"] = "return { run = function() end, runs = 1 }",
    ["step one: 'timeout' must be a number, not a string"] =
      "return { run = function() end, timeout = '5' }",
    ["step one: 'timeout' must be more than 0"] = "return { run = function() end, timeout = -1 }",
    ["step one, retry: unknown field 'times'"] =
      "return { run = function() end, retry = { times = 3 } }",
    ["undefined global 'frobnicate'"] = "return frobnicate",
  }
  for expected, text in pairs(mistakes) do refused(self, expected, flow, { one = text }) end
end

function T:test_a_missing_step_is_named()
  refused(self, "no script 'steps/nothing'",
    "return workflow { name = 'mine', steps = { 'nothing' } }")
end

return T
