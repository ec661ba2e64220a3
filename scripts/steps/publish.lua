-- publish.lua: the post itself, exactly once.
local instagram = require "instagram"

return {
  run = function(item)
    return assert(instagram.publish(item))
  end,
  -- Only what certainly did not go out is tried again.
  retry = { attempts = 3, first = 5, factor = 2, max = 60 },
}
