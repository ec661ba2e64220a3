-- twins_spec.lua - files of one content go one after the other, in feed order.
local lu = require "luaunit"
local twins = require "twins"

local T = {}

local function go(all, order, place, key)
  return host.spawn(function()
    local _ <close> = all:take(place, key)
    order[#order + 1] = place
    host.sleep(0.001)
  end)
end

function T:test_the_first_in_order_goes_first_whoever_comes_first()
  local all, order = twins.new(), {}
  all:arrive(3, "a")
  local third = go(all, order, 3, "a")
  host.sleep(0.005)
  lu.assertEquals(order, {})
  all:arrive(2, "a")
  local second = go(all, order, 2, "a")
  all:arrive(1, "a")
  local first = go(all, order, 1, "a")
  for _, task in ipairs { first, second, third } do lu.assertTrue((task:join())) end
  lu.assertEquals(order, { 1, 2, 3 })
  lu.assertNil(next(all.waiting))
end

function T:test_other_contents_do_not_wait()
  local all, order = twins.new(), {}
  all:arrive(1, "a")
  all:arrive(2, "b")
  local held = all:take(1, "a")
  lu.assertTrue((go(all, order, 2, "b"):join()))
  lu.assertEquals(order, { 2 })
  getmetatable(held).__close()
end

function T:test_a_place_without_content_holds_nobody_up()
  local all, order = twins.new(), {}
  all:arrive(2, "a")
  local task = go(all, order, 2, "a")
  all:arrive(1)
  all:arrive(1, "a")
  lu.assertTrue((task:join()))
  lu.assertEquals(order, { 2 })
end

return T
