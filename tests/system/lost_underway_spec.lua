-- The journal is lost while a post is under way: between the intent to send it and the archive.
-- What lies beside the files is enough to send nothing twice.
local lu = require "luaunit"
local scene = require "scene"

local T = { deadline = 300 }

local PACING = [[
return { wait_for_earlier = 60, poll = { image = { 0.02 }, video = { 0.02 } },
  ready_within = { image = 60, video = 60 }, settle_after = { 0.05 } }
]]

local function overwrite(world, text)
  for _, suffix in ipairs { "-wal", "-shm" } do
    host.remove(world.state .. "/journal.db" .. suffix)
  end
  assert(host.write(world.state .. "/journal.db", text))
end

-- The ways in which a journal is lost.
local LOSSES = {
  deleted = function(world)
    for _, suffix in ipairs { "", "-wal", "-shm" } do
      assert(host.remove(world.state .. "/journal.db" .. suffix))
    end
  end,
  state_folder = function(world) assert(host.remove(world.state, { recursive = true })) end,
  garbage = function(world) overwrite(world, ("no database\n"):rep(1000)) end,
  cut = function(world)
    local whole = assert(host.read(world.state .. "/journal.db"))
    overwrite(world, whole:sub(1, #whole // 2))
  end,
}

local function new_world(options)
  local world = scene.new(options)
  scene.script(world, "pacing", PACING)
  return world
end

local function notes(world)
  return host.list(world.media .. "/.receipts") or {}
end

local function item_of(result, name)
  for _, item in ipairs(result.json.result.items) do
    if item.file == name then return item end
  end
end

-- All is published and archived, nothing of it twice, and nothing is left beside the files.
local function assert_all_done(world, result, count)
  lu.assertEquals(result.status, 0, result.stderr)
  lu.assertEquals({ #world:posts(), world.instagram.state.publishes }, { count, count })
  lu.assertEquals(world:names(), {})
  lu.assertEquals(#world:names "processed", count)
  lu.assertNil(host.stat(world.media .. "/.receipts"))
  for _, item in ipairs(world:run({ "history", "--json" }).json.items) do
    lu.assertEquals(item.state, "published")
  end
end

-- Two files whose posts are live and which could not be archived.
local function live_before_archive(options)
  local world = new_world(options)
  scene.pictures(world, "a.jpg", "b.jpg")
  scene.script(world, "steps/archive", [[return function() error "no room" end]])
  local result = scene.pass(world)
  lu.assertEquals(scene.counts(result), "2 2 2 2 0 2 0")
  lu.assertEquals({ #world:posts(), #notes(world) }, { 2, 2 })
  assert(host.remove(world.scripts .. "/steps/archive.lua"))
  return world
end

for name, lose in pairs(LOSSES) do
  T["test_live_before_archive_" .. name] = function()
    local world <close> = live_before_archive()
    lose(world)
    local result = scene.pass(world)
    for i, file in ipairs { "a.jpg", "b.jpg" } do
      local item = item_of(result, file)
      lu.assertEquals({ item.state, item.media_id }, { "published", world:posts()[i].id })
    end
    -- What was made before the publish is not made again.
    lu.assertEquals(scene.counts(result), "2 2 0 2 0 0 0")
    assert_all_done(world, result, 2)
  end

  -- No answer, and no trace on the account: nobody can know, so a person decides, as before.
  T["test_sent_before_the_answer_" .. name] = function()
    local world <close> = new_world { switches = { publish = "drop" } }
    scene.pictures(world, "a.jpg")
    lu.assertEquals(item_of(scene.pass(world), "a.jpg").state, "uncertain")
    lose(world)
    local result = scene.pass(world)
    lu.assertEquals(item_of(result, "a.jpg").state, "uncertain", result.stderr)
    lu.assertEquals({ world.instagram.state.publishes, world.instagram.state.containers_made },
      { 1, 1 })
    lu.assertEquals(#notes(world), 1)
    lu.assertEquals(world:run({ "settle", "a.jpg", "--again" }).status, 0)
    result = scene.pass(world)
    lu.assertEquals(item_of(result, "a.jpg").state, "published", result.stderr)
    lu.assertEquals({ #world:posts(), world.instagram.state.containers_made }, { 1, 1 })
    lu.assertEquals(notes(world), {})
  end
end

-- The answer was lost, the post is live: the account tells, once it can be read again.
function T.test_sent_and_live_is_found_on_the_account()
  local world <close> = new_world { switches = { publish = "ok-then-drop", list_lag = 3600,
    status_lag = 3600 } }
  scene.pictures(world, "a.jpg")
  lu.assertEquals(item_of(scene.pass(world), "a.jpg").state, "uncertain")
  LOSSES.deleted(world)
  world.instagram.state.switches.list_lag = 0
  local result = scene.pass(world)
  lu.assertEquals(item_of(result, "a.jpg").media_id, world:posts()[1].id)
  assert_all_done(world, result, 1)
end

function T.test_what_was_never_sent_is_simply_sent()
  local world <close> = new_world { switches = { publish = "refuse-2207042", publish_times = 1 } }
  scene.pictures(world, "a.jpg")
  lu.assertEquals(item_of(scene.pass(world), "a.jpg").state, "deferred")
  lu.assertEquals(notes(world), {})
  LOSSES.deleted(world)
  lu.assertEquals(item_of(scene.pass(world), "a.jpg").state, "published")
  lu.assertEquals(#world:posts(), 1)
end

-- With the public copy gone as well, nothing is uploaded for a post that is live.
function T.test_nothing_is_uploaded_again()
  local world <close> = live_before_archive { env = { DELETE_AFTER_PUBLISH = "1" } }
  LOSSES.deleted(world)
  local result = scene.pass(world)
  assert_all_done(world, result, 2)
  lu.assertEquals(assert(host.list(world.public)), {})
end

function T.test_the_file_was_taken_away_meanwhile()
  local world <close> = live_before_archive()
  LOSSES.deleted(world)
  assert(host.remove(world.media .. "/a.jpg"))
  scene.pass(world)
  assert(host.copy(world.media .. "/processed/b.jpg", world.media .. "/b again.jpg"))
  scene.pictures(world, "a.jpg")  -- the same bytes, back again
  local result = scene.pass(world)
  lu.assertEquals(item_of(result, "b again.jpg").state, "duplicate")
  lu.assertEquals({ #world:posts(), world.instagram.state.publishes }, { 2, 2 })
  lu.assertEquals(world:names(), {})
end

-- Another file may have its name meanwhile, and it is posted as what it is.
function T.test_the_file_was_replaced_meanwhile()
  local world <close> = live_before_archive()
  LOSSES.deleted(world)
  assert(host.move(world.media .. "/a.jpg", world.media .. "/moved.jpg"))
  assert(host.write(world.media .. "/a.jpg", scene.jpeg "another"))
  local result = scene.pass(world)
  lu.assertEquals(item_of(result, "a.jpg").state, "published")
  lu.assertEquals(item_of(result, "moved.jpg").state, "duplicate")
  lu.assertEquals({ #world:posts(), world.instagram.state.publishes }, { 3, 3 })
  lu.assertEquals(world:names(), {})
end

function T.test_a_name_as_long_as_can_be()
  local world <close> = new_world()
  local name = ("é"):rep(125) .. "x.jpg"
  lu.assertEquals(#name, 255)
  scene.pictures(world, name)
  scene.script(world, "steps/archive", [[return function() error "no room" end]])
  scene.pass(world)
  assert(host.remove(world.scripts .. "/steps/archive.lua"))
  LOSSES.deleted(world)
  assert_all_done(world, scene.pass(world), 1)
end

-- A workflow without an archive: the note is all that there is, and it stays.
function T.test_a_workflow_that_archives_nothing()
  local world <close> = new_world()
  scene.steps(world, "prepare", "upload", "publish")
  scene.pictures(world, "a.jpg")
  for _ = 1, 3 do
    scene.pass(world)
    LOSSES.deleted(world)
  end
  lu.assertEquals({ #world:posts(), world.instagram.state.publishes }, { 1, 1 })
  lu.assertEquals(world:names(), { "a.jpg" })
end

-- No place for a note: the journal alone has to do, aloud.
function T.test_where_no_note_can_be_written()
  local world <close> = new_world()
  assert(host.write(world.media .. "/.receipts", "in the way"))
  scene.pictures(world, "a.jpg")
  local result = scene.pass(world)
  lu.assertEquals(item_of(result, "a.jpg").state, "published", result.stderr)
  lu.assertStrContains(result.stderr, "only the journal knows")
  lu.assertEquals(host.read(world.media .. "/.receipts"), "in the way")
end

-- The archived file was taken out, and a new one of its name came: both receipts are there.
function T.test_a_receipt_is_not_overwritten()
  local world <close> = new_world()
  for i = 1, 3 do
    assert(host.write(world.media .. "/a.jpg", scene.jpeg("version " .. i)))
    lu.assertEquals(scene.pass(world).status, 0)
    local aside = ("%s/version %d.jpg"):format(world.folder, i)
    assert(host.move(world.media .. "/processed/a.jpg", aside))
  end
  LOSSES.deleted(world)
  for i = 1, 3 do
    local name = ("/version %d.jpg"):format(i)
    assert(host.move(world.folder .. name, world.media .. name))
  end
  local result = scene.pass(world)
  for _, item in ipairs(result.json.result.items) do lu.assertEquals(item.state, "duplicate") end
  lu.assertEquals({ #world:posts(), #result.json.result.items }, { 3, 3 })
end

return T
