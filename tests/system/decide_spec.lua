-- settle and retry: what a person decides about files that are uncertain or failed.
local json = require "json"
local lu = require "luaunit"
local pictures = require "pictures"
local new_world = require "world".new

local T = {}

local PACING = [[
return { wait_for_earlier = 60, poll = { image = { 0.1 }, video = { 0.1 } },
  ready_within = { image = 60, video = 60 }, settle_after = { 0.1 } }
]]

-- A world in which nobody waits long, and every publish is lost without a trace as often as said.
local function world_with(switches)
  local world = new_world { switches = switches }
  local scripts = world.folder .. "/scripts"
  assert(host.mkdir(scripts))
  assert(host.write(scripts .. "/pacing.lua", PACING))
  world.env.AFFICHE_SCRIPTS = scripts
  return world
end

local function state_of(world, name)
  for _, item in ipairs(world:run({ "history", "--json" }).json.items) do
    if item.file == name then return item.state, item end
  end
end

local function make_uncertain(world)
  world:put("a.jpg", { sample = "morning.jpg" })
  local run = world:pass()
  lu.assertEquals(run.json.result.items[1].state, "uncertain", run.stderr)
  lu.assertEquals(#world:posts(), 0)
end

function T:test_settle_live_never_sends_again_and_the_next_run_archives()
  local world <close> = world_with { publish = "drop" }
  make_uncertain(world)
  local settled = world:run { "settle", "a.jpg", "--live", "17950000000000777" }
  lu.assertEquals(settled.status, 0, settled.stderr)
  lu.assertStrContains(settled.stdout, "a.jpg")
  lu.assertEquals(state_of(world, "a.jpg"), "published")
  local before = world.instagram.state.publishes
  local item = world:pass().json.result.items[1]
  lu.assertEquals({ item.state, item.media_id }, { "published", "17950000000000777" })
  lu.assertEquals(world.instagram.state.publishes, before)
  lu.assertEquals(world:names(), {})
  lu.assertEquals(world:names("processed"), { "a.jpg" })
end

function T:test_settle_live_without_an_id_and_by_path()
  local world <close> = world_with { publish = "drop" }
  make_uncertain(world)
  local settled = world:run { "settle", "--live", world.media .. "/a.jpg" }
  lu.assertEquals(settled.status, 0, settled.stderr)
  lu.assertEquals(world:pass().json.result.items[1].state, "published")
  lu.assertEquals(#world:posts(), 0)
end

function T:test_settle_finds_the_uncertain_one_though_another_file_took_its_name()
  local world <close> = world_with { publish = "drop" }
  make_uncertain(world)
  world.instagram.state.switches.publish = "ok"
  world:put("a.jpg", pictures.jpeg "another")
  lu.assertEquals(world:pass().json.result.items[1].state, "published")
  local settled = world:run { "settle", "a.jpg", "--live", "17950000000000777" }
  lu.assertEquals(settled.status, 0, settled.stderr)
  local pass = world:pass()
  lu.assertEquals(pass.json.result.items[1].media_id, "17950000000000777")
  -- Its file is gone for good: said once, and never again.
  lu.assertEquals(pass.status, 0, pass.stderr)
  lu.assertEquals(world:pass().json.result.items, {})
  lu.assertEquals(#world:posts(), 1)
end

function T:test_settle_refuses_in_words()
  local world <close> = world_with { publish = "ok" }
  world:put("a.jpg", { sample = "morning.jpg" })
  world:pass()
  for _, arguments in ipairs({ { "--again" }, { "--live", "number" } }) do
    local refused = world:run { "settle", "a.jpg", table.unpack(arguments) }
    lu.assertEquals(refused.status, 2)
    lu.assertNotStrContains(refused.stderr, "action.")
  end
end

function T:test_settle_again_sends_the_same_container_once_more()
  local world <close> = world_with { publish = "drop" }
  make_uncertain(world)
  lu.assertEquals(world:run({ "settle", "a.jpg", "--again" }).status, 0)
  local mark = #world.instagram.state.log
  local run = world:pass()
  lu.assertEquals(run.json.result.items[1].state, "published", run.stderr)
  lu.assertEquals(#world:posts(), 1)
  lu.assertEquals(world.instagram.state.containers_made, 1)
  -- The container was looked at before it was sent.
  local container, looked = world:posts()[1].container, nil
  for i = mark + 1, #world.instagram.state.log do
    local call = world.instagram.state.log[i]
    if call.path:find("/" .. container .. "$") then looked = true end
    if call.path:find("/media_publish$") then break end
  end
  lu.assertTrue(looked)
end

function T:test_settle_again_keeps_the_container_when_the_caption_changes()
  local world <close> = world_with { publish = "drop" }
  make_uncertain(world)
  lu.assertEquals(world:run({ "settle", "a.jpg", "--again" }).status, 0)
  world:put("a.txt", "other words")
  lu.assertEquals(world:pass().json.result.items[1].state, "published")
  lu.assertEquals(world.instagram.state.containers_made, 1)
  lu.assertEquals(#world:posts(), 1)
end

function T:test_settle_again_posts_nothing_when_it_is_live_after_all()
  local world <close> = world_with { publish = "ok-then-drop", status_lag = 3600, list_lag = 3600 }
  world:put("a.jpg", { sample = "morning.jpg" })
  lu.assertEquals(world:pass().json.result.items[1].state, "uncertain")
  lu.assertEquals(#world:posts(), 1)
  world.instagram.state.switches.status_lag, world.instagram.state.switches.list_lag = 0, 0
  lu.assertEquals(world:run({ "settle", "a.jpg", "--again" }).status, 0)
  lu.assertEquals(world:pass().json.result.items[1].state, "published")
  lu.assertEquals(#world:posts(), 1)
end

function T:test_settle_again_that_is_lost_again_is_uncertain_again()
  local world <close> = world_with { publish = "drop", publish_times = 2 }
  make_uncertain(world)
  lu.assertEquals(world:run({ "settle", "a.jpg", "--again" }).status, 0)
  lu.assertEquals(world:pass().json.result.items[1].state, "uncertain")
  lu.assertEquals(world:run({ "settle", "a.jpg", "--again" }).status, 0)
  lu.assertEquals(world:pass().json.result.items[1].state, "published")
  lu.assertEquals(#world:posts(), 1)
end

function T:test_settle_again_waits_while_the_container_cannot_be_read()
  local world <close> = world_with { publish = "drop" }
  make_uncertain(world)
  lu.assertEquals(world:run({ "settle", "a.jpg", "--again" }).status, 0)
  world.instagram.state.switches.read_outage = "container"
  lu.assertEquals(world:pass().json.result.items[1].state, "deferred")
  lu.assertEquals(#world:posts(), 0)
  world.instagram.state.switches.read_outage = "none"
  lu.assertEquals(world:pass().json.result.items[1].state, "published")
end

local function refused(world, args, text)
  local done = world:run(args)
  lu.assertEquals(done.status, 2, table.concat(args, " "))
  lu.assertStrContains(done.stderr, text)
  lu.assertEquals(done.stdout, "")
end

function T:test_settle_refuses_what_is_not_uncertain()
  local world <close> = world_with {}
  refused(world, { "settle", "a.jpg", "--live" }, "nothing is known")
  lu.assertNil(host.stat(world.state .. "/journal.db"))
  world:put("a.jpg", { sample = "morning.jpg" })
  world:put("b.jpg", "no picture")
  world:pass()
  refused(world, { "settle", "a.jpg", "--again" }, "published already")
  refused(world, { "settle", "b.jpg", "--again" }, "not uncertain")
  refused(world, { "settle", "none.jpg", "--again" }, "nothing is known")
  refused(world, { "settle", "a.jpg" }, "--again")
  refused(world, { "settle", "a.jpg", "--live", "--again" }, "--again")
  refused(world, { "settle", "a.jpg", "--live", "x1" }, "number")
end

function T:test_settle_refuses_an_id_of_another_post()
  local world <close> = world_with { publish = "drop" }
  make_uncertain(world)
  world:put("b.png", { sample = "night.png" })
  world:pass()
  local _, other = state_of(world, "b.png")
  lu.assertEquals(other.state, "published")
  refused(world, { "settle", "a.jpg", "--live", other.media_id }, "another file")
  lu.assertEquals(state_of(world, "a.jpg"), "uncertain")
end

-- retry ----------------------------------------------------------------------------------------

-- A rule that refuses everything, until it is mended.
local function break_caption(world)
  assert(host.write(world.env.AFFICHE_SCRIPTS .. "/captions.lua",
    'return function(item) return item.stem == "good" and "good" or ("x"):rep(3000) end'))
end

local function mend_caption(world)
  host.remove(world.env.AFFICHE_SCRIPTS .. "/captions.lua")
end

function T:test_retry_runs_the_failed_files_alone()
  local world <close> = world_with {}
  break_caption(world)
  world:put("a.jpg", { sample = "morning.jpg" })
  world:put("b.png", { sample = "night.png" })
  lu.assertEquals(world:pass().json.result.stats.files_failed, 2)
  mend_caption(world)
  world:put("new.webp", { sample = "dusk.webp" })
  local one = world:run { "retry", "a.jpg", "--json" }
  lu.assertEquals(one.status, 0, one.stderr)
  lu.assertEquals(#one.json.result.items, 1)
  lu.assertEquals(one.json.result.items[1].state, "published")
  lu.assertEquals(one.json.result.stats.files_found, 1)
  local rest = world:run { "retry", "--json" }
  lu.assertEquals(rest.json.result.items[1].file, "b.png")
  lu.assertEquals(#rest.json.result.items, 1)
  lu.assertEquals(#world:posts(), 2)
  lu.assertEquals(world:names(), { "new.webp" })
end

function T:test_retry_brings_files_back_from_failed()
  local world <close> = world_with {}
  break_caption(world)
  local hash = world:hash(world:put("a.jpg", { sample = "morning.jpg" }))
  for _ = 1, 5 do world:pass() end
  lu.assertEquals(world:names("failed"), { "a.jpg", "a.jpg.error.json" })
  mend_caption(world)
  local done = world:run { "retry", "--json" }
  lu.assertEquals(done.json.result.items[1].state, "published", done.stderr)
  lu.assertEquals(world:names("failed"), {})
  lu.assertEquals(world:names(), {})
  lu.assertEquals(world:hash(world.media .. "/processed/a.jpg"), hash)
end

function T:test_retry_counts_from_zero_again()
  local world <close> = world_with {}
  break_caption(world)
  world:put("a.jpg", { sample = "morning.jpg" })
  for _ = 1, 5 do world:pass() end
  lu.assertEquals(world:run({ "retry", "failed/a.jpg" }).status, 1)
  lu.assertEquals(world:names(), { "a.jpg" })
  local _, item = state_of(world, "a.jpg")
  lu.assertEquals({ item.state, item.failures }, { "failed", 1 })
  for _ = 1, 4 do world:pass() end
  lu.assertEquals(world:names("failed"), { "a.jpg", "a.jpg.error.json" })
end

function T:test_retry_overwrites_nothing()
  local world <close> = world_with {}
  break_caption(world)
  world:put("a.jpg", { sample = "morning.jpg" })
  for _ = 1, 5 do world:pass() end
  world:put("a.jpg", { sample = "morning.jpg" })
  assert(host.write(world.media .. "/a.jpg", "something else"))
  local other = world:hash(world.media .. "/a.jpg")
  world:run { "retry", world.media .. "/failed/a.jpg" }
  lu.assertEquals(world:names(), { "a-2.jpg", "a.jpg" })
  lu.assertEquals(world:hash(world.media .. "/a.jpg"), other)
end

function T:test_retry_refuses_before_it_touches_anything()
  local world <close> = world_with { publish = "drop" }
  make_uncertain(world)
  refused(world, { "retry", "a.jpg" }, "settle")
  refused(world, { "retry", "none.jpg" }, "no file")
  break_caption(world)
  world:put("b.png", { sample = "night.png" })
  for _ = 1, 5 do world:pass() end
  refused(world, { "retry", "b.png", "none.jpg" }, "no file")
  lu.assertEquals(world:names("failed"), { "b.png", "b.png.error.json" })
end

function T:test_retry_with_nothing_to_do()
  local world <close> = world_with {}
  local done = world:run { "retry", "--json" }
  lu.assertEquals(done.status, 0, done.stderr)
  lu.assertEquals(done.json.result.items, json.list())
  lu.assertStrContains(done.stderr, "No file has failed")
end

return T
