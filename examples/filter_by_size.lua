-- filter_by_size.lua: small pictures and long files stay where they are.
--
-- How to use: copy this file as filters.lua into the folder of your scripts, for example
--   cp filter_by_size.lua ~/.config/affiche/scripts/filters.lua
-- and see what it lets through with `affiche preview`.

local SMALLEST = 600              -- pixels, the shorter side of a picture
local LARGEST = 50 * 1000 * 1000  -- bytes, of any file

return function(item)
  if item.kind == "image" and item.width and math.min(item.width, item.height) < SMALLEST then
    return false, "smaller than " .. SMALLEST .. " pixels"
  end
  if item.size > LARGEST then
    return false, "larger than " .. LARGEST // 1000000 .. " MB"
  end
  return true
end
