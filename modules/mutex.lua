-- mutex.lua - one task at a time for each key, in the order of asking.
local M = {}

---Waits until nobody holds `key`; the result is to be kept in a `local … <close>`.
---@param held table<any, Gate> the keys that are held now, shared by those who exclude each other
---@param key any
---@return { release: function }
function M.hold(held, key)
  while held[key] do held[key]:wait() end
  local gate = host.gate()
  held[key] = gate
  local holder = {}
  function holder.release()
    if held[key] == gate then held[key] = nil end
    gate:open()
  end
  return setmetatable(holder, { __close = holder.release })
end

return M
