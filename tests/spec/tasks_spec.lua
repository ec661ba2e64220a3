-- Tasks: host.spawn, host.sleep, host.map, host.shield, host.gate, host.signal.
local lu = require "luaunit"

local T = {}

local function elapsed(since)
  return host.now "monotonic" - since
end

-- Starts fn as a task and lets it run until it waits.
local function started(fn)
  local task = host.spawn(fn)
  host.sleep(0)
  lu.assertEquals(task:status(), "waiting")
  return task
end

-- spawn and Task

function T:test_join_gives_what_the_function_returned()
  local task = host.spawn(function(...) return select("#", ...), ... end, "a", nil, 3)
  lu.assertEquals(task:status(), "ready")
  local got = table.pack(task:join())
  lu.assertEquals(got, { true, 3, "a", nil, 3, n = 5 })
  lu.assertEquals(task:status(), "dead")
  lu.assertEquals(table.pack(task:join()), got)
end

function T:test_join_gives_the_error_of_a_task()
  local gone = host.error { kind = "io", message = "gone" }
  local ok, err = host.spawn(function() error(gone) end):join()
  lu.assertFalse(ok)
  lu.assertEquals({ err.kind, err.message }, { "io", "gone" })
  ok, err = host.spawn(function() error "plain" end):join()
  lu.assertFalse(ok)
  lu.assertEquals(err.kind, "script")
  lu.assertStrContains(err.message, "tasks_spec.lua")
  lu.assertStrContains(err.traceback, "tasks_spec.lua")
end

function T:test_many_may_join_one_task()
  local gate = host.gate()
  local task = started(function() gate:wait() return 7 end)
  local sums = {}
  local joiners = {}
  for i = 1, 5 do
    joiners[i] = host.spawn(function() sums[i] = select(2, task:join()) end)
  end
  host.sleep(0)
  gate:open()
  for _, joiner in ipairs(joiners) do joiner:join() end
  lu.assertEquals(sums, { 7, 7, 7, 7, 7 })
end

function T:test_cancel_closes_what_the_task_held()
  local closed = false
  local task = started(function()
    local _ <close> = setmetatable({}, { __close = function() closed = true end })
    host.sleep(50)
  end)
  task:cancel()
  lu.assertTrue(closed)
  lu.assertEquals(task:status(), "dead")
  local ok, err = task:join()
  lu.assertFalse(ok)
  lu.assertEquals(err.kind, "cancelled")
  task:cancel() -- a finished one is left as it is
end

function T:test_a_task_that_leaves_its_block_is_ended()
  local task
  do
    local closing <close> = started(function() host.sleep(50) end)
    task = closing
  end
  lu.assertEquals(task:status(), "dead")
end

function T:test_a_joining_task_can_be_cancelled()
  local slow <close> = started(function() host.sleep(50) end)
  local joiner = started(function() slow:join() end)
  joiner:cancel()
  lu.assertEquals(joiner:status(), "dead")
  lu.assertEquals(slow:status(), "waiting")
end

function T:test_waiting_passes_through_pcall_iterators_and_metamethods()
  local trail = {}
  local slow = setmetatable({}, { __add = function() host.sleep(0.001) return "sum" end })
  lu.assertEquals(slow + 1, "sum")
  for i in function(_, n) host.sleep(0.001) return n < 3 and n + 1 or nil end, nil, 0 do
    trail[#trail + 1] = i
  end
  lu.assertEquals(trail, { 1, 2, 3 })
  lu.assertEquals({ pcall(function() host.sleep(0.001) return 5 end) }, { true, 5 })
end

function T:test_waiting_in_a_wrong_place_says_so()
  lu.assertError(function() table.sort({ 2, 1 }, function() host.sleep(0.001) end) end)
  local inner = coroutine.create(function() host.sleep(0.001) end)
  lu.assertFalse((coroutine.resume(inner)))
  local ok, err = host.spawn(function() coroutine.yield() end):join()
  lu.assertFalse(ok)
  lu.assertStrContains(err.message, "coroutine.yield")
end

function T:test_arguments_of_spawn_are_checked()
  lu.assertError(host.spawn)
  lu.assertError(host.spawn, 1)
end

-- sleep

function T:test_sleep_lasts_and_others_run_meanwhile()
  local order = {}
  local long = host.spawn(function() host.sleep(0.05) order[#order + 1] = "long" end)
  local short = host.spawn(function() host.sleep(0.01) order[#order + 1] = "short" end)
  local since = host.now "monotonic"
  lu.assertTrue(host.sleep(0.02))
  lu.assertTrue(elapsed(since) >= 0.019)
  long:join()
  short:join()
  lu.assertEquals(order, { "short", "long" })
end

function T:test_sleep_checks_its_argument()
  for _, bad in ipairs { -1, "x", 1e12, 0 / 0 } do lu.assertError(host.sleep, bad) end
  lu.assertError(host.sleep)
end

-- map

function T:test_map_keeps_the_order_and_the_limit()
  local running, most = 0, 0
  local result = host.map({ 5, 4, 3, 2, 1 }, { concurrency = 2 }, function(value, index)
    running = running + 1
    most = math.max(most, running)
    host.sleep(value / 1000)
    running = running - 1
    return value * 10 + index
  end)
  lu.assertEquals(result, { 51, 42, 33, 24, 15 })
  lu.assertEquals(most, 2)
  lu.assertEquals(host.map({}, {}, error), {})
end

function T:test_map_raises_the_first_failure_and_begins_no_more()
  local begun, ended = {}, {}
  local ok, err = pcall(host.map, { 1, 2, 3, 4 }, { concurrency = 2 }, function(value)
    begun[#begun + 1] = value
    if value == 2 then error(host.error { kind = "io", message = "first" }) end
    host.sleep(0.005)
    ended[#ended + 1] = value
  end)
  lu.assertFalse(ok)
  lu.assertEquals(err.message, "first")
  lu.assertEquals(begun, { 1, 2 })
  lu.assertEquals(ended, { 1 })
end

function T:test_map_checks_its_arguments()
  lu.assertError(host.map, 1, {}, print)
  lu.assertError(host.map, {}, {}, 1)
  lu.assertErrorMsgContains("speed", host.map, {}, { speed = 1 }, print)
  lu.assertError(host.map, {}, { concurrency = 0 }, print)
end

function T:test_a_killed_map_ends_its_workers()
  local before = host.live().tasks
  local task = started(function()
    host.map({ 1, 2, 3 }, {}, function() host.sleep(50) end)
  end)
  host.sleep(0)
  lu.assertEquals(host.live().tasks, before + 4)
  task:cancel()
  lu.assertEquals(host.live().tasks, before)
end

-- shield

function T:test_shield_puts_cancellation_off()
  local done, after = false, false
  local task = started(function()
    lu.assertEquals({ host.shield(function(a) host.sleep(0.01) done = true return a, 2 end, 1) },
      { 1, 2 })
    host.sleep(50)
    after = true
  end)
  task:cancel()
  lu.assertEquals(task:status(), "waiting")
  lu.assertFalse((task:join()))
  lu.assertEquals({ done, after }, { true, false })
end

function T:test_an_error_ends_the_shield()
  local task = started(function()
    pcall(host.shield, function() error "x" end)
    host.sleep(50)
  end)
  task:cancel()
  lu.assertEquals(task:status(), "dead")
  lu.assertError(host.shield, 1)
end

-- gate

function T:test_a_gate_lets_everyone_through_once_open()
  local gate, through = host.gate(), 0
  local tasks = {}
  for i = 1, 3 do
    tasks[i] = started(function() gate:wait() through = through + 1 end)
  end
  lu.assertEquals(through, 0)
  gate:open()
  for _, task in ipairs(tasks) do task:join() end
  lu.assertEquals(through, 3)
  lu.assertTrue(gate:wait())
end

function T:test_waiting_at_a_gate_times_out_and_can_be_cancelled()
  local gate = host.gate()
  local ok, err = gate:wait(0.01)
  lu.assertNil(ok)
  lu.assertEquals(err.kind, "timeout")
  local task = started(function() gate:wait() end)
  task:cancel()
  gate:open() -- finds nobody
  lu.assertError(gate.wait, gate, -1)
end

-- signal

function T:test_a_signal_wakes_everyone_who_waits_for_it()
  local one = started(host.signal)
  local two = started(host.signal)
  assert(host.exec { "sh", "-c", "kill -TERM " .. host.info().pid })
  lu.assertEquals({ one:join() }, { true, "SIGTERM" })
  lu.assertEquals({ two:join() }, { true, "SIGTERM" })
end

function T:test_waiting_for_a_signal_can_be_cancelled()
  local task = started(host.signal)
  task:cancel()
  lu.assertEquals(task:status(), "dead")
end

return T
