-- doctor and explain: what they find, what they say, and that they leave everything as it was.
local json = require "json"
local lu = require "luaunit"
local new_world = require "world".new

local T = {}

-- Every path below a folder, with its size: what a command may not change.
local function snapshot(folder)
  -- The size of a folder is no part of it: on some filesystems it counts the entries.
  local done = assert(host.exec { "find", folder, "-type", "d", "-printf", "%p\n", "-o",
    "-printf", "%p %s %y\n" })
  local lines = {}
  for line in done.stdout:gmatch("[^\n]+") do
    if not line:find("/env ", 1, true) then lines[#lines + 1] = line end
  end
  table.sort(lines)
  return lines
end

local function doctor(world, options)
  local before = { world = snapshot(world.folder) }
  local done = world:run({ "doctor" }, options)
  lu.assertEquals(snapshot(world.folder), before.world)
  return done
end

local function line_of(done, what)
  for line in done.stdout:gmatch("[^\n]+") do
    if line:find(what, 1, true) then return line end
  end
  error(("no line says %q:\n%s%s"):format(what, done.stdout, done.stderr))
end

function T:test_doctor_finds_nothing_wrong_and_leaves_nothing_behind()
  local world <close> = new_world()
  world:put("a.jpg", { sample = "morning.jpg" })
  local done = doctor(world)
  lu.assertEquals(done.status, 0, done.stdout .. done.stderr)
  lu.assertNil(done.stdout:find("❌"))
  for _, what in ipairs { "settings: complete", "scripts: all compile", "folder: ", "journal: ",
    "converter: ", "upload: ", "the same content", "the test picture is removed", "token: accepted",
    "standin is reached", "0 of 100", "agrees with the server", "v26.0 is in force" } do
    lu.assertStrContains(line_of(done, what), "✅")
  end
  lu.assertStrContains(line_of(done, "leads to this machine"), "⚠️")
  lu.assertEquals(#world:posts(), 0)
  lu.assertEquals(world.instagram.state.containers_made or 0, 0)
end

function T:test_doctor_speaks_french()
  local world <close> = new_world { env = { AFFICHE_LANG = "fr" } }
  local done = doctor(world)
  lu.assertEquals(done.status, 0, done.stdout)
  lu.assertStrContains(done.stdout, "jeton: accepté")
end

function T:test_doctor_names_every_wrong_setting()
  local world <close> = new_world { env = { ACCESS_TOKEN = "VOTRE_ACCESS_TOKEN_ICI",
    FTP_PORT = "many" } }
  local done = doctor(world)
  lu.assertEquals(done.status, 2)
  lu.assertStrContains(line_of(done, "ACCESS_TOKEN is missing"), "❌")
  lu.assertStrContains(line_of(done, "FTP_PORT"), "❌")
  line_of(done, "the same content")
end

function T:test_doctor_warns_of_short_secrets_without_showing_them()
  local world <close> = new_world { env = { API_TOKEN = "q7Zx" } }
  local done = doctor(world)
  lu.assertEquals(done.status, 0)
  lu.assertStrContains(line_of(done, "API_TOKEN is shorter"), "⚠️")
  lu.assertNil((done.stdout .. done.stderr):find("q7Zx", 1, true))
end

function T:test_doctor_a_script_that_is_broken()
  local world <close> = new_world()
  assert(host.mkdir(world.folder .. "/scripts"))
  assert(host.write(world.folder .. "/scripts/captions.lua", "return function( end"))
  local done = doctor(world, { env = { AFFICHE_SCRIPTS = world.folder .. "/scripts" } })
  lu.assertEquals(done.status, 2)
  lu.assertStrContains(line_of(done, "captions.lua:1"), "❌")
end

function T:test_doctor_folders_that_are_missing_are_not_made()
  local world <close> = new_world()
  local done = doctor(world, { env = { AUTO_DOWNLOAD_DIR = world.folder .. "/none",
    UPLOAD_URL = "file://" .. world.folder .. "/nowhere" } })
  lu.assertEquals(done.status, 1)
  lu.assertStrContains(line_of(done, world.folder .. "/none"), "❌")
  lu.assertStrContains(line_of(done, world.folder .. "/nowhere"), "❌")
end

function T:test_doctor_a_file_in_the_place_of_the_archive()
  local world <close> = new_world()
  world:put("processed", "a file")
  local done = doctor(world)
  lu.assertEquals(done.status, 1)
  lu.assertStrContains(line_of(done, "processed is no folder"), "❌")
end

function T:test_a_damaged_journal_is_said_and_left_alone()
  local world <close> = new_world()
  assert(host.write(world.state .. "/journal.db", ("garbage"):rep(1000)))
  local done = doctor(world)
  lu.assertEquals(done.status, 1)
  lu.assertStrContains(line_of(done, "journal: "), "❌")
  line_of(done, "token: accepted")
end

-- A web server that answers something else for the probe. The probe is removed all the same.
local function with_web(answer)
  local world = new_world()
  local server = assert(host.serve({ port = 0 }, function(request)
    if request.path == "/robots.txt" then
      return answer.robots and { body = answer.robots } or { status = 404, body = "" }
    end
    if answer.reply then return answer.reply(request) end
    return { file = world.public .. request.path, headers = { ["Content-Type"] = "image/jpeg" } }
  end))
  world.env.PUBLIC_BASE_URL = ("http://127.0.0.1:%d"):format(server.port)
  world.web:close()
  world.web = server
  return world
end

function T:test_doctor_a_public_url_that_shows_another_folder()
  local world <close> = with_web { reply = function()
    return { status = 404, body = "no" }
  end }
  local done = doctor(world)
  lu.assertEquals(done.status, 1)
  lu.assertStrContains(line_of(done, "HTTP 404"), "❌")
  lu.assertStrContains(line_of(done, "HTTP 404"), "PUBLIC_BASE_URL")
  line_of(done, "the test picture is removed")
end

function T:test_doctor_robots_that_forbid_instagram()
  local world <close> = with_web { robots = "User-agent: facebookexternalhit\nDisallow: /" }
  local done = doctor(world)
  lu.assertEquals(done.status, 1)
  lu.assertStrContains(line_of(done, "robots.txt"), "❌")
end

function T:test_doctor_a_public_url_out_of_reach_is_a_warning()
  local world <close> = new_world { env = { PUBLIC_BASE_URL = "http://127.0.0.1:1" } }
  local done = doctor(world)
  lu.assertEquals(done.status, 0)
  lu.assertStrContains(line_of(done, "cannot be reached"), "⚠️")
end

function T:test_doctor_a_dead_token()
  local world <close> = new_world { switches = { token = "463" } }
  local done = doctor(world)
  lu.assertEquals(done.status, 1)
  lu.assertStrContains(line_of(done, "❌ token"), "ACCESS_TOKEN")
  lu.assertNil(done.stdout:find(world.env.ACCESS_TOKEN, 1, true))
end

function T:test_doctor_asks_an_instagram_token_for_its_account()
  local world <close> = new_world { switches = { account_type = "PERSONAL" } }
  local token = "IGAATESTTOKENabcdefgh0123456789"
  world.instagram.state.token, world.env.ACCESS_TOKEN = token, token
  local done = doctor(world)
  lu.assertEquals(done.status, 1)
  lu.assertStrContains(line_of(done, "PERSONAL"), "❌")
  world.instagram.state.switches.account_type = "MEDIA_CREATOR"
  lu.assertStrContains(line_of(doctor(world), "MEDIA_CREATOR"), "✅")
  done = doctor(world, { env = { IG_USER_ID = "17840000000000999" } })
  lu.assertEquals(done.status, 1)
end

function T:test_doctor_asks_for_rights_and_end_of_a_facebook_token()
  local world <close> = new_world { env = { APP_ID = "4711", APP_SECRET = "secret-of-the-app-01" } }
  world.instagram.state.app_token = "4711|secret-of-the-app-01"
  local done = doctor(world)
  lu.assertEquals(done.status, 0, done.stdout)
  line_of(done, "without a fixed end")
  lu.assertStrContains(line_of(done, "rights: "), "instagram_content_publish")
  local switches = world.instagram.state.switches
  switches.scopes, switches.expires_at = "instagram_basic", os.time() + 86400
  done = doctor(world)
  lu.assertEquals(done.status, 1)
  lu.assertStrContains(line_of(done, "lacks: instagram_content_publish"), "❌")
  lu.assertStrContains(line_of(done, "valid only until"), "⚠️")
  for _, secret in ipairs { world.env.ACCESS_TOKEN, "secret-of-the-app-01" } do
    lu.assertNil((done.stdout .. done.stderr):find(secret, 1, true))
  end
end

function T:test_doctor_the_quota_and_the_version()
  local world <close> = new_world { switches = { quota_used = 100 } }
  world.env.GRAPH_API_URL = world.env.GRAPH_API_URL:gsub("v26", "v20")
  local done = doctor(world)
  lu.assertEquals(done.status, 0)
  lu.assertStrContains(line_of(done, "used up"), "⚠️")
  lu.assertStrContains(line_of(done, "past its end"), "⚠️")
end

-- explain --------------------------------------------------------------------------------------

local function explain(world, name, options)
  local before = snapshot(world.folder)
  local done = world:run({ "explain", name, "--json" }, options)
  lu.assertEquals(snapshot(world.folder), before)
  lu.assertEquals(done.status, 0, done.stderr)
  return done.json
end

local function rule_of(object, name)
  for _, rule in ipairs(object.rules) do
    if rule.rule == name then return rule end
  end
end

function T:test_explain_a_new_file()
  local world <close> = new_world()
  local path = world:put("soir.jpg", { sample = "dusk.webp" })
  world:put("soir.txt", "Le soir #mer #ciel")
  local object = explain(world, "soir.jpg")
  lu.assertEquals(object.next.decision, "publish")
  lu.assertEquals(object.facts.sha256, world:hash(path))
  lu.assertEquals({ object.facts.format, object.facts.width }, { "webp", 1080 })
  lu.assertStrContains(rule_of(object, "content").detail, "webp")
  lu.assertStrContains(rule_of(object, "sidecar").detail, "soir.txt")
  lu.assertEquals(object.caption.text, "Le soir #mer #ciel")
  lu.assertEquals(object.caption.counts, { length = 18, hashtags = 2, mentions = 0 })
  lu.assertEquals({ object.target.width, object.target.height, object.target.fit },
    { 1080, 1350, "pad" })
  lu.assertEquals(object.journal, json.list())
  lu.assertStrContains(world:run({ "explain", path }).stdout, "Le soir #mer #ciel")
end

function T:test_explain_why_a_file_is_not_published()
  local world <close> = new_world()
  world:put("note.pdf", "x")
  world:put("fake.jpg", "no picture at all")
  world:put("long.png", { sample = "night.png" })
  world:put("long.txt", ("x"):rep(2201))
  world:put(".hidden.jpg", { sample = "morning.jpg" })
  lu.assertEquals(explain(world, "note.pdf").next.decision, "ignore")
  lu.assertEquals(explain(world, ".hidden.jpg").next.decision, "ignore")
  lu.assertEquals(explain(world, "fake.jpg").next.decision, "fail")
  local object = explain(world, "long.png")
  lu.assertEquals(object.next.decision, "fail")
  lu.assertStrContains(rule_of(object, "caption").detail, "2201")
  lu.assertEquals(rule_of(object, "caption").verdict, "no")
end

function T:test_explain_tells_of_words_and_of_a_film()
  local world <close> = new_world()
  world:put("film.mp4", { sample = "clip.mp4" })
  local object = explain(world, "film.mp4")
  lu.assertEquals(object.facts.meta, { gps = false, holds = {} })
  lu.assertEquals(rule_of(object, "formats").verdict, "yes")
  lu.assertStrContains(rule_of(object, "formats").detail, "within the limits")
  local rules = assert(host.read(host.info().root .. "/scripts/formats.lua"))
  local scripts = world.folder .. "/rules"
  assert(host.mkdir(scripts))
  assert(host.write(scripts .. "/formats.lua",
    (rules:gsub("min_duration = 3", "min_duration = 5"))))
  object = explain(world, "film.mp4", { env = { AFFICHE_SCRIPTS = scripts } })
  lu.assertEquals(object.next.decision, "fail")
  lu.assertStrContains(rule_of(object, "formats").detail, "it lasts 4.0 s, 5 to 900 are taken")
end

function T:test_explain_what_was_done()
  local world <close> = new_world()
  world:put("a.jpg", { sample = "morning.jpg" })
  world:pass()
  local object = explain(world, "a.jpg")
  lu.assertEquals({ object.place, object.next.decision }, { "processed", "nothing" })
  local item = object.journal[1]
  lu.assertEquals({ item.state, item.done }, { "published", true })
  lu.assertEquals(item.post.media_id, world:posts()[1].id)
  local names = {}
  for i, step in ipairs(item.steps) do names[i] = step.name end
  lu.assertEquals(names, { "prepare", "upload", "publish", "archive" })
  world:put("copy.jpg", { sample = "morning.jpg" })
  lu.assertEquals(explain(world, "copy.jpg").next.decision, "duplicate")
end

function T:test_explain_an_uncertain_file_and_a_failed_one()
  local world <close> = new_world { switches = { publish = "drop", read_outage = "none" } }
  assert(host.mkdir(world.folder .. "/scripts"))
  assert(host.write(world.folder .. "/scripts/pacing.lua", [[return { wait_for_earlier = 60,
    poll = { image = { 0.1 }, video = { 0.1 } }, ready_within = { image = 60, video = 60 },
    settle_after = {} }]]))
  world.env.AFFICHE_SCRIPTS = world.folder .. "/scripts"
  world:put("a.jpg", { sample = "morning.jpg" })
  world:put("b.jpg", "no picture")
  world:pass()
  local object = explain(world, "a.jpg")
  lu.assertEquals({ object.next.decision, object.journal[1].state }, { "look", "uncertain" })
  lu.assertStrContains(object.journal[1].error.next_action, "settle")
  lu.assertEquals(object.journal[1].post.state, "sent")
  object = explain(world, "b.jpg")
  lu.assertEquals({ object.next.decision, object.journal[1].state }, { "fail", "failed" })
  lu.assertNotNil(object.journal[1].error.next_action)
  world:run { "settle", "a.jpg", "--again" }
  lu.assertStrContains(explain(world, "a.jpg").next.reason, "once more")
  world:run { "settle", "a.jpg", "--live" }
end

function T:test_explain_what_nobody_knows()
  local world <close> = new_world()
  local done = world:run { "explain", "none.jpg" }
  lu.assertEquals(done.status, 2)
  lu.assertStrContains(done.stderr, "none.jpg")
end

-- new ------------------------------------------------------------------------------------------

function T:test_new_writes_into_the_folder_that_is_named_or_the_one_at_home()
  local world <close> = new_world()
  local scripts = world.folder .. "/mine"
  local done = world:run { "--scripts", scripts, "new", "workflow", "story" }
  lu.assertEquals(done.status, 0, done.stderr)
  lu.assertEquals(done.stdout, scripts .. "/story.lua\n")
  world:put("a.jpg", { sample = "morning.jpg" })
  local preview = world:run { "--scripts", scripts, "preview", "story", "--json" }
  lu.assertEquals(preview.json.items[1].decision, "publish", preview.stderr)
  lu.assertEquals(world:run({ "--scripts", scripts, "new", "workflow", "story" }).status, 2)
  done = world:run { "new", "step", "mark" }
  lu.assertEquals(done.stdout, world.folder .. "/home/.config/affiche/scripts/steps/mark.lua\n")
  lu.assertEquals(world:run({ "new", "step", "../x" }).status, 2)
  lu.assertEquals(world:run({ "new", "thing", "x" }).status, 2)
end

return T
