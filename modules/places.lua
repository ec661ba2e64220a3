-- places.lua - numbered places, each passed once, in any order. Who waits, waits for the first that
-- is not passed yet. Only what lies between that one and the last is kept, however many there are.
local M = {}
local Places = {}
Places.__index = Places

function M.new()
  return setmetatable({ first = 1, passed = {}, gates = {} }, Places)
end

---@param place integer
function Places:has_passed(place)
  return place < self.first or self.passed[place] == true
end

---Whoever waits for this place goes on. Once is enough.
---@param place integer
function Places:pass(place)
  if self:has_passed(place) then return end
  self.passed[place] = true
  local gate = self.gates[place]
  self.gates[place] = nil
  if gate then gate:open() end
  while self.passed[self.first] do
    self.passed[self.first] = nil
    self.first = self.first + 1
  end
end

---Waits until the place that is the first now is passed; false when `seconds` were not enough.
---@param seconds? number
---@return boolean
function Places:wait_first(seconds)
  local place = self.first
  local gate = self.gates[place] or host.gate()
  self.gates[place] = gate
  return gate:wait(seconds) and true or false
end

return M
