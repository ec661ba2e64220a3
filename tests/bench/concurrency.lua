-- concurrency.lua - what it brings to have eight files in flight: 40 pictures, an Instagram that
-- takes 1 s to get ready and 50 ms a request, AFFICHE_CONCURRENCY 1 and 8.
--
--   affiche console tests/bench/concurrency.lua
package.path = host.info().root .. "/tests/system/?.lua;" .. package.path
local pictures = require "pictures"
local world = require "world"

local FILES, MOST = 40, 1 / 4

local function feed_in_order(media)
  local before = ""
  for _, post in ipairs(media) do
    if post.caption <= before then return false end
    before = post.caption
  end
  return true
end

local function seconds_with(concurrency)
  local here <close> = world.new { switches = { image_seconds = 1, latency = 0.05 },
    env = { AFFICHE_CONCURRENCY = tostring(concurrency), LOG_LEVEL = "warn" } }
  for i = 1, FILES do
    local name = ("picture %02d.jpg"):format(i)
    here:put(name, pictures.jpeg(name))
  end
  local started = host.now "monotonic"
  local result = here:pass { timeout = 600 }
  local seconds = host.now "monotonic" - started
  assert(result.status == 0 and #here:posts() == FILES, result.stderr)
  assert(feed_in_order(here:posts()), "the posts are not in order")
  print(("concurrency %d: %d files in %.1f s, in order"):format(concurrency, FILES, seconds))
  return seconds
end

local one, eight = seconds_with(1), seconds_with(8)
print(("ratio %.3f (wanted: less than %.2f)"):format(eight / one, MOST))
return eight / one < MOST and 0 or 1
