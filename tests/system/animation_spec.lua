-- A picture that moves: its first frame, or a film where the rules ask for one; either way once.
local json = require "json"
local lu = require "luaunit"
local scene = require "scene"

local T = {}

-- Red and blue in turn, 0.4 s each; `what` makes another content of it.
local function gif(what)
  local function frame(colour)
    return "\x21\xF9\4\0\40\0\0\0\x2C\0\0\0\0\1\0\1\0\0\2\2" .. colour .. "\1\0"
  end
  return "GIF89a\1\0\1\0\x80\0\0\xC8\50\40\40\50\xC8\x21\xFE" .. string.char(#what) .. what .. "\0"
    .. frame "\x44" .. frame "\x4C" .. ";"
end

local function receipt(world, name)
  local text = assert(host.read(("%s/processed/.receipts/%s.json"):format(world.media, name)))
  for _, step in ipairs(json.decode(text).steps) do
    if step.name == "prepare" then return step.result, json.decode(text) end
  end
end

local function rule(world, animation)
  scene.script(world, "formats", ([[
    return { gif = { extensions = { ".gif" }, send = "jpeg", fit = "pad", min_width = 320,
      max_width = 1440, min_ratio = 0.8, max_ratio = 1.91, animation = %q } }]]):format(animation))
end

local function need_ffmpeg()
  if not host.exec({ "ffmpeg", "-version" }) then lu.skip("ffmpeg is not installed") end
end

function T:test_as_shipped_the_first_frame_goes_out_and_that_is_told()
  local world <close> = scene.new()
  world:put("wink.gif", gif "one")
  local result = world:pass()
  lu.assertEquals(result.status, 0, result.stderr)
  lu.assertStrContains(result.stderr, "wink.gif moves: the first of its 2 pictures goes out")
  lu.assertEquals(#world:posts(), 1)
  lu.assertEquals(world:posts()[1].kind, "image")
  lu.assertEquals(receipt(world, "wink.gif").animation, "first")
end

function T:test_without_ffmpeg_the_first_frame_goes_out()
  local world <close> = scene.new()
  rule(world, "video")
  world:put("wink.gif", gif "one")
  local tools = world.folder .. "/tools" -- a PATH without it
  assert(host.mkdir(tools))
  local result = scene.pass(world, { prefix = { "/usr/bin/env", "PATH=" .. tools } })
  lu.assertEquals(result.status, 0, result.stderr)
  lu.assertStrContains(result.stderr, "no film can be made of it here")
  lu.assertEquals(world:posts()[1].kind, "image")
end

function T:test_a_film_where_the_rules_ask_for_one()
  need_ffmpeg()
  local world <close> = scene.new()
  rule(world, "video")
  world:put("wink.gif", gif "one")
  local result = scene.pass(world)
  lu.assertEquals(result.status, 0, result.stderr)
  lu.assertEquals(#world:posts(), 1)
  lu.assertEquals(world:posts()[1].kind, "video")
  local prepared, whole = receipt(world, "wink.gif")
  lu.assertEquals({ prepared.animation, whole.kind, whole.post_kind }, { "video", "video", "reel" })
  -- The same content again, under another rule and without the journal: no second post.
  for _, animation in ipairs { "first", "video" } do
    rule(world, animation)
    world:put(animation .. ".gif", gif "one")
    if animation == "video" then assert(host.remove(world.state, { recursive = true })) end
    result = scene.pass(world)
    lu.assertEquals(result.status, 0, result.stderr)
    lu.assertEquals(result.json.result.items[1].state, "duplicate")
    lu.assertEquals(#world:posts(), 1)
  end
end

function T:test_what_went_out_as_a_picture_is_no_film_later()
  need_ffmpeg()
  local world <close> = scene.new()
  rule(world, "first")
  world:put("wink.gif", gif "one")
  lu.assertEquals(scene.pass(world).status, 0)
  rule(world, "video")
  world:put("again.gif", gif "one")
  local result = scene.pass(world)
  lu.assertEquals(result.json.result.items[1].state, "duplicate")
  world:put("other.gif", gif "two")
  lu.assertEquals(scene.pass(world).status, 0)
  local kinds = {}
  for i, post in ipairs(world:posts()) do kinds[i] = post.kind end
  lu.assertEquals(kinds, { "image", "video" })
end

return T
