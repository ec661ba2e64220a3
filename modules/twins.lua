-- twins.lua - files of one content in one run: the first in feed order goes on, the others wait for
-- what becomes of it. A place waits until every earlier one is known, so that the first is certain.
local M = {}
local Twins = {}
Twins.__index = Twins

---@param count integer places in this run
function M.new(count)
  local arrived = {}
  for place = 1, count do arrived[place] = host.gate() end
  return setmetatable({ arrived = arrived, first = 1, waiting = {} }, Twins)
end

---What lies at a place is known now; `key` is nil when there is nothing to be compared. Only the
---first word about a place counts.
function Twins:arrive(place, key)
  if not self.arrived[place] then return end
  if key then
    self.waiting[key] = self.waiting[key] or {}
    self.waiting[key][place] = host.gate()
  end
  self.arrived[place]:open()
  self.arrived[place] = false
  while self.arrived[self.first] == false do self.first = self.first + 1 end
end

-- The nearest earlier place of the same content that is not done, or nil.
local function predecessor(places, place)
  local nearest
  for other in pairs(places) do
    if other < place and (not nearest or other > nearest) then nearest = other end
  end
  return nearest
end

---Waits for every earlier file of the same content. What it returns is to be closed, for the next.
---@return table
function Twins:take(place, key)
  while self.first < place do self.arrived[self.first]:wait() end
  local places = self.waiting[key]
  local before = predecessor(places, place)
  if before then places[before]:wait() end
  return setmetatable({}, { __close = function()
    places[place]:open()
    places[place] = nil
    if next(places) == nil then self.waiting[key] = nil end
  end })
end

return M
