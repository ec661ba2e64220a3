-- lazy.lua - a module that is loaded when something of it is used: `local url = lazy "url"`. For
-- what the short commands do without: reading a module takes longer than most of what they do.

---@param name string
---@return table
return function(name)
  return setmetatable({}, { __index = function(_, key) return require(name)[key] end })
end
