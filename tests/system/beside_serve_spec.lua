-- What a person asks for in a second shell, while `affiche serve` is up and has the journal open.
local lu = require "luaunit"
local served = require "served"

local T = { deadline = 120 }

local SCRIPTS = { pacing = [[
  return { wait_for_earlier = 60, poll = { image = { 0.1 }, video = { 0.1 } },
    ready_within = { image = 60, video = 60 }, settle_after = { 0.1 } }]] }

local function states(world)
  local found = {}
  for _, item in ipairs(world:run({ "history", "--json" }).json.items) do
    found[item.file] = item.state
  end
  return found
end

-- One file published, one whose answer was lost, one that is no picture.
local function after_a_run()
  local world = served.serve { switches = { publish = "drop" }, scripts = SCRIPTS }
  world.env.AFFICHE_SCRIPTS = world.scripts
  world:put("a.jpg", { sample = "morning.jpg" })
  world:put("b.jpg", "no picture")
  world:put("c.webp", { sample = "dusk.webp" })
  lu.assertEquals(served.post(world).status, 200)
  lu.assertEquals(states(world), { ["a.jpg"] = "uncertain", ["b.jpg"] = "failed",
    ["c.webp"] = "published" })
  return world
end

function T.test_history_and_explain()
  local world <close> = after_a_run()
  local failed = world:run({ "history", "--json", "--failed" }).json.items
  lu.assertEquals({ #failed, failed[1].file, failed[1].error.kind }, { 1, "b.jpg", "format" })
  for _, name in ipairs { "a.jpg", "b.jpg", "processed/c.webp" } do
    local told = world:run { "explain", name }
    lu.assertEquals(told.status, 0, told.stderr)
    lu.assertStrContains(told.stdout, name:match("[^/]*$"))
  end
end

function T.test_settle_and_the_server_goes_on_from_it()
  local world <close> = after_a_run()
  lu.assertEquals(world:run({ "settle", "a.jpg", "--live", "17950000000000777" }).status, 0)
  lu.assertEquals(states(world)["a.jpg"], "published")
  local sent = world.instagram.state.publishes
  local answer = served.post(world)
  lu.assertEquals(answer.json.result.items[1].media_id, "17950000000000777")
  lu.assertEquals({ world.instagram.state.publishes, world:names() }, { sent, { "b.jpg" } })
end

function T.test_retry()
  local world <close> = after_a_run()
  assert(host.remove(world.media .. "/b.jpg"))
  world:put("b.jpg", { sample = "night.png" })
  local result = world:run { "retry", "b.jpg", "--json" }
  lu.assertEquals(result.status, 0, result.stderr)
  lu.assertEquals(result.json.result.items[1].state, "published")
  lu.assertEquals(served.call(world, served.STATUS).status, 200)
end

-- While a run of the server is at it the folder is the server's; what only reads is answered.
function T.test_in_the_middle_of_a_run()
  local world <close> = served.serve { switches = { image_seconds = 3 }, scripts = SCRIPTS }
  world.env.AFFICHE_SCRIPTS = world.scripts
  world:put("a.jpg", { sample = "morning.jpg" })
  local started = served.post(world, "--header", "Prefer: respond-async")
  lu.assertEquals(started.status, 202, started.body)
  while (world.instagram.state.containers_made or 0) == 0 do host.sleep(0.02) end
  lu.assertEquals(states(world)["a.jpg"], "active")
  lu.assertEquals(world:run({ "explain", "a.jpg" }).status, 0)
  local decided = world:run { "settle", "a.jpg", "--again" }
  lu.assertEquals(decided.status, 2)
  lu.assertStrContains(decided.stderr, "a.jpg")
  local tried = world:run { "retry", "a.jpg" }
  lu.assertEquals(tried.status, 2, tried.stderr)
  lu.assertStrContains(tried.stderr, world.pid())
  local deadline = host.now "monotonic" + 30
  while #world:names "processed" == 0 and host.now "monotonic" < deadline do host.sleep(0.05) end
  lu.assertEquals({ #world:posts(), world:names() }, { 1, {} })
end

return T
