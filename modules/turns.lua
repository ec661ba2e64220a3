-- turns.lua - the order in which the posts of one run appear on the feed of an account.
-- Everything runs in parallel but media_publish: an item takes its turn when all earlier ones have
-- passed or ended, or when one of them kept the others waiting for too long, and one at a time.
local mutex = require "mutex"
local places = require "places"

local M = {}
local Turns = {}
Turns.__index = Turns

---@param options { patience: number, on_overtake: fun(item: table) }
function M.new(options)
  return setmetatable({ places = places.new(), held = {}, patience = options.patience,
    on_overtake = options.on_overtake }, Turns)
end

---This place needs no turn any more: published, failed or put off.
function Turns:pass(place)
  self.places:pass(place)
end

-- Patience is for one slow item, so it begins anew with each that passes: a long queue that moves
-- keeps its order.
local function wait_for_earlier(self, place, item)
  local all, waited_for, deadline = self.places, nil, nil
  while all.first < place do
    if all.first ~= waited_for then
      waited_for, deadline = all.first, host.now("monotonic") + self.patience
    end
    local left = deadline - host.now("monotonic")
    if left <= 0 or not all:wait_first(left) then
      if all.first == waited_for then return self.on_overtake(item) end
    end
  end
end

---@param place integer
---@return table turn closable
function Turns:take(place, item)
  wait_for_earlier(self, place, item)
  local holder = mutex.hold(self.held, "publish")  -- one publish in flight
  local turn = {}
  function turn.release()
    turn.released = true
    holder.release()
    self:pass(place)
  end
  return setmetatable(turn, { __close = turn.release })
end

return M
