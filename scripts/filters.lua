-- filters.lua: which files are published.
--
-- Called once for each picture or video of the folder. Return true to publish it, or false and the
-- reason to leave it where it is. An example that skips small pictures:
--   if item.width and item.width < 600 then return false, "too small" end
return function(item)  -- luacheck: ignore item
  return true
end
