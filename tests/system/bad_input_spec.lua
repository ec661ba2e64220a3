-- Bad input has a clear end: the cause is named, and the next step; the exit status is right, no
-- file is moved or lost, and no secret is shown.
local lu = require "luaunit"
local json = require "json"
local scene = require "scene"

local T = {}

local function contains_all(text, parts)
  for _, part in ipairs(parts) do lu.assertStrContains(text, part) end
end

-- The folder as it was: names and content.
local function snapshot(world)
  local all = {}
  for _, name in ipairs(world:names()) do all[name] = world:hash(world.media .. "/" .. name) end
  return all
end

-- A run that cannot start: exit 2, both `success` false, the reason in words, nothing touched.
local function assert_refused(world, ...)
  local before = snapshot(world)
  local result = world:pass()
  lu.assertEquals(result.status, 2, result.stderr)
  contains_all(result.stderr, { ... })
  if result.json then
    lu.assertEquals({ result.json.success, result.json.result.success }, { false, false })
    contains_all(result.json.result.error, { ... })
  end
  lu.assertEquals(snapshot(world), before)
  lu.assertEquals(world:posts(), {})
  lu.assertNil(host.stat(world.media .. "/processed"))
  scene.assert_no_secret(world, result)
  return result
end

-- A file that fails: exit 1, its sentence names cause and next step, it stays where it is.
local function assert_failed(world, name, kind, ...)
  local before = snapshot(world)
  local result = world:pass { env = { LOG_LEVEL = "debug" } } -- says most, and yet no secret
  lu.assertEquals(result.status, 1, result.stderr)
  local item
  for _, one in ipairs(result.json.result.items) do
    if one.file == name then item = one end
  end
  lu.assertNotNil(item, result.stdout)
  lu.assertEquals({ item.state, item.error.kind }, { "failed", kind }, result.stdout)
  lu.assertFalse(result.json.success)
  local sentence
  for _, text in ipairs(result.json.result.stats.errors) do
    if text:find(name .. ": ", 1, true) == 1 then sentence = text end
  end
  lu.assertNotNil(sentence, result.stdout)
  contains_all(sentence, { ... })
  lu.assertStrContains(result.stderr, sentence)
  lu.assertEquals(world:hash(world.media .. "/" .. name), before[name])
  scene.assert_no_secret(world, result)
  return result, item
end

-- Settings --------------------------------------------------------------------------------------

function T.test_placeholders_count_as_missing()
  local world <close> = scene.new()
  scene.pictures(world, "a.jpg")
  for _, token in ipairs { "VOTRE_ACCESS_TOKEN_ICI", "VOTRE_VRAI_TOKEN_INSTAGRAM" } do
    world.env.ACCESS_TOKEN = token
    local result = world:pass()
    lu.assertEquals(result.status, 2)
    contains_all(result.json.result.error, { "ACCESS_TOKEN is missing", "Meta gave you" })
  end
  world.env.ACCESS_TOKEN = "EAATESTTOKENabcdefgh0123456789"
  for _, id in ipairs { "VOTRE_IG_USER_ID_ICI", "VOTRE_VRAI_USER_ID" } do
    world.env.IG_USER_ID = id
    assert_refused(world, "IG_USER_ID is missing", "Set IG_USER_ID")
  end
end

function T.test_missing_settings_are_all_named_at_once()
  local world <close> = scene.new()
  scene.pictures(world, "a.jpg")
  world.env.ACCESS_TOKEN, world.env.IG_USER_ID, world.env.UPLOAD_URL = "", nil, nil
  assert_refused(world, "ACCESS_TOKEN is missing", "IG_USER_ID is missing", "FTP_HOST")
end

function T.test_in_french_too()
  local world <close> = scene.new()
  world.env.ACCESS_TOKEN, world.env.AFFICHE_LANG = "", "fr"
  assert_refused(world, "ACCESS_TOKEN manque", "le jeton donné par Meta")
end

function T.test_a_missing_folder()
  local world <close> = scene.new()
  world.env.AUTO_DOWNLOAD_DIR = world.folder .. "/gone"
  local result = world:pass()
  lu.assertEquals(result.status, 2)
  contains_all(result.json.result.error, { world.folder .. "/gone", "AUTO_DOWNLOAD_DIR" })
  lu.assertNil(host.stat(world.folder .. "/gone"))
  world.env.AUTO_DOWNLOAD_DIR = world:put("a.jpg", "a file")
  lu.assertEquals(world:pass().status, 2)
end

function T.test_a_malformed_line_names_file_and_line()
  local world <close> = scene.new()
  scene.pictures(world, "a.jpg")
  world.env_file = "ACCESS_TOKEN=EAATESTTOKENabcdefgh0123456789\n\nIG_USER_ID\n"
  assert_refused(world, world.folder .. "/env", "line 3", "KEY=value")
  world.env_file = "IG_USER_ID=1\nACCESS_TOKEN=\"EAATESTTOKENabcdefgh0123456789\nX=1\n"
  assert_refused(world, world.folder .. "/env", "line 2", "quote")
end

function T.test_no_such_env_file()
  local world <close> = scene.new()
  local result = world:run({ "--env", world.folder .. "/nothing", "run" })
  lu.assertEquals(result.status, 2)
  contains_all(result.stderr, { world.folder .. "/nothing", "--env" })
end

-- The target --------------------------------------------------------------------------------------

function T.test_a_wrong_password()
  for _, kind in ipairs { "proftpd", "pure-ftpd" } do
    local world <close> = scene.on_ftp(kind, { tls = true })
    scene.pictures(world, "a.jpg")
    world.env.FTP_PASS = "not-the-password-at-all"
    local _, item = assert_failed(world, "a.jpg", "auth", "530", "FTP_USER", "FTP_PASS")
    lu.assertEquals(item.error.code, 530)
    lu.assertFalse(item.error.retryable)
  end
end

local function ftp_settings(world, port)
  world.env.UPLOAD_URL = nil
  world.env.FTP_HOST, world.env.FTP_PORT = "127.0.0.1", tostring(port)
  world.env.FTP_USER, world.env.FTP_PASS = "tester", "a-long-password"
end

-- The shipped upload step tries three times within 6 s; nothing here is about that.
local function one_try(world)
  scene.script(world, "steps/upload", [[
    local uploader = require "uploader"
    return function(item) return assert(uploader.upload(item)) end]])
  world.env.AFFICHE_SCRIPTS = world.scripts
end

function T.test_the_host_is_down()
  local world <close> = scene.new()
  scene.pictures(world, "a.jpg")
  ftp_settings(world, scene.free_port())
  one_try(world)
  local _, item = assert_failed(world, "a.jpg", "network", "127.0.0.1", "Check the connection")
  lu.assertTrue(item.error.retryable)
end

function T.test_the_host_has_no_address()
  local world <close> = scene.new()
  scene.pictures(world, "a.jpg")
  ftp_settings(world, 21)
  world.env.FTP_HOST = "ftp.example.invalid"
  one_try(world)
  assert_failed(world, "a.jpg", "network", "ftp.example.invalid", "Check the connection")
end

function T.test_a_server_without_tls_where_tls_is_required()
  local world <close> = scene.on_ftp("vsftpd")
  scene.pictures(world, "a.jpg")
  world.env.FTP_TLS = "require"
  assert_failed(world, "a.jpg", "tls", "TLS", "FTP_TLS")
  lu.assertNil(host.stat(world.public))
end

function T.test_a_certificate_that_cannot_be_verified_where_tls_is_required()
  local world <close> = scene.on_ftp("vsftpd", { tls = true })
  scene.pictures(world, "a.jpg")
  world.env.FTP_CA_FILE = nil
  assert_failed(world, "a.jpg", "tls", "certificate", "FTP_CA_FILE")
end

-- A port that accepts and never says a word, where the FTP greeting or the TLS answer should come.
T.deadline = 200
function T.test_a_port_that_never_speaks()
  local world <close> = scene.new()
  scene.pictures(world, "a.jpg")
  local silent = assert(host.serve({ port = 0, header_timeout = 100 }, function() return {} end))
  ftp_settings(world, silent.port)
  one_try(world)
  local started = host.now("monotonic")
  local _, item = assert_failed(world, "a.jpg", "timeout", "took too long", "check the server")
  lu.assertTrue(item.error.retryable)
  lu.assertTrue(host.now("monotonic") - started < 60)
  silent:close()
end

-- The public address ------------------------------------------------------------------------------

local function quick_publish(world)
  scene.script(world, "steps/publish", [[
    local instagram = require "instagram"
    return function(item) return assert(instagram.publish(item)) end]])
  world.env.AFFICHE_SCRIPTS = world.scripts
end

function T.test_the_public_url_answers_404()
  local world <close> = scene.new()
  scene.pictures(world, "a.jpg")
  quick_publish(world)
  world.env.PUBLIC_BASE_URL = world.env.PUBLIC_BASE_URL .. "/elsewhere"
  local _, item = assert_failed(world, "a.jpg", "remote", "404", "PUBLIC_BASE_URL")
  lu.assertEquals(item.error.subcode, 2207052)
  -- Mended, it goes on: the upload is not done again.
  world.env.PUBLIC_BASE_URL = world.env.PUBLIC_BASE_URL:gsub("/elsewhere", "")
  local result = world:pass()
  lu.assertEquals(result.status, 0, result.stderr)
  lu.assertEquals(#world:posts(), 1)
end

function T.test_the_token_is_refused()
  local world <close> = scene.new { switches = { token = "463" } }
  scene.pictures(world, "a.jpg", "b.jpg")
  local result = assert_failed(world, "a.jpg", "auth", "ACCESS_TOKEN")
  lu.assertEquals(scene.counts(result), "2 2 0 0 0 2 0")
  lu.assertEquals(assert(host.list(world.public)), {})
end

function T.test_instagram_cannot_be_reached()
  local world <close> = scene.new()
  scene.pictures(world, "a.jpg")
  quick_publish(world)
  world.env.GRAPH_API_URL = ("http://127.0.0.1:%d/v26.0"):format(scene.free_port())
  assert_failed(world, "a.jpg", "network", "Check the connection")
end

-- The files ---------------------------------------------------------------------------------------

local function half_a_webp()
  local whole = assert(host.read(host.info().root .. "/examples/media/dusk.webp"))
  return whole:sub(1, #whole // 2)
end

function T.test_files_that_are_no_media_fail_and_the_others_go_on()
  local world <close> = scene.new()
  scene.pictures(world, "good.jpg")
  world:put("cut.webp", half_a_webp())
  world:put("empty.jpg", "")
  world:put("text.jpg", "Dear reader, this is no picture.\n")
  world:put("page.jpg", "<!DOCTYPE html><html><body>404</body></html>")
  world:put("fake.mp4", "not a film")
  local before = snapshot(world)
  local result = world:pass()
  lu.assertEquals(result.status, 1)
  lu.assertEquals(scene.counts(result), "6 6 1 1 0 5 0")
  lu.assertEquals(scene.feed(world), { "Good" })
  before["good.jpg"] = nil
  lu.assertEquals(snapshot(world), before)
  for _, item in ipairs(result.json.result.items) do
    if item.file ~= "good.jpg" then
      lu.assertEquals({ item.file, item.state, item.error.kind }, { item.file, "failed", "format" })
      lu.assertFalse(item.error.retryable)
      local said = json.encode(result.json.result.stats.errors)
      contains_all(said, { item.file .. ": ", "Replace the file" })
    end
  end
  -- Nothing about the bad ones has changed by looking at them twice.
  local again = world:pass()
  lu.assertEquals({ again.status, scene.counts(again) }, { 1, "5 5 0 0 0 5 0" })
  lu.assertEquals(#world:posts(), 1)
end

function T.test_a_webp_named_jpg_is_handled_as_webp()
  local world <close> = scene.new()
  world:put("misnamed.jpg", { sample = "dusk.webp" })
  local result = world:pass()
  lu.assertEquals(result.status, 0, result.stderr)
  lu.assertStrContains(result.stderr, "misnamed.jpg")
  lu.assertStrContains(result.stderr, "webp")
  lu.assertEquals(world:names("processed"), { "misnamed.jpg" })
end

return T
