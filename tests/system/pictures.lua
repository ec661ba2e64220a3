-- pictures.lua - any number of small JPEG files, no two of one content.
local M = {}

local SAMPLE = host.info().root .. "/examples/media/morning.jpg"
local sample

---A JPEG that differs from every other one by a comment in it.
---@param text string
function M.jpeg(text)
  sample = sample or assert(host.read(SAMPLE))
  local comment = "\xFF\xFE" .. string.pack(">I2", #text + 2) .. text
  return sample:sub(1, 2) .. comment .. sample:sub(3)
end

return M
