-- The runner itself: each case is a spec written to a folder and run by a second program.
local lu = require "luaunit"

local T = {}

function T:setUp()
  self.folder = (host.env "TMPDIR" or "/tmp") .. "/affiche-" .. host.random(6)
  assert(host.mkdir(self.folder))
end

function T:tearDown()
  assert(host.remove(self.folder, { recursive = true }))
end

-- Exit status, last line and whole output of `affiche test` on a spec with this body.
local function run(body)
  local path = T.folder .. "/case_spec.lua"
  assert(host.write(path, 'local lu = require "luaunit"\nlocal T = {}\n' .. body .. "\nreturn T\n"))
  local done = assert(host.exec({ host.info().executable, "test", path }, { timeout = 60 }))
  return done.status, done.stdout:match "([^\n]*)\n$", done.stdout
end

function T:test_counts_what_passed()
  local status, last = run [[
    function T:test_a() lu.assertEquals(1, 1) end
    function T:test_b() host.sleep(0.001) end
    function T:helper() error "not a test" end]]
  lu.assertEquals(last, "2 passed, 0 failed")
  lu.assertEquals(status, 0)
end

function T:test_a_failure_is_shown_with_its_place()
  local status, last, output = run [[
    function T:test_a() lu.assertEquals(1, 2) end]]
  lu.assertEquals(last, "0 passed, 1 failed")
  lu.assertEquals(status, 1)
  lu.assertStrContains(output, "case_spec.lua:3:")
  lu.assertStrContains(output, "expected: 2, actual: 1")
  lu.assertStrContains(output, "traceback")
end

function T:test_errors_of_every_kind_are_failures()
  local _, last, output = run [[
    function T:test_a() error { kind = "io" } end
    function T:test_b() error() end
    function T:test_c() return nosuchname end
    function T:test_d() somewhere = 1 end
    function T:test_e() assert(host.read("/nonexistent/file")) end]]
  lu.assertEquals(last, "0 passed, 5 failed")
  lu.assertStrContains(output, "undefined global 'nosuchname'")
  lu.assertStrContains(output, "global 'somewhere' is not allowed")
end

function T:test_skips_are_counted_apart()
  local status, last, output = run [[
    function T:test_a() lu.skip "no server here" end
    function T:test_b() lu.success() end]]
  lu.assertEquals(last, "1 passed, 0 failed, 1 skipped")
  lu.assertEquals(status, 0)
  lu.assertStrContains(output, "no server here")
end

function T:test_set_up_and_tear_down_run_around_each()
  local _, last, output = run [[
    function T:setUp() io.write "[" end
    function T:tearDown() io.write "]" end
    function T:test_a() io.write "a" end
    function T:test_b() io.write "b" error "x" end]]
  lu.assertEquals(last, "1 passed, 1 failed")
  lu.assertStrContains(output, "[a].[b]")
end

function T:test_a_failing_tear_down_fails_the_test()
  local _, last, output = run [[
    function T:tearDown() error "cannot clean" end
    function T:test_a() end]]
  lu.assertEquals(last, "0 passed, 1 failed")
  lu.assertStrContains(output, "cannot clean")
end

function T:test_a_task_left_behind_fails_the_test()
  local _, last, output = run [[
    function T:test_a() host.spawn(function() host.sleep(50) end) end]]
  lu.assertEquals(last, "0 passed, 1 failed")
  lu.assertStrContains(output, "left alive: tasks")
end

function T:test_a_test_that_hangs_is_ended_and_the_next_one_runs()
  local _, last, output = run [[
    T.deadline = 0.2
    function T:test_a() host.sleep(50) end
    function T:test_b() end]]
  lu.assertEquals(last, "1 passed, 1 failed")
  lu.assertStrContains(output, "not done after 0.2 s")
end

function T:test_a_file_that_cannot_be_used_is_a_failure()
  lu.assertEquals(select(2, run "this is no Lua"), "0 passed, 1 failed")
  lu.assertEquals(select(2, run "error 'at load'"), "0 passed, 1 failed")
  lu.assertEquals(select(2, run "T.test_x = 1"), "0 passed, 1 failed")
  local done = assert(host.exec { host.info().executable, "test", self.folder .. "/none.lua" })
  lu.assertEquals(done.status, 1)
  lu.assertStrContains(done.stdout, "0 passed, 1 failed")
end

function T:test_helpers_beside_the_spec_are_found()
  assert(host.write(self.folder .. "/beside.lua", "return { answer = 42 }"))
  local _, last = run [[
    function T:test_a() lu.assertEquals(require "beside".answer, 42) end]]
  lu.assertEquals(last, "1 passed, 0 failed")
end

return T
