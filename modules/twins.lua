-- twins.lua - files of one content in one run: the first in feed order goes on, the others wait for
-- what becomes of it. A place waits until every earlier one is known, so that the first is certain.
local places = require "places"

local M = {}
local Twins = {}
Twins.__index = Twins

function M.new()
  return setmetatable({ arrived = places.new(), waiting = {} }, Twins)
end

---What lies at a place is known now; `key` is nil when there is nothing to be compared. Only the
---first word about a place counts.
function Twins:arrive(place, key)
  if self.arrived:has_passed(place) then return end
  if key then
    self.waiting[key] = self.waiting[key] or {}
    self.waiting[key][place] = host.gate()
  end
  self.arrived:pass(place)
end

-- The nearest earlier place of the same content that is not done, or nil.
local function predecessor(others, place)
  local nearest
  for other in pairs(others) do
    if other < place and (not nearest or other > nearest) then nearest = other end
  end
  return nearest
end

---Waits for every earlier file of the same content. What it returns is to be closed, for the next.
---@return table
function Twins:take(place, key)
  while self.arrived.first < place do self.arrived:wait_first() end
  local same = self.waiting[key]
  local before = predecessor(same, place)
  if before then same[before]:wait() end
  return setmetatable({}, { __close = function()
    same[place]:open()
    same[place] = nil
    if next(same) == nil then self.waiting[key] = nil end
  end })
end

return M
