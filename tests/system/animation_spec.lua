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

-- Two frames on 160 x 120, 0.1 s each; the same.
local function webp(what)
  local bytes = assert(host.read(host.info().root .. "/tests/fuzz/corpus/webp/animated"))
  local body = bytes:sub(9) .. "NOTE" .. ("<s4"):pack(what) .. ("\0"):rep(#what % 2)
  return "RIFF" .. ("<s4"):pack(body)
end

local function receipt(world, name)
  local text = assert(host.read(("%s/processed/.receipts/%s.json"):format(world.media, name)))
  for _, step in ipairs(json.decode(text).steps) do
    if step.name == "prepare" then return step.result, json.decode(text) end
  end
end

local function rule(world, animation)
  scene.script(world, "formats", ([[
    local moving = { send = "jpeg", fit = "pad", min_width = 320, max_width = 1440,
      min_ratio = 0.8, max_ratio = 1.91, animation = %q }
    local function as(extension)
      local entry = { extensions = { extension } }
      for key, value in pairs(moving) do entry[key] = value end
      return entry
    end
    return { gif = as ".gif", webp = as ".webp" }]]):format(animation))
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
  world:put("wave.webp", webp "one")
  local tools = world.folder .. "/tools" -- a PATH without it
  assert(host.mkdir(tools))
  local result = scene.pass(world, { prefix = { "/usr/bin/env", "PATH=" .. tools } })
  lu.assertEquals(result.status, 0, result.stderr)
  for _, name in ipairs { "wink.gif", "wave.webp" } do
    lu.assertStrContains(result.stderr, name .. " moves, but no film can be made of it here")
  end
  lu.assertEquals({ world:posts()[1].kind, world:posts()[2].kind }, { "image", "image" })
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

function T:test_an_animated_webp_is_a_reel_as_well()
  need_ffmpeg()
  local world <close> = scene.new()
  rule(world, "video")
  world:put("wave.webp", webp "one")
  local own = { "--scripts", world.scripts }
  local told = world:run { own[1], own[2], "explain", "wave.webp", "--json" }.json
  lu.assertEquals({ told.target.width, told.target.height }, { 320, 240 })
  local details = json.encode(told.rules)
  lu.assertStrContains(details, "webp, 2 pictures of 160 x 120, becomes a film of 320 x 240")
  local preview = world:run { own[1], own[2], "preview", "--json" }.json.items[1]
  lu.assertEquals({ preview.decision, preview.target.width, preview.target.height },
    { "publish", 320, 240 })
  local result = scene.pass(world)
  lu.assertEquals(result.status, 0, result.stderr)
  lu.assertEquals({ #world:posts(), world:posts()[1].kind }, { 1, "video" })
  local prepared, whole = receipt(world, "wave.webp")
  lu.assertEquals({ prepared.animation, prepared.target_width, prepared.target_height },
    { "video", 320, 240 })
  lu.assertEquals(whole.post_kind, "reel")
  local sent = assert(host.list(world.public))
  lu.assertEquals(#sent, 1)
  local facts = assert(host.probe(world.public .. "/" .. sent[1]))
  lu.assertEquals({ facts.format, facts.codec, facts.width, facts.height, facts.faststart },
    { "mp4", "avc1", 320, 240, true })
  lu.assertAlmostEquals(facts.duration, 3, 0.05)
end

---An AVIF sequence under another name, for which there is no film: its picture, and that is told.
function T:test_of_a_sequence_the_first_picture_goes_out()
  local world <close> = scene.new()
  local made, argv = world.folder .. "/made.avif", { "avifenc", "-s", "9", "--fps", "5" }
  for i, colour in ipairs { "\xC8\50\40", "\40\50\xC8" } do
    local frame = ("%s/frame%d.y4m"):format(world.folder, i)
    assert(host.write(frame, "YUV4MPEG2 W64 H64 F5:1 C444\nFRAME\n" .. colour:gsub(".",
      function(sample) return sample:rep(64 * 64) end)))
    argv[#argv + 1] = frame
  end
  argv[#argv + 1] = made
  local done, err = host.exec(argv)
  if not done and err.code == "ENOENT" then lu.skip("avifenc is not installed") end
  assert(done and done.status == 0, tostring(err or done.stderr))
  assert(host.move(made, world.media .. "/wave.jpg"))
  local result = world:pass()
  lu.assertEquals(result.status, 0, result.stderr)
  lu.assertStrContains(result.stderr, "wave.jpg moves: the first of its 2 pictures goes out")
  lu.assertEquals(world:posts()[1].kind, "image")
  lu.assertEquals(receipt(world, "wave.jpg").animation, "first")
end

---One that cannot be played is an error that names it, and no picture goes out in its place.
function T:test_a_damaged_animation_fails_by_name()
  need_ffmpeg()
  local world <close> = scene.new()
  rule(world, "video")
  local bytes = webp "one"
  local _, second = bytes:find("ANMF.-ANMF")
  local data = bytes:find("VP8 ", second, true)
  world:put("wave.webp", bytes:sub(1, data + 7) .. ("x"):rep(16) .. bytes:sub(data + 24))
  local result = scene.pass(world)
  lu.assertEquals(result.status, 1, result.stderr)
  lu.assertEquals(world:posts(), {})
  local err = result.json.result.items[1].error
  lu.assertEquals(err.kind, "format")
  lu.assertStrContains(err.message, "wave.webp: the WebP file is damaged")
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
