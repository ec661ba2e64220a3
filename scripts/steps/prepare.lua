-- prepare.lua: the words and the picture, made fit for Instagram.
local captions = require "captions"
local formats = require "formats"
local prepare = require "prepare"

return function(item)
  -- The caption first: a mistake in it costs nothing yet.
  local result = assert(prepare.caption(item, captions))
  -- Then the file: converted, or as it is, as formats.lua says.
  local file = assert(prepare.file(item, formats[item.format]))
  for key, value in pairs(file) do result[key] = value end
  return result
end
