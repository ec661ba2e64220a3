-- Content that was published before, and the sidecars that belong to a medium.
local lu = require "luaunit"
local scene = require "scene"

local T = {}

-- Copies ------------------------------------------------------------------------------------------

function T.test_files_copied_back_are_duplicates()
  local world <close> = scene.new()
  scene.pictures(world, "a.jpg")
  lu.assertEquals(world:pass().status, 0)
  local original = world.media .. "/processed/a.jpg"
  assert(host.copy(original, world.media .. "/a.jpg"))
  assert(host.copy(original, world.media .. "/the same.jpg"))
  local result = world:pass()
  lu.assertEquals(result.status, 0, result.stderr)
  lu.assertEquals(scene.counts(result), "2 0 0 0 2 0 0")
  for i, name in ipairs({ "a.jpg", "the same.jpg" }) do
    local item = result.json.result.items[i]
    lu.assertEquals({ item.file, item.state, item.media_id },
      { name, "duplicate", world:posts()[1].id })
  end
  lu.assertEquals(#world:posts(), 1)
  lu.assertEquals(world:names(), {})
  lu.assertEquals(#world:names("processed"), 3)
end

function T.test_twins_in_one_run()
  local world <close> = scene.new()
  for _, name in ipairs({ "a.jpg", "b.jpg", "c.jpg" }) do world:put(name, scene.jpeg "twin") end
  local result = world:pass()
  lu.assertEquals({ result.status, scene.counts(result) }, { 0, "3 1 1 1 2 0 0" })
  lu.assertEquals(#world:posts(), 1)
  lu.assertEquals(world:names("processed"), { "a.jpg", "b.jpg", "c.jpg" })
end

function T.test_what_becomes_of_a_duplicate_is_for_filters_to_say()
  local world <close> = scene.new()
  scene.script(world, "filters", [[
    return { accept = function() return true end,
      on_duplicate = function(item) return item.stem == "b" and "keep" or "archive" end }]])
  scene.pictures(world, "a.jpg")
  lu.assertEquals(scene.pass(world).status, 0)
  assert(host.copy(world.media .. "/processed/a.jpg", world.media .. "/b.jpg"))
  lu.assertEquals(scene.pass(world).status, 0)
  lu.assertEquals({ world:names(), #world:posts() }, { { "b.jpg" }, 1 })
end

-- Sidecars ----------------------------------------------------------------------------------------

function T.test_sidecars_go_with_the_last_medium_of_their_stem()
  local world <close> = scene.new()
  scene.pictures(world, "a.jpg", "a.jpeg", "b.jpg")
  world:put("a.txt", "Words for both\n#lake")
  world:put("b.json", '{ "caption": "Words of b" }')
  world:put("c.txt", "nobody's")
  world:put("broken.jpeg", "no picture")
  world:put("broken.txt", "waits with it")
  local result = world:pass()
  lu.assertEquals(result.status, 1)
  lu.assertEquals(scene.counts(result), "5 4 3 3 1 1 0")
  lu.assertEquals(scene.feed(world), { "Words for both", "Words for both", "Words of b" })
  lu.assertEquals(world:names(), { "broken.jpeg", "broken.txt", "c.txt" })
  lu.assertEquals(world:names("processed"), { "a.jpeg", "a.jpg", "a.txt", "b.jpg", "b.json" })
end

function T.test_a_sidecar_waits_for_the_medium_that_failed()
  local world <close> = scene.new()
  scene.pictures(world, "a.jpg")
  world:put("a.jpeg", "no picture")
  world:put("a.txt", "For both")
  lu.assertEquals(world:pass().status, 1)
  lu.assertEquals(world:names(), { "a.jpeg", "a.txt" })
  scene.pictures(world, "a.jpeg")
  lu.assertEquals(world:pass().status, 0)
  lu.assertEquals(scene.feed(world), { "For both", "For both" })
  lu.assertEquals(world:names("processed"), { "a.jpeg", "a.jpg", "a.txt" })
end

return T
