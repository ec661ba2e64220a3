-- The pipeline: finished steps are finished, until there is a reason to run them again.
local items = require "item"
local lu = require "luaunit"
local made = require "item_support"
local pipeline = require "pipeline"
local support = require "file_support"

local T = support.spec()
local folder_setup, folder_teardown = T.setUp, T.tearDown

function T:setUp()
  folder_setup(self)
  self.app = made.app(self.dir)
  self.ran = {}
end

function T:tearDown()
  self.app.journal:close()
  folder_teardown(self)
end

-- A step that notes that it ran and returns what `fn` does.
local function step(self, name, fn, more)
  local made_step = { name = name, run = function(item)
    self.ran[#self.ran + 1] = name
    if fn then return fn(item) end
  end }
  for key, value in pairs(more or {}) do made_step[key] = value end
  return made_step
end

-- One run, as if the program had been started anew: the item is made again from the journal.
local function run(self, steps, inputs)
  self.ran = {}
  self.item = made.item(self.app, self.dir, "a.jpg")
  local context = items.context(self.item)
  context.inputs = inputs or "inputs"
  local reported = {}
  local ok, err = pipeline.run(self.item, steps, function(name) reported[#reported + 1] = name end)
  return ok, err, reported
end

function T:test_steps_run_in_order_and_hand_on_what_they_return()
  local steps = { step(self, "one", function() return { a = 1 } end), step(self, "two"),
    step(self, "three", function(item) return { b = item.a + 1 } end) }
  local ok, _, reported = run(self, steps)
  lu.assertTrue(ok)
  lu.assertEquals(self.ran, { "one", "two", "three" })
  lu.assertEquals(reported, self.ran)
  lu.assertEquals(self.item.b, 2)
end

function T:test_finished_steps_do_not_run_again()
  local fails = true
  local steps = { step(self, "one", function() return { a = { "x" }, n = 1.5 } end),
    step(self, "two", function()
      if fails then error("not today") end
      return { b = 2 }
    end) }
  local ok, err = run(self, steps)
  lu.assertNil(ok)
  lu.assertEquals({ err.step, err.file, err.kind }, { "two", "a.jpg", "script" })
  lu.assertStrContains(err.message, "not today")
  lu.assertStrContains(err.traceback, "pipeline_spec.lua")
  fails = false
  lu.assertTrue(run(self, steps))
  lu.assertEquals(self.ran, { "two" })
  lu.assertEquals({ self.item.a, self.item.n, self.item.b }, { { "x" }, 1.5, 2 })
  lu.assertTrue(run(self, steps))
  lu.assertEquals(self.ran, {})
end

function T:test_changed_inputs_run_everything_again()
  local steps = { step(self, "one"), step(self, "two") }
  assert(run(self, steps))
  assert(run(self, steps, "a changed script"))
  lu.assertEquals(self.ran, { "one", "two" })
end

function T:test_a_step_put_in_between_runs_what_follows_again()
  assert(run(self, { step(self, "one"), step(self, "three") }))
  assert(run(self, { step(self, "one"), step(self, "two", function() return { c = 1 } end),
    step(self, "three") }))
  lu.assertEquals(self.ran, { "two", "three" })
end

local function claim(self, state)
  self.app.journal:put_post { account = "1", post_kind = "feed", sha256 = self.item.sha256,
    name = "a.jpg", state = state, container = "1", sent = 1, sends = 1 }
end

function T:test_after_a_publish_was_sent_nothing_before_it_runs_again()
  local steps = { step(self, "one"), step(self, "two", function() error("later") end) }
  for _, state in ipairs({ "sent", "live" }) do
    run(self, steps, "first " .. state)
    claim(self, state)
    run(self, steps, "changed " .. state)
    lu.assertEquals(self.ran, { "two" }, state)
    claim(self, "new")
  end
  run(self, steps, "changed")
  lu.assertEquals(self.ran, { "one", "two" })
end

local function file_steps(self)
  return { step(self, "prepare", function(item)
      local path = item:temp(".jpg")
      support.make(path, "prepared " .. item.name)
      return { file = path }
    end), step(self, "upload", function(item)
      lu.assertEquals(support.content(item.file), "prepared a.jpg")
      lu.assertEquals(item.file_sha256, host.hash(item.file))
    end), step(self, "last", function() error("never") end) }
end

function T:test_a_lost_or_altered_intermediate_file_is_made_again()
  local steps = file_steps(self)
  run(self, steps)
  run(self, steps)
  lu.assertEquals(self.ran, { "last" })
  os.remove(self.item.file)
  run(self, steps)
  lu.assertEquals(self.ran, { "prepare", "last" }) -- the same bytes: the upload still holds
  support.make(self.item.file, "something else")
  run(self, steps)
  lu.assertEquals(self.ran, { "prepare", "last" })
end

function T:test_a_file_that_is_not_there_fails_its_step()
  local ok, err = run(self, { step(self, "one", function() return { file = "/no/such" } end) })
  lu.assertNil(ok)
  lu.assertEquals({ err.code, err.step }, { "ENOENT", "one" })
  ok, err = run(self, { step(self, "one", function() return { file = 12 } end) })
  lu.assertNil(ok)
  lu.assertEquals(err.step, "one")
end

function T:test_a_step_may_hand_on_the_original()
  assert(run(self, { step(self, "one", function(item) return { file = item.path } end) }))
  lu.assertEquals(self.item.file, self.item.path)
end

function T:test_results_that_cannot_be_are_told()
  for _, value in ipairs({ "text", 12, false, true }) do
    local ok, err = run(self, { step(self, "one", function() return value end) })
    lu.assertNil(ok)
    lu.assertStrContains(err.message, "step one returned a " .. type(value))
  end
  local ok, err = run(self, { step(self, "one", function() return { sha256 = "x" } end) })
  lu.assertNil(ok)
  lu.assertStrContains(err.message, "'sha256'")
  ok, err = run(self, { step(self, "one", function() return { fn = print } end) })
  lu.assertNil(ok)
  lu.assertEquals(err.step, "one")
end

function T:test_a_failure_may_be_returned_as_well_as_raised()
  local mine = host.error { kind = "remote", message = "refused", code = 550 }
  for _, fn in ipairs({ function() return nil, mine end, function() error(mine) end }) do
    local ok, err = run(self, { step(self, "one", fn) })
    lu.assertNil(ok)
    lu.assertEquals({ err.kind, err.code, err.message }, { "remote", 550, "refused" })
  end
end

local function failing(kind, retryable, more)
  local fields = { kind = kind, message = "again", retryable = retryable }
  for key, value in pairs(more or {}) do fields[key] = value end
  return function() error(host.error(fields)) end
end

function T:test_retryable_failures_are_tried_again()
  local retry = { attempts = 3, first = 0.001, factor = 1, max = 0.01 }
  run(self, { step(self, "one", failing("network", true), { retry = retry }) })
  lu.assertEquals(#self.ran, 3)
  run(self, { step(self, "one", failing("network", true)) })
  lu.assertEquals(#self.ran, 1)
  for _, fn in ipairs({ failing("format", false), failing("limit", true, { deferred = true }),
    failing("remote", true, { uncertain = true }) }) do
    run(self, { step(self, "one", fn, { retry = retry }) })
    lu.assertEquals(#self.ran, 1)
  end
end

function T:test_a_retry_that_works_is_a_success()
  local steps = { step(self, "one", function()
    if #self.ran < 2 then failing("network", true)() end
    return { tries = #self.ran }
  end, { retry = { attempts = 3, first = 0.001 } }) }
  lu.assertTrue(run(self, steps))
  lu.assertEquals(self.item.tries, 2)
end

function T:test_a_step_that_takes_too_long_is_ended()
  local ended = false
  local steps = { step(self, "one", function()
    local _ <close> = setmetatable({}, { __close = function() ended = true end })
    host.sleep(60)
  end, { timeout = 0.02 }) }
  local ok, err = run(self, steps)
  lu.assertNil(ok)
  lu.assertEquals({ err.kind, err.retryable, ended }, { "timeout", true, true })
  lu.assertStrContains(err.message, "one")
  lu.assertTrue(run(self, { step(self, "quick", nil, { timeout = 60 }) }))
end

function T:test_a_step_runs_only_when_it_applies()
  local yes = false
  local steps = { step(self, "one", nil, { when = function(item) return yes and item.name end }) }
  lu.assertTrue(run(self, steps))
  lu.assertEquals(self.ran, {})
  yes = true
  lu.assertTrue(run(self, steps))
  lu.assertEquals(self.ran, { "one" })
  local ok, err = run(self, { step(self, "two", nil, { when = function() error("odd") end }) })
  lu.assertNil(ok)
  lu.assertEquals(err.step, "two")
  lu.assertStrContains(err.message, "odd")
end

function T:test_the_end_of_a_step_passes_its_turn_on()
  assert(run(self, { step(self, "one", function(item) item:turn() end) }))
  lu.assertNil(self.app.turns.held.publish)
  run(self, { step(self, "two", function(item)
    item:turn()
    error("oh")
  end) })
  lu.assertNil(self.app.turns.held.publish)
end

function T:test_a_note_is_there_when_the_step_is_entered_again()
  local steps = { step(self, "one", function(item)
    if not item.note.container then
      item:remember { container = "1" }
      error("cut")
    end
    return { container = item.note.container }
  end) }
  lu.assertNil(run(self, steps))
  lu.assertTrue(run(self, steps))
  lu.assertEquals(self.item.container, "1")
end

function T:test_a_journal_that_fails_is_told_as_such()
  local ok, err = run(self, { step(self, "one", function()
    self.app.journal:close()
  end) })
  lu.assertNil(ok)
  lu.assertEquals(err.step, "one")
  self.app = made.app(self.dir)
end

return T
