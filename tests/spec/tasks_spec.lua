-- tasks_spec.lua - tasks, waiting, cancelling, budgets: sleep spawn map shield gate signal limit
-- live now env info error.
local lu = require "luaunit"

local T = {}

local function clock()
  return host.now("monotonic")
end

function T:tearDown()
  host.limit { seconds = 5, memory = 64 << 20 }
end

-- sleep ----------------------------------------------------------------------------------------

function T:test_sleep_lets_time_pass()
  local start = clock()
  lu.assertTrue(host.sleep(0.02))
  lu.assertTrue(clock() - start >= 0.019)
end

function T:test_sleep_refuses_bad_arguments()
  lu.assertErrorMsgContains("not negative", host.sleep, -1)
  lu.assertErrorMsgContains("not negative", host.sleep, 0 / 0)
  lu.assertErrorMsgContains("number expected", host.sleep, "soon")
end

function T:test_sleep_is_cut_when_its_task_is_cancelled()
  local task = host.spawn(host.sleep, 1000)
  host.sleep(0)
  task:cancel()
  lu.assertEquals(task:status(), "dead")
end

-- spawn and join -------------------------------------------------------------------------------

function T:test_join_gives_results_as_often_as_asked()
  local task = host.spawn(function(a, b)
    host.sleep(0)
    return a + b, nil, "x"
  end, 1, 2)
  for _ = 1, 2 do
    local outcome = table.pack(task:join())
    lu.assertEquals(outcome, { true, 3, nil, "x", n = 4 })
  end
end

function T:test_join_gives_the_error_with_its_place()
  local task = host.spawn(function() error("wrong turn") end)
  local ok, err = task:join()
  lu.assertFalse(ok)
  lu.assertEquals(err.kind, "script")
  lu.assertStrContains(err.message, "tasks_spec.lua:")
  lu.assertStrContains(err.message, "wrong turn")
  lu.assertStrContains(err.traceback, "stack traceback")
end

function T:test_an_error_table_arrives_unchanged()
  local thrown = host.error { kind = "network", message = "gone", retryable = true, host = "x" }
  local _, err = host.spawn(function() error(thrown) end):join()
  lu.assertIs(err, thrown)
  lu.assertEquals(tostring(err), "gone")
end

function T:test_a_task_waits_for_another_through_pcall_and_iterators()
  local inner = host.spawn(function()
    host.sleep(0.01)
    return 7
  end)
  local outer = host.spawn(function()
    local _, ok, value = pcall(inner.join, inner)
    for _ in function(_, seen)
      host.sleep(0)
      return not seen or nil
    end do value = value + 1 end
    return ok, value
  end)
  lu.assertEquals({ outer:join() }, { true, true, 8 })
end

function T:test_waiting_in_a_wrong_place_says_which()
  local _, err = host.spawn(function()
    table.sort({ 3, 1, 2 }, function(a, b)
      host.sleep(0)
      return a < b
    end)
  end):join()
  lu.assertStrContains(err.message, "table.sort")
  _, err = host.spawn(function()
    coroutine.wrap(function() host.sleep(0) end)()
  end):join()
  lu.assertStrContains(err.message, "coroutine made by a script")
end

function T:test_a_bare_yield_ends_the_task_with_a_message()
  local ok, err = host.spawn(function() coroutine.yield(1) end):join()
  lu.assertFalse(ok)
  lu.assertStrContains(err.message, "coroutine.yield")
end

function T:test_a_script_may_use_coroutines_of_its_own()
  local ok, sum = host.spawn(function()
    local total = 0
    for value in coroutine.wrap(function()
      for i = 1, 4 do coroutine.yield(i) end
    end) do total = total + value end
    return total
  end):join()
  lu.assertTrue(ok)
  lu.assertEquals(sum, 10)
end

function T:test_cancel_closes_variables_and_frees_what_is_waited_for()
  local closed = 0
  local task = host.spawn(function()
    local _ <close> = setmetatable({}, { __close = function() closed = closed + 1 end })
    host.sleep(1000)
  end)
  host.sleep(0)
  task:cancel()
  task:cancel()
  local ok, err = task:join()
  lu.assertEquals({ closed, ok, err.kind }, { 1, false, "cancelled" })
end

function T:test_a_task_in_a_close_variable_ends_with_its_block()
  local task
  do
    local scoped <close> = host.spawn(host.sleep, 1000)
    task = scoped
    host.sleep(0)
    lu.assertEquals(task:status(), "waiting")
  end
  lu.assertEquals(task:status(), "dead")
end

function T:test_cancelling_what_is_ready_but_not_resumed()
  local task = host.spawn(function() error("never runs") end)
  task:cancel()
  local ok, err = task:join()
  lu.assertEquals({ ok, err.kind }, { false, "cancelled" })
end

function T:test_a_task_cannot_wait_for_itself()
  local task
  task = host.spawn(function() return task:join() end)
  local ok, err = task:join()
  lu.assertFalse(ok)
  lu.assertStrContains(err.message, "itself")
end

-- map ------------------------------------------------------------------------------------------

function T:test_map_keeps_order_and_limits_what_runs_at_once()
  local running, most = 0, 0
  local values = {}
  for i = 1, 20 do values[i] = i end
  local result = host.map(values, { concurrency = 4 }, function(value, index)
    running = running + 1
    most = math.max(most, running)
    host.sleep((value % 3) / 200)
    running = running - 1
    return value * 10 + index - value
  end)
  lu.assertEquals(most, 4)
  for i = 1, 20 do lu.assertEquals(result[i], i * 10) end
end

function T:test_map_without_waiting_over_a_long_list()
  local list = {}
  for i = 1, 20000 do list[i] = i end
  local result = host.map(list, function(value) return value end)
  lu.assertEquals(#result, 20000)
end

function T:test_map_raises_the_first_failure_and_begins_nothing_more()
  local begun = {}
  local ok, err = pcall(host.map, { 1, 2, 3, 4, 5, 6 }, { concurrency = 2 }, function(value)
    begun[#begun + 1] = value
    host.sleep(0.001)
    if value == 2 then error("no good") end
  end)
  lu.assertFalse(ok)
  lu.assertStrContains(tostring(err), "no good")
  lu.assertTrue(#begun < 6)
end

function T:test_map_ends_its_workers_when_the_caller_is_cancelled()
  local ended = 0
  local task = host.spawn(function()
    host.map({ 1, 2, 3 }, function()
      local _ <close> = setmetatable({}, { __close = function() ended = ended + 1 end })
      host.sleep(1000)
    end)
  end)
  host.sleep(0.01)
  task:cancel()
  lu.assertEquals(ended, 3)
end

function T:test_map_refuses_bad_arguments()
  lu.assertErrorMsgContains("unknown option 'parallel'", host.map, {}, { parallel = 1 }, print)
  lu.assertErrorMsgContains("concurrency", host.map, {}, { concurrency = 0 }, print)
  lu.assertErrorMsgContains("table expected", host.map, 5, print)
end

-- shield ---------------------------------------------------------------------------------------

function T:test_shield_puts_cancellation_off()
  local steps = {}
  local task = host.spawn(function()
    local value = host.shield(function(a)
      host.sleep(0.02)
      steps[#steps + 1] = "inside"
      return a
    end, 5)
    steps[#steps + 1] = value
    host.sleep(0)
    steps[#steps + 1] = "never"
  end)
  host.sleep(0)
  task:cancel()
  lu.assertEquals(task:status(), "waiting")
  local ok, err = task:join()
  lu.assertEquals({ ok, err.kind }, { false, "cancelled" })
  lu.assertEquals(steps, { "inside", 5 })
end

function T:test_shield_ends_with_an_error_too()
  local task = host.spawn(function()
    pcall(host.shield, function() error("x") end)
    host.sleep(1000)
  end)
  host.sleep(0)
  task:cancel()
  lu.assertEquals(task:status(), "dead")
end

function T:test_shield_wants_a_function()
  lu.assertErrorMsgContains("function expected", host.shield, 1)
end

-- gate -----------------------------------------------------------------------------------------

function T:test_gate_lets_all_through_once_open()
  local gate, passed = host.gate(), 0
  local tasks = {}
  for i = 1, 3 do
    tasks[i] = host.spawn(function()
      gate:wait()
      passed = passed + 1
    end)
  end
  host.sleep(0)
  lu.assertEquals(passed, 0)
  gate:open()
  for _, task in ipairs(tasks) do task:join() end
  lu.assertEquals(passed, 3)
  lu.assertTrue(gate:wait())
end

function T:test_gate_gives_up_in_time_and_when_cancelled()
  local gate = host.gate()
  local opened, err = gate:wait(0.01)
  lu.assertNil(opened)
  lu.assertEquals(err.kind, "timeout")
  local task = host.spawn(gate.wait, gate)
  host.sleep(0)
  task:cancel()
  gate:open()
  lu.assertErrorMsgContains("not negative", gate.wait, host.gate(), -1)
end

-- budgets --------------------------------------------------------------------------------------

function T:test_a_script_that_loops_is_stopped_and_named()
  host.limit { seconds = 0.05 }
  local ok, err = host.spawn(function() while true do end end):join()
  lu.assertFalse(ok)
  lu.assertStrContains(err.message, "tasks_spec.lua:")
  lu.assertStrContains(err.message, "without waiting")
end

function T:test_pcall_in_a_loop_does_not_help_it()
  host.limit { seconds = 0.05 }
  local ok = host.spawn(function()
    while true do pcall(function() while true do end end) end
  end):join()
  lu.assertFalse(ok)
end

function T:test_a_script_that_hogs_memory_fails_alone()
  host.limit { memory = 24 << 20 }
  local other = host.spawn(function()
    host.sleep(0.01)
    return "fine"
  end)
  local ok, err = host.spawn(function()
    local list = {}
    while true do list[#list + 1] = ("x"):rep(65536) .. #list end
  end):join()
  lu.assertEquals({ ok, err.kind, err.message }, { false, "limit", "not enough memory" })
  lu.assertEquals({ other:join() }, { true, "fine" })
end

function T:test_limit_refuses_bad_arguments()
  lu.assertErrorMsgContains("unknown option", host.limit, { hours = 1 })
  lu.assertErrorMsgContains("seconds", host.limit, { seconds = -1 })
end

-- The rest -------------------------------------------------------------------------------------

function T:test_undefined_globals_are_named()
  lu.assertErrorMsgContains("undefined global 'frobnicate'", load "return frobnicate")
  lu.assertErrorMsgContains("write 'local'", load "frobnicate = 1")
end

function T:test_precompiled_chunks_are_refused()
  local dumped = string.dump(function() return 1 end)
  local chunk, message = load(dumped, "x", "b")
  lu.assertNil(chunk)
  lu.assertStrContains(message, "binary")
end

function T:test_now_has_two_clocks()
  lu.assertTrue(math.abs(host.now() - os.time()) < 2)
  lu.assertTrue(host.now("monotonic") <= host.now("monotonic"))
  lu.assertErrorMsgContains("invalid option", host.now, "lunar")
end

function T:test_env_reads_the_process_environment()
  lu.assertEquals(host.env("PATH"), host.env().PATH)
  lu.assertNil(host.env("AFFICHE_THERE_IS_NO_SUCH_VARIABLE"))
  lu.assertErrorMsgContains("string expected", host.env, {})
end

function T:test_info_names_the_program()
  local info = host.info()
  lu.assertStrMatches(info.version, "%d+%.%d+%.%d+")
  lu.assertStrMatches(info.libraries.libcurl, "%d+%.%d+%.%d+.*")
  lu.assertStrMatches(info.libraries.libmicrohttpd, "%d+%.%d+%.%d+")
  lu.assertTrue(info.pid > 1)
end

function T:test_error_checks_its_kind()
  lu.assertErrorMsgContains("not a kind", host.error, { kind = "odd", message = "x" })
  lu.assertErrorMsgContains("table expected", host.error, "x")
  local err = host.error { kind = "io", message = "disk" }
  lu.assertEquals({ err.retryable, tostring(err) }, { false, "disk" })
end

function T:test_live_counts_what_waits()
  host.sleep(0)  -- the runner's own watchdog waits from now on
  local before = host.live()
  local task = host.spawn(host.sleep, 1000)
  host.sleep(0)
  local during = host.live()
  lu.assertEquals(during.tasks, before.tasks + 1)
  lu.assertEquals(during.operations, before.operations + 1)
  task:cancel()
end

-- In a process of its own: the program that runs the specs heeds signals too.
local WAITS_FOR_A_SIGNAL = [[
return { test_it = function()
  host.shield(function()
    local task = host.spawn(host.exec, { "sh", "-c", "kill -TERM " .. host.info().pid })
    print("got " .. host.signal())
    task:join()
  end)
end }
]]

function T:test_signal_tells_which_one_came()
  local folder = host.env("TMPDIR") or "/tmp"
  local path = ("%s/affiche-signal-%s_spec.lua"):format(folder, host.random(4))
  local _ <close> = setmetatable({}, { __close = function() os.remove(path) end })
  assert(host.write(path, WAITS_FOR_A_SIGNAL))
  local result = assert(host.exec({ host.info().executable, "test", path }, { timeout = 30 }))
  lu.assertStrContains(result.stdout, "got SIGTERM")
  lu.assertEquals(result.status, 130)
end

function T:test_signal_can_be_cancelled()
  local task = host.spawn(host.signal)
  host.sleep(0)
  lu.assertEquals(task:status(), "waiting")
  task:cancel()
end

return T
