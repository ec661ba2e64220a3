-- Once and once only: second runs, runs that were killed or ended, two runs at once.
local lu = require "luaunit"
local scene = require "scene"

local T = { deadline = 300 }

-- A step that ends the program the first time it is entered, by a signal to itself.
local END = [[
  return function(item)
    local flag = env.AUTO_DOWNLOAD_DIR .. "/../ended"
    if item.name ~= %q or host.stat(flag) then return end
    assert(host.write(flag, ""))
    assert(host.exec { "kill", "-%s", tostring(host.info().pid) })
    host.sleep(30)
  end]]

local ORDER = { "prepare", "upload", "publish", "archive" }

-- The shipped steps with "stop" after the given one.
local function stop_after(world, place, name, signal)
  scene.script(world, "steps/stop", END:format(name, signal))
  local steps = table.move(ORDER, 1, #ORDER, 1, {})
  table.insert(steps, place + 1, "stop")
  scene.steps(world, table.unpack(steps))
end

local function assert_all_done(world, result, names)
  lu.assertEquals(result.status, 0, result.stderr)
  lu.assertEquals(world:names(), {})
  lu.assertEquals(world:names("processed"), names)
  lu.assertEquals(#world:posts(), #names)
  local seen = {}
  for _, caption in ipairs(scene.feed(world)) do
    lu.assertNil(seen[caption], caption)
    seen[caption] = true
  end
end

local function lines_with(text, words)
  local _, count = text:gsub(words, "")
  return count
end

function T.test_a_second_run_posts_nothing()
  local world <close> = scene.new()
  scene.pictures(world, "a.jpg", "b.jpg")
  world:put("c.mp4", { sample = "clip.mp4" })
  lu.assertEquals(world:pass().status, 0)
  local publishes = world.instagram.state.publishes
  local result = world:pass()
  assert_all_done(world, result, { "a.jpg", "b.jpg", "c.mp4" })
  lu.assertEquals(scene.counts(result), "0 0 0 0 0 0 0")
  lu.assertEquals(world.instagram.state.publishes, publishes)
end

function T.test_killed_between_two_steps_it_goes_on_where_it_stopped()
  for place, after in ipairs(ORDER) do
    local world <close> = scene.new()
    stop_after(world, place, "a.jpg", "KILL")
    scene.pictures(world, "a.jpg")
    local killed = scene.pass(world)
    lu.assertEquals(killed.signal, 9, killed.stderr)
    local result = scene.pass(world)
    assert_all_done(world, result, { "a.jpg" })
    -- What was finished is not done again.
    lu.assertEquals(lines_with(result.stderr, "Uploading"), place >= 2 and 0 or 1, after)
    lu.assertEquals(world.instagram.state.publishes, 1)
    lu.assertEquals(assert(host.list(world.state .. "/work")), {})
    lu.assertEquals(#assert(host.list(world.public)), 1)
  end
end

-- Looks for evidence at once instead of over 40 s.
local function impatient(world)
  scene.script(world, "pacing", [[
    return { wait_for_earlier = 60, poll = { image = { 0.05 }, video = { 0.05 } },
      ready_within = { image = 60, video = 60 }, settle_after = { 0.1 } }]])
end

-- What was in flight when the program was killed may stay uncertain, one post for each kill at
-- most. Nothing is posted twice, and every file is posted and archived, or still there.
local function assert_nothing_twice(world, result, names, kills)
  lu.assertEquals(result.status, 0, result.stderr)
  local uncertain = 0
  for _, item in ipairs(result.json.result.items) do
    if item.state == "uncertain" then uncertain = uncertain + 1 end
  end
  lu.assertTrue(uncertain <= kills, result.stdout)
  lu.assertEquals(#world:names(), uncertain)
  lu.assertEquals(#world:names("processed"), #names - uncertain)
  local seen = {}
  for _, caption in ipairs(scene.feed(world)) do
    lu.assertNil(seen[caption], caption)
    seen[caption] = true
  end
  lu.assertTrue(#world:posts() >= #names - uncertain)
end

function T.test_killed_among_many()
  local names = { "a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg" }
  for place in ipairs(ORDER) do
    local world <close> = scene.new()
    impatient(world)
    stop_after(world, place, "c.jpg", "KILL")
    scene.pictures(world, table.unpack(names))
    lu.assertEquals(scene.pass(world).signal, 9)
    assert_nothing_twice(world, scene.pass(world), names, 1)
  end
end

-- From outside, at moments that nobody chose: each kill comes a little later than the last.
local function kill_until_done(world, names)
  local kills, result = 0
  repeat
    local chance = tonumber(host.random(2), 16) / 65536
    local seconds = ("%.3f"):format(0.1 + kills * 0.03 + chance * 0.1)
    result = scene.pass(world, { prefix = { "timeout", "-s", "KILL", seconds } })
    if not result.json then kills = kills + 1 end
  until result.json
  lu.assertTrue(kills > 0)
  assert_nothing_twice(world, result, names, kills)
end

function T.test_killed_at_any_moment()
  local world <close> = scene.new { switches = { latency = 0.01 } }
  impatient(world)
  local names = {}
  for i = 1, 8 do names[i] = ("picture %d.jpg"):format(i) end
  scene.pictures(world, table.unpack(names))
  kill_until_done(world, names)
end

-- The same while files travel: nothing half-sent and no temporary name stays on the server.
function T.test_killed_at_any_moment_of_an_upload()
  local world <close> = scene.on_ftp("vsftpd", { tls = true })
  impatient(world)
  local clip = assert(host.read(host.info().root .. "/examples/media/clip.mp4"))
  local names = {}
  for i = 1, 6 do
    names[i] = ("film %d.mp4"):format(i)
    local free = (tostring(i) .. (" "):rep(1023)):rep(2000)
    world:put(names[i], clip .. string.pack(">I4", #free + 8) .. "free" .. free)
  end
  kill_until_done(world, names)
  local there = assert(host.list(world.public))
  lu.assertEquals(#there, #names, table.concat(there, " "))
  for _, name in ipairs(there) do lu.assertStrMatches(name, "film%-%d%-%x+%.mp4") end
end

function T.test_sigterm_loses_nothing()
  for place in ipairs(ORDER) do
    for _, signal in ipairs({ "TERM", "INT" }) do
      local world <close> = scene.new()
      stop_after(world, place, "b.jpg", signal)
      scene.pictures(world, "a.jpg", "b.jpg", "c.jpg")
      local ended = scene.pass(world)
      lu.assertEquals({ ended.status, ended.signal }, { 130, 0 }, ended.stderr)
      lu.assertEquals(#world:names() + #world:names("processed"), 3)
      assert_all_done(world, scene.pass(world), { "a.jpg", "b.jpg", "c.jpg" })
      lu.assertEquals(world.instagram.state.publishes, 3)
    end
  end
end

-- Runs the program beside the test, so that a signal can be sent at the right moment.
local function beside(world, options)
  local pid_file = world.folder .. "/pid"
  options = options or {}
  options.prefix = { "sh", "-c", 'echo $$ >"$0.new" && mv "$0.new" "$0" && exec "$@"', pid_file }
  local task = host.spawn(function() return scene.pass(world, options) end)
  return task, function() return assert(host.read(pid_file)):match("%d+") end
end

local function wait_for(what, condition)
  local deadline = host.now("monotonic") + 30
  while not condition() do
    assert(host.now("monotonic") < deadline, "waited in vain for " .. what)
    host.sleep(0.005)
  end
end

local function outcome(task)
  local ok, result = task:join()
  if not ok then error(result) end
  return result
end

-- The answer of media_publish is waited for: the post is known to be live, not uncertain.
function T.test_sigterm_while_a_publish_is_in_flight()
  local world <close> = scene.new { switches = { latency = 0.3 } }
  scene.pictures(world, "a.jpg")
  local task, pid = beside(world)
  wait_for("media_publish", function()
    local log = world.instagram.state.log
    return log[#log] and log[#log].path:find("media_publish", 1, true)
  end)
  assert(host.exec { "kill", "-TERM", pid() })
  lu.assertEquals(outcome(task).status, 130)
  lu.assertEquals(#world:posts(), 1)
  local looked = world:run({ "history", "--json" })
  lu.assertEquals(looked.json.items[1].media_id, world:posts()[1].id)
  world.instagram.state.switches.latency = 0
  assert_all_done(world, scene.pass(world), { "a.jpg" })
  lu.assertEquals(world.instagram.state.publishes, 1)
end

function T.test_two_runs_at_once()
  local world <close> = scene.new()
  scene.script(world, "steps/hold", [[
    return function(item)
      assert(host.write(env.AUTO_DOWNLOAD_DIR .. "/../held", ""))
      while not host.stat(env.AUTO_DOWNLOAD_DIR .. "/../go") do host.sleep(0.02) end
    end]])
  scene.steps(world, "prepare", "hold", "upload", "publish", "archive")
  scene.pictures(world, "a.jpg")
  local task, pid = beside(world)
  wait_for("the first run", function() return host.stat(world.folder .. "/held") end)
  local second = scene.pass(world)
  lu.assertEquals(second.status, 2, second.stderr)
  lu.assertStrContains(second.stderr, pid())
  lu.assertStrContains(second.json.result.error, world.media)
  assert(host.write(world.folder .. "/go", ""))
  assert_all_done(world, outcome(task), { "a.jpg" })
end

return T
