-- Turns: posts appear in order, one at a time, and nobody waits for ever.
local lu = require "luaunit"
local turns = require "turns"

local T = {}

local function order_of(patience)
  local seen = {}
  local all = turns.new { patience = patience or 60,
    on_overtake = function(item) seen[#seen + 1] = "overtakes: " .. item end }
  return all, seen
end

function T:test_places_follow_each_other_whoever_comes_first()
  local all, seen = order_of()
  host.map({ 3, 1, 4, 2 }, { concurrency = 4 }, function(place)
    local _ <close> = all:take(place, place)
    host.sleep(0)
    seen[#seen + 1] = place
  end)
  lu.assertEquals(seen, { 1, 2, 3, 4 })
end

function T:test_one_holds_the_turn_at_a_time()
  local all = order_of(0)
  local inside, most = 0, 0
  host.map({ 5, 4, 3, 2, 1 }, { concurrency = 5 }, function(place)
    local _ <close> = all:take(place, place)
    inside = inside + 1
    most = math.max(most, inside)
    host.sleep(0.002)
    inside = inside - 1
  end)
  lu.assertEquals(most, 1)
end

function T:test_a_place_that_passes_is_not_waited_for()
  local all, seen = order_of()
  all:pass(1)
  all:pass(2)
  all:pass(2)
  local _ <close> = all:take(3, "c")
  lu.assertEquals(seen, {})
end

function T:test_a_slow_earlier_one_is_overtaken_with_a_word()
  local all, seen = order_of(0.02)
  local before = host.now "monotonic"
  local _ <close> = all:take(2, "b")
  local waited = host.now "monotonic" - before
  lu.assertEquals(seen, { "overtakes: b" })
  lu.assertTrue(waited >= 0.019, waited)
end

function T:test_patience_begins_anew_with_each_that_passes()
  local all, seen = order_of(1)
  local tasks = {}
  for place = 1, 3 do
    tasks[place] = host.spawn(function()
      local _ <close> = all:take(place, place)
      host.sleep(0.4)
    end)
  end
  do
    local _ <close> = all:take(4, "d")
  end
  for _, task in ipairs(tasks) do assert(task:join()) end
  lu.assertEquals(seen, {})
end

function T:test_the_overtaken_one_goes_later()
  local all, seen = order_of(0)
  do
    local _ <close> = all:take(2, "b")
  end
  local _ <close> = all:take(1, "a")
  lu.assertEquals(seen, { "overtakes: b" })
end

function T:test_a_task_killed_while_it_holds_the_turn_gives_it_back()
  local all = order_of()
  local holder = host.spawn(function()
    local _ <close> = all:take(1, "a")
    host.sleep(60)
  end)
  host.sleep(0)
  holder:cancel()
  holder:join()
  local taker = host.spawn(function() all:take(2, "b").release() end)
  lu.assertTrue((taker:join()))
end

return T
