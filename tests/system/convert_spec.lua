-- `affiche convert`: a shell gets what a run would send, but for what it asks for.
local lu = require "luaunit"
local scene = require "scene"

local T = {}

-- What came of the picture: its bytes and its facts.
local function convert(world, ...)
  local output = world.folder .. "/made.jpg"
  local argv = { "convert", world.media .. "/a.jpg", output, ... }
  local done = world:run(argv)
  lu.assertEquals(done.status, 0, done.stderr)
  return assert(host.read(output)), assert(host.probe(output))
end

-- A world with a picture that fits, and beside it a comment in its file.
local function start(comment)
  local world = scene.new()
  world:put("a.jpg", scene.jpeg(comment))
  return world
end

local function without(bytes, comment)
  local at = bytes:find(comment, 1, true) - 4
  return bytes:sub(1, at - 1) .. bytes:sub(at + 4 + #comment)
end

function T.test_a_fit_jpeg_keeps_its_picture_byte_for_byte()
  local world <close> = start "where it was taken"
  local source = assert(host.read(world.media .. "/a.jpg"))
  lu.assertTrue(convert(world, "--fit", "pad") == without(source, "where it was taken"))
end

function T.test_a_quality_that_is_named_is_that_of_an_encoder()
  local world <close> = start "x"
  lu.assertTrue(#convert(world, "--quality", "50") < #convert(world, "--quality", "90") * 0.6)
end

function T.test_a_width_below_the_shipped_limit()
  local world <close> = start "x"
  local _, facts = convert(world, "--max-width", "100")
  lu.assertEquals({ facts.width, facts.height }, { 100, 56 })
end

function T.test_a_story()
  local world <close> = start "x"
  local _, facts = convert(world, "--fit", "story")
  lu.assertEquals(facts.width / facts.height, 9 / 16)
end

function T.test_of_what_moves_the_first_picture_is_made_and_told()
  local world <close> = scene.new()
  local frame = "\x21\xF9\4\0\10\0\0\0\x2C\0\0\0\0\1\0\1\0\0\2\2\x44\1\0"
  world:put("two.gif", "GIF89a\1\0\1\0\x80\0\0\xC8\50\40\40\50\xC8" .. frame:rep(3) .. ";")
  local path = world.media .. "/two.gif"
  lu.assertEquals(assert(host.probe(path)).duration, 0.3)
  local done = world:run { "convert", path, world.folder .. "/made.jpg" }
  lu.assertEquals(done.status, 0, done.stderr)
  lu.assertStrContains(done.stderr, "moves: the first of its 3 pictures goes out")
end

function T.test_the_rules_of_the_user_hold()
  local world <close> = start "x"
  scene.script(world, "formats", 'return { jpeg = { extensions = { ".jpg" }, fit = "crop", '
    .. 'min_ratio = 1, max_ratio = 1, focus_x = 0, quality = 60, passthrough = false } }')
  world.env.AFFICHE_SCRIPTS = world.scripts
  local _, facts = convert(world, "--max-width", "500")
  lu.assertEquals({ facts.width, facts.height }, { 500, 500 })
end

return T
