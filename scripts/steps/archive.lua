-- archive.lua: the original moves to the folder processed/, under its own name.
local archive = require "archive"

return function(item)
  return assert(archive.move(item, "processed"))
end
