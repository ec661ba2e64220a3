-- The journal is lost or damaged: it is made anew from the receipts, and nothing is posted twice.
local lu = require "luaunit"
local scene = require "scene"

local T = { deadline = 300 }

local COUNT = 12

local function published(switches)
  local world = scene.new { switches = switches }
  for i = 1, COUNT do scene.pictures(world, ("picture %02d.jpg"):format(i)) end
  local result = world:pass()
  lu.assertEquals(result.status, 0, result.stderr)
  lu.assertEquals(#world:posts(), COUNT)
  return world
end

local function copy_back(world)
  for _, name in ipairs(world:names "processed") do
    assert(host.copy(world.media .. "/processed/" .. name, world.media .. "/" .. name))
  end
  lu.assertEquals(#world:names(), COUNT)
end

-- Aloud, from the receipts, before anything is published: each copy is a duplicate.
local function assert_rebuilt(world)
  local publishes, containers = world.instagram.state.publishes,
    world.instagram.state.containers_made
  copy_back(world)
  local result = world:pass()
  lu.assertEquals(result.status, 0, result.stderr)
  lu.assertStrContains(result.stderr, tostring(COUNT))
  lu.assertStrContains(result.stderr, "receipts")
  for _, item in ipairs(result.json.result.items) do lu.assertEquals(item.state, "duplicate") end
  lu.assertEquals(#result.json.result.items, COUNT)
  lu.assertEquals({ #world:posts(), world.instagram.state.publishes,
    world.instagram.state.containers_made }, { COUNT, publishes, containers })
  lu.assertEquals(world:names(), {})
  -- What was rebuilt is as good as what was lost.
  local history = world:run({ "history", "--json" }).json.items
  local ids = {}
  for _, item in ipairs(history) do ids[item.media_id] = true end
  for _, post in ipairs(world:posts()) do lu.assertTrue(ids[post.id]) end
  return result
end

local function journal_of(world) return world.state .. "/journal.db" end

local function set_aside(world)
  local count = 0
  for _, name in ipairs(assert(host.list(world.state))) do
    if name:find("%.damaged%-") then count = count + 1 end
  end
  return count
end

function T.test_deleted()
  local world <close> = published()
  for _, suffix in ipairs { "", "-wal", "-shm" } do
    assert(host.remove(journal_of(world) .. suffix))
  end
  assert_rebuilt(world)
end

function T.test_the_whole_state_folder_deleted()
  local world <close> = published()
  assert(host.remove(world.state, { recursive = true }))
  assert_rebuilt(world)
end

local function overwrite(path, text)
  assert(host.remove(path))
  assert(host.write(path, text))
end

function T.test_cut_short_at_any_length()
  local world <close> = published()
  local whole = assert(host.read(journal_of(world)))
  for _, share in ipairs { 0, 0.01, 0.1, 0.5, 0.9 } do
    overwrite(journal_of(world), whole:sub(1, math.floor(#whole * share)))
    for _, suffix in ipairs { "-wal", "-shm" } do host.remove(journal_of(world) .. suffix) end
    local before = set_aside(world)
    assert_rebuilt(world)
    if share > 0 then lu.assertTrue(set_aside(world) > before, share) end
    for _, name in ipairs(world:names "processed") do
      if name:find("%-%d%.jpg$") then
        assert(host.remove(world.media .. "/processed/" .. name))
      end
    end
  end
end

function T.test_garbage()
  local world <close> = published()
  overwrite(journal_of(world), ("not a database at all\n"):rep(500))
  assert_rebuilt(world)
  lu.assertTrue(set_aside(world) > 0)
end

function T.test_garbage_in_its_middle()
  local world <close> = published()
  local whole = assert(host.read(journal_of(world)))
  local head = whole:sub(1, 4096)  -- its first page says that all is well
  overwrite(journal_of(world), head .. host.random(64):rep(#whole):sub(1, #whole - #head))
  assert_rebuilt(world)
end

-- By hand: a journal that is sound but knows nothing of these posts, say one of an old backup.
function T.test_rebuilt_by_hand()
  local world <close> = published()
  local store = assert(host.store(journal_of(world)))
  assert(store:write { { "DELETE FROM post" }, { "DELETE FROM step" }, { "DELETE FROM item" } })
  store:close()
  local result = world:run { "history", "--rebuild" }
  lu.assertEquals(result.status, 0, result.stderr)
  lu.assertStrContains(result.stderr, ("%d taken over"):format(COUNT))
  copy_back(world)
  for _, item in ipairs(world:pass().json.result.items) do
    lu.assertEquals(item.state, "duplicate")
  end
  lu.assertEquals(#world:posts(), COUNT)
end

function T.test_rebuilt_by_hand_when_there_is_no_journal()
  local world <close> = published()
  assert(host.remove(world.state, { recursive = true }))
  local result = world:run { "history", "--rebuild" }
  lu.assertEquals(result.status, 0, result.stderr)
  local _, said = result.stderr:gsub("taken over", "")
  lu.assertEquals(said, 1)
  lu.assertEquals(#world:run({ "history", "--json" }).json.items, COUNT)
end

function T.test_an_unreadable_receipt_is_counted_aloud()
  local world <close> = published()
  assert(host.write(world.media .. "/processed/.receipts/other.jpg.json", "{ cut"))
  local result = world:run { "history", "--rebuild" }
  lu.assertEquals(result.status, 1, result.stderr)
  lu.assertStrContains(result.stderr, "1 unreadable")
end

-- A workflow with a folder of its own, which archives under another name.
function T.test_the_receipts_of_another_folder_count_as_well()
  local world <close> = scene.new()
  local stories = world.folder .. "/stories"
  assert(host.mkdir(stories))
  scene.script(world, "steps/keep", [[
    local archive = require "archive"
    return function(item) return assert(archive.move(item, "done")) end]])
  scene.script(world, "stories", ([[
    return workflow { name = "stories", folder = %q,
      steps = { "prepare", "upload", "publish", "keep" } }]]):format(stories))
  local function run()
    return world:run({ "run", "stories", "--json" }, { env = { AFFICHE_SCRIPTS = world.scripts } })
  end
  assert(host.write(stories .. "/a.jpg", scene.jpeg "a"))
  lu.assertEquals(run().json.result.items[1].state, "published")
  assert(host.remove(world.state, { recursive = true }))
  assert(host.copy(stories .. "/done/a.jpg", stories .. "/a.jpg"))
  local result = run()
  lu.assertEquals(result.json.result.items[1].state, "duplicate", result.stderr)
  lu.assertEquals(#world:posts(), 1)
end

return T
