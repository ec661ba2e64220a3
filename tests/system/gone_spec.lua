-- Originals that are not where they were left: moved before a crash, or taken away by somebody.
local json = require "json"
local lu = require "luaunit"
local scene = require "scene"

local T = {}

local RECEIPTS = "/processed/.receipts"

-- What each receipt stands for, by its name.
local function receipts(world)
  local list = {}
  for _, name in ipairs(host.list(world.media .. RECEIPTS)) do
    list[name] = json.decode(host.read(world.media .. RECEIPTS .. "/" .. name)).sha256
  end
  return list
end

-- As a crash between the move and its record leaves the journal.
local function forget_archiving(world, sha256)
  local store <close> = assert(host.store(world.state .. "/journal.db"))
  assert(store:write {
    { "DELETE FROM step WHERE name = 'archive' AND item = (SELECT id FROM item WHERE sha256 = ?)",
      sha256 },
    { "UPDATE item SET done = 0, state = 'active' WHERE sha256 = ?", sha256 },
  })
end

-- Two contents that were published one after the other under one name.
local function two_of_one_name(world)
  for _, label in ipairs({ "first", "second" }) do
    world:put("a.jpg", scene.jpeg(label))
    lu.assertEquals(world:pass().status, 0)
  end
  return receipts(world)
end

function T.test_a_move_that_was_not_recorded_leaves_the_receipts_of_others_alone()
  local world <close> = scene.new()
  local before = two_of_one_name(world)
  forget_archiving(world, before["a-2.jpg.json"])
  local result = world:pass()
  lu.assertEquals({ result.status, scene.counts(result) }, { 0, "1 1 0 1 0 0 0" })
  lu.assertEquals(receipts(world), before)
  lu.assertEquals(world:names("processed"), { "a-2.jpg", "a.jpg" })
end

function T.test_an_original_that_was_taken_away_is_reported_once()
  local world <close> = scene.new()
  world:put("a.jpg", scene.jpeg "first")
  lu.assertEquals(world:pass().status, 0)
  local first = receipts(world)["a.jpg.json"]
  -- The second of that name vanishes between its post and its archive.
  scene.script(world, "poster_media", [[
    return workflow { name = "poster_media", folder = env.AUTO_DOWNLOAD_DIR,
      accept = require "filters", order = "name", steps = { "prepare", "upload", "publish",
        { name = "take", run = function(item) assert(os.remove(item.path)) end }, "archive" } }]])
  world:put("a.jpg", scene.jpeg "second")
  local result = scene.pass(world)
  lu.assertEquals({ result.status, scene.counts(result) }, { 1, "1 1 1 1 0 1 0" })
  lu.assertEquals(result.json.result.items[1].error.code, "ENOENT")
  local after = receipts(world)
  lu.assertEquals(after["a.jpg.json"], first)
  lu.assertNotNil(after["a-2.jpg.json"])
  result = scene.pass(world)
  lu.assertEquals({ result.status, scene.counts(result) }, { 0, "1 1 0 1 0 0 0" })
  result = scene.pass(world)
  lu.assertEquals({ result.status, scene.counts(result) }, { 0, "0 0 0 0 0 0 0" })
  lu.assertEquals(receipts(world), after)
end

return T
