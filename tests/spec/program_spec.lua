-- The program around a script: host.now, host.live, host.env, host.info, host.limit, host.error.
local lu = require "luaunit"

local T = {}

function T:test_now_has_two_clocks()
  lu.assertTrue(math.abs(host.now() - os.time()) <= 2)
  lu.assertEquals(math.type(host.now "wall"), "float")
  local before = host.now "monotonic"
  host.sleep(0.01)
  local passed = host.now "monotonic" - before
  lu.assertTrue(passed >= 0.009 and passed < 10)
  lu.assertError(host.now, "moon")
end

function T:test_live_counts_tasks_operations_and_handles()
  local before = host.live()
  local task = host.spawn(function() host.sleep(50) end)
  host.sleep(0)
  local now = host.live()
  lu.assertEquals(now.tasks, before.tasks + 1)
  lu.assertTrue(now.operations > before.operations)
  lu.assertTrue(now.handles > before.handles)
  lu.assertTrue(now.memory > 0)
  task:cancel()
end

function T:test_env_reads_the_environment()
  lu.assertIsString(host.env "PATH")
  lu.assertNil(host.env "AFFICHE_NO_SUCH_VARIABLE")
  lu.assertEquals(host.env().PATH, host.env "PATH")
  lu.assertError(host.env, {})
end

function T:test_info_describes_the_program()
  local info = host.info()
  lu.assertStrMatches(info.version, "%d+%.%d+%.%d+")
  lu.assertEquals(info.executable:sub(1, 1), "/")
  lu.assertEquals({ info.root:sub(1, 1), info.cwd:sub(1, 1) }, { "/", "/" })
  lu.assertStrContains(info.libraries.lua, "Lua 5.4")
  lu.assertEquals(math.type(info.pid), "integer")
end

function T:test_a_script_that_holds_the_loop_is_stopped()
  host.limit { seconds = 0.1 }
  local ok, err = host.spawn(function()
    while true do pcall(function() while true do end end) end
  end):join()
  host.limit { seconds = 5 }
  lu.assertFalse(ok)
  lu.assertStrContains(err.message, "program_spec.lua")
  lu.assertStrContains(err.message, "without waiting")
end

function T:test_a_script_that_hogs_memory_fails_alone()
  local ok, err = host.spawn(function()
    local hoard = {}
    while true do hoard[#hoard + 1] = ("x"):rep(1 << 20) .. #hoard end
  end):join()
  lu.assertFalse(ok)
  lu.assertEquals(err.kind, "limit")
  lu.assertStrContains(err.message, "memory")
end

function T:test_limit_checks_its_argument()
  lu.assertError(host.limit)
  lu.assertErrorMsgContains("colour", host.limit, { colour = 1 })
  lu.assertError(host.limit, { seconds = -1 })
end

function T:test_error_makes_what_primitives_return()
  local err = host.error { kind = "remote", message = "no", code = 9004 }
  lu.assertEquals({ err.kind, err.message, err.code }, { "remote", "no", 9004 })
  lu.assertFalse(err.retryable)
  lu.assertStrContains(tostring(err), "no")
  lu.assertErrorMsgContains("odd", host.error, { kind = "odd", message = "no" })
  lu.assertError(host.error, { kind = "io" })
end

-- Who reads the result must not take silence for success.
function T:test_results_that_cannot_be_written_are_no_success()
  if not host.stat("/dev/full") then lu.skip("this system has no /dev/full") end
  local done = assert(host.exec { "sh", "-c", [["$0" version >/dev/full]],
    host.info().executable })
  lu.assertEquals(done.status, 2)
  lu.assertStrContains(done.stderr, "stdout")
end

return T
