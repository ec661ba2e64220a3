-- `affiche serve` from outside: the original system's two calls with the fields its clients read,
-- who may call, and a clean end. curl stands for the clients.
local lu = require "luaunit"
local scene = require "scene"
local served = require "served"

local T = {}

local STATUS, RUN = served.STATUS, served.RUN
local serve, call, post = served.serve, served.call, served.post
local assert_refused = served.assert_refused
local API_TOKEN = "a-long-secret-for-calls"

-- The original's clients -----------------------------------------------------------------------

function T.test_what_a_client_of_the_original_reads()
  local world <close> = serve()
  scene.pictures(world, "a.jpg")
  world:put("b.webp", { sample = "dusk.webp" })
  world:put("notes.txt", "not for us")
  local status = call(world, STATUS)
  lu.assertEquals(status.status, 200)
  local settings, found = status.json.configuration, status.json.source_analysis
  lu.assertEquals(settings.source_directory, world.media)
  lu.assertEquals(type(settings.ftp_server), "string")
  lu.assertEquals({ settings.source_exists, settings.config_valid }, { true, true })
  lu.assertEquals({ found.files_count, found.files_ignored }, { 2, 1 })
  lu.assertEquals(found.files_ready[1].filename, "a.jpg")
  lu.assertEquals(found.files_ready[1].extension, ".jpg")
  lu.assertEquals(math.type(found.files_ready[1].size_mb), "float")
  lu.assertTrue(status.json.ready_to_process)
  lu.assertEquals({ status.json.token.checked, status.json.token.valid }, { true, true })

  local run = post(world)
  lu.assertEquals(run.status, 200)
  lu.assertTrue(run.json.success and run.json.result.success)
  local stats = run.json.result.stats
  lu.assertEquals({ stats.files_found, stats.files_processed, stats.files_published,
    stats.files_ignored, stats.files_failed }, { 3, 2, 2, 1, 0 })
  lu.assertStrContains(run.json.result.message, "2/2")
  lu.assertEquals(#world:posts(), 2)
  lu.assertEquals(world:names("processed"), { "a.jpg", "b.webp" })
  lu.assertFalse(call(world, STATUS).json.ready_to_process)
end

-- Calls on one connection, as Python's requests.Session makes them: the next one is heard at once.
function T.test_a_connection_is_kept_for_the_next_call()
  local world <close> = serve()
  local argv = { "curl", "--silent", "--show-error", "--max-time", "10", "--write-out",
    "%{http_code} %{num_connects}, " }
  for _, path in ipairs { "/healthz", "/healthz", "/healthz", STATUS, RUN, STATUS } do
    table.move({ "--output", "/dev/null", world.base .. path }, 1, 3, #argv + 1, argv)
  end
  local done = assert(host.exec(argv, { timeout = 70 }))
  lu.assertEquals({ done.status, done.stdout },
    { 0, "200 1, 200 0, 200 0, 200 0, 405 0, 200 0, " }, done.stderr)
end

function T.test_a_body_that_clients_send_does_no_harm()
  local world <close> = serve()
  local run = post(world, "--header", "Content-Type: application/json", "--data", "{}")
  lu.assertEquals({ run.status, run.json.success }, { 200, true })
end

function T.test_files_that_fail_are_an_answer()
  local world <close> = serve()
  world:put("bad.jpg", "no picture")
  local run = post(world)
  lu.assertEquals({ run.status, run.json.success, run.json.result.success }, { 200, false, false })
  lu.assertEquals(run.json.result.stats.files_failed, 1)
  lu.assertStrContains(run.json.result.stats.errors[1], "bad.jpg")
end

function T.test_a_missing_folder_and_when_it_comes_back()
  local world <close> = serve()
  assert(host.remove(world.media, { recursive = true }))
  local status = call(world, STATUS)
  lu.assertEquals(status.status, 200)
  local settings = status.json.configuration
  lu.assertEquals({ settings.source_exists, settings.config_valid }, { false, false })
  lu.assertEquals(settings.problems[1].key, "AUTO_DOWNLOAD_DIR")
  lu.assertEquals({ status.json.source_analysis.files_count, status.json.ready_to_process },
    { 0, false })
  local run = post(world)
  lu.assertEquals({ run.status, run.json.success, run.json.result.success }, { 200, false, false })
  lu.assertStrContains(run.json.result.error, world.media)
  lu.assertEquals(run.json.result.problems[1].key, "AUTO_DOWNLOAD_DIR")
  lu.assertEquals(run.json.result.stats.files_found, 0)
  -- A folder that was not mounted yet needs no new start of the server.
  assert(host.mkdir(world.media))
  scene.pictures(world, "a.jpg")
  lu.assertTrue(post(world).json.success)
  lu.assertEquals(#world:posts(), 1)
end

function T.test_a_missing_token()
  local world <close> = serve { env = { ACCESS_TOKEN = "VOTRE_ACCESS_TOKEN_ICI" } }
  local settings = call(world, STATUS).json.configuration
  lu.assertEquals({ settings.access_token_configured, settings.config_valid }, { false, false })
  local run = post(world)
  lu.assertEquals({ run.status, run.json.success }, { 200, false })
  lu.assertStrContains(run.json.result.error, "ACCESS_TOKEN")
  lu.assertEquals(run.json.result.problems[1].key, "ACCESS_TOKEN")
end

function T.test_the_shell_client()
  local world <close> = serve()
  scene.pictures(world, "a.jpg")
  local done = assert(host.exec({ host.info().root .. "/examples/client.sh", world.base },
    { timeout = 60 }))
  lu.assertEquals(done.status, 0, done.stdout .. done.stderr)
  lu.assertStrContains(done.stdout, "Published: 1\n")
end

-- One at a time -----------------------------------------------------------------------------------

local HOLD = [[
  return function(item)
    assert(host.write(env.AUTO_DOWNLOAD_DIR .. "/../held", ""))
    while not host.stat(env.AUTO_DOWNLOAD_DIR .. "/../go") do host.sleep(0.02) end
  end]]

local HELD = { ["steps/prepare"] = HOLD }

local function await_held(world)
  local deadline = host.now("monotonic") + 30
  while not host.stat(world.folder .. "/held") do
    assert(host.now("monotonic") < deadline, "the run does not begin")
    host.sleep(0.02)
  end
end

-- A run that waits in a step until the file "go" is there; its answer by `finish()`.
local function begin_run(world)
  scene.pictures(world, "a.jpg")
  local run = host.spawn(post, world)
  await_held(world)
  return function()
    assert(host.write(world.folder .. "/go", ""))
    local ok, answer = run:join()
    assert(ok, tostring(answer))
    return answer
  end
end

function T.test_a_second_run_is_refused_while_one_goes_on()
  local world <close> = serve { scripts = HELD }
  local finish = begin_run(world)
  local second = post(world)
  assert_refused(second, 409)
  lu.assertStrMatches(second.json.error, ".*%d.*")
  lu.assertEquals(call(world, STATUS).status, 200) -- looking is possible meanwhile
  lu.assertEquals(finish().status, 200)
  lu.assertEquals(post(world).status, 200)
end

function T.test_a_run_of_the_command_line_is_respected()
  local world <close> = serve { scripts = HELD }
  local finish = begin_run(world)
  local run = world:pass()
  lu.assertEquals(run.status, 2)
  lu.assertStrContains(run.stderr, world.pid())
  finish()
end

-- Who may call ------------------------------------------------------------------------------------

function T.test_foreign_pages_and_hosts_are_refused()
  local world <close> = serve()
  scene.pictures(world, "a.jpg")
  local port = world.env.PORT
  assert_refused(post(world, "--header", "Host: evil.example"), 421)
  assert_refused(post(world, "--header", "Host: evil.example:" .. port), 421)
  assert_refused(post(world, "--header", "Host: 127.0.0.1.evil.example:" .. port), 421)
  assert_refused(call(world, STATUS, "--header", "Host: evil.example"), 421)
  for _, origin in ipairs { "https://evil.example", "null", "http://127.0.0.1:1",
    "http://localhost.evil.example:" .. port } do
    assert_refused(post(world, "--header", "Origin: " .. origin), 403)
  end
  for _, site in ipairs { "cross-site", "same-site" } do
    assert_refused(post(world, "--header", "Sec-Fetch-Site: " .. site), 403)
  end
  lu.assertEquals(world:posts(), {})
  for _, name in ipairs { "localhost", "127.0.0.1", "[::1]" } do
    lu.assertEquals(call(world, STATUS, "--header", "Host: " .. name .. ":" .. port).status, 200)
  end
  local own = post(world, "--header", "Origin: http://127.0.0.1:" .. port, "--header",
    "Sec-Fetch-Site: same-origin")
  lu.assertEquals(own.status, 200)
end

function T.test_wrong_methods_and_places()
  local world <close> = serve()
  scene.pictures(world, "a.jpg")
  for _, method in ipairs { "GET", "PUT", "DELETE", "PATCH", "OPTIONS" } do
    local answer = call(world, RUN, "--request", method)
    assert_refused(answer, 405)
    lu.assertStrContains(answer.headers, "Allow: POST")
  end
  assert_refused(call(world, STATUS, "--request", "POST"), 405)
  for _, path in ipairs { "/api", "/api/poster-media/../poster-media", "/.env", "/%2e%2e/etc" } do
    lu.assertEquals(call(world, path).status // 100, 4, path)
  end
  lu.assertEquals(call(world, STATUS, "--head").status, 200)
  lu.assertEquals(world:posts(), {})
end

function T.test_an_oversized_body()
  local world <close> = serve()
  scene.pictures(world, "a.jpg")
  local large = world.folder .. "/large"
  assert(host.write(large, ("x"):rep(8 << 20)))
  assert_refused(post(world, "--data-binary", "@" .. large), 413)
  assert_refused(post(world, "--header", "Transfer-Encoding: chunked", "--data-binary",
    "@" .. large), 413)
  lu.assertEquals(world:posts(), {})
end

function T.test_the_bearer_token()
  local world <close> = serve { env = { API_TOKEN = API_TOKEN } }
  scene.pictures(world, "a.jpg")
  lu.assertEquals(call(world, "/healthz").status, 200)
  for _, given in ipairs { "Bearer wrong", "Bearer", "Basic " .. API_TOKEN, API_TOKEN } do
    local answer = post(world, "--header", "Authorization: " .. given)
    assert_refused(answer, 401)
    lu.assertStrContains(answer.headers, "WWW-Authenticate: Bearer")
  end
  assert_refused(call(world, STATUS), 401)
  lu.assertEquals(world:posts(), {})
  local allowed = post(world, "--header", "Authorization: Bearer " .. API_TOKEN)
  lu.assertTrue(allowed.json.success)
  local ended = world.stop()
  lu.assertNotStrContains(ended.stderr .. allowed.body, API_TOKEN)
  scene.assert_no_secret(world, { stdout = allowed.body, stderr = ended.stderr })
end

function T.test_open_to_others_without_a_token_is_refused()
  local world <close> = scene.new { env = { HOST = "0.0.0.0", PORT = tostring(scene.free_port()) } }
  local result = world:run({ "serve" })
  lu.assertEquals(result.status, 2)
  lu.assertStrContains(result.stderr, "API_TOKEN")
end

function T.test_a_port_that_is_taken()
  local world <close> = scene.new()
  local other <close> = assert(host.serve({ port = 0 }, function() return {} end))
  local result = world:run({ "serve" }, { env = { PORT = tostring(other.port) } })
  lu.assertEquals(result.status, 2)
  lu.assertStrContains(result.stderr, tostring(other.port))
end

-- The end -----------------------------------------------------------------------------------------

function T.test_signals_end_it_cleanly()
  for _, signal in ipairs { "TERM", "INT" } do
    local world <close> = serve()
    local ended = world.stop(signal)
    lu.assertEquals({ ended.status, ended.signal }, { 0, 0 }, ended.stderr)
  end
end

function T.test_a_signal_in_the_middle_of_a_run_loses_nothing()
  local world <close> = serve { scripts = HELD }
  scene.pictures(world, "a.jpg")
  local run = host.spawn(function() pcall(post, world) end)
  await_held(world)
  lu.assertEquals(world.stop().status, 0)
  run:join()
  lu.assertEquals(world:names(), { "a.jpg" })
  lu.assertEquals(world:pass().status, 0)
  lu.assertEquals(#world:posts(), 1)
end

function T.test_a_run_that_nobody_waits_for_ends_with_the_server_and_loses_nothing()
  local world <close> = serve { scripts = HELD }
  scene.pictures(world, "a.jpg")
  local begun = post(world, "--header", "Prefer: respond-async")
  lu.assertEquals({ begun.status, begun.json.location }, { 202, "/api/runs/" .. begun.json.id })
  await_held(world)
  lu.assertEquals(post(world).json.id, begun.json.id)
  lu.assertEquals(world.stop().status, 0)
  lu.assertEquals(world:names(), { "a.jpg" })
  lu.assertEquals(world:pass().status, 0)
  lu.assertEquals(#world:posts(), 1)
end

function T.test_a_run_of_the_command_line_makes_a_call_wait_its_turn()
  local world <close> = serve { scripts = HELD }
  scene.pictures(world, "a.jpg")
  local run = host.spawn(scene.pass, world)
  await_held(world)
  local refused = post(world)
  assert_refused(refused, 409)
  lu.assertStrMatches(refused.json.id, "%d+")
  assert(host.write(world.folder .. "/go", ""))
  run:join()
  lu.assertEquals(post(world).status, 200)
end

return T
