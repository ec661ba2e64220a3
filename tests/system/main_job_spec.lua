-- The main job on real FTP servers, as the original system did it: five files, two of them not for
-- Instagram, through FTP_* settings to a folder that a web server shows.
local lu = require "luaunit"
local ftp = require "ftp_kit"
local json = require "json"
local scene = require "scene"

local T = {}

local SAMPLES = { ["a lake.webp"] = "dusk.webp", ["b.jpg"] = "morning.jpg", ["c.mp4"] = "clip.mp4" }

local function fill(world)
  local hashes = {}
  for name, sample in pairs(SAMPLES) do
    hashes[name] = world:hash(world:put(name, { sample = sample }))
  end
  world:put("notes.txt", "bread, milk")
  world:put("offer.pdf", "%PDF-1.4\n")
  return hashes
end

-- Objects of a decoded document, down to a name for the type of each value.
local function shape(value)
  if value == json.null then return "null" end
  if type(value) ~= "table" then return math.type(value) or type(value) end
  local types = {}
  for key, field in pairs(value) do types[key] = shape(field) end
  return types
end

local STATS = { files_found = "integer", files_processed = "integer", files_uploaded = "integer",
  files_published = "integer", files_ignored = "integer", files_failed = "integer",
  files_deferred = "integer", errors = {} }
local ITEM = { file = "string", state = "string", media_id = "string", permalink = "string",
  error = "null" }
local OBJECT = { success = "boolean", timestamp = "string", source_directory = "string",
  ftp_server = "string", instagram_account = "string",
  result = { success = "boolean", stats = STATS, items = { ITEM, ITEM, ITEM },
    message = "string" } }

-- The names stand in the document in the order of the contract.
local ORDER = { "success", "timestamp", "source_directory", "ftp_server", "instagram_account",
  "result", "stats", "files_found", "files_processed", "files_uploaded", "files_published",
  "files_ignored", "files_failed", "files_deferred", "errors", "items", "file", "state",
  "media_id", "permalink", "error", "message" }

local function assert_order(text)
  local last, before = 0, "the beginning"
  for _, name in ipairs(ORDER) do
    local at = text:find(('"%s":'):format(name), last + 1, true)
    lu.assertNotNil(at, ("%s after %s"):format(name, before))
    last, before = at, name
  end
end

local function assert_object(world, result, message)
  local object = result.json
  lu.assertEquals(shape(object), OBJECT)
  assert_order(result.stdout)
  lu.assertStrMatches(object.timestamp, "%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d%.%d%d%d%d%d%d")
  lu.assertEquals(object.source_directory, world.media)
  lu.assertEquals(object.ftp_server, "localhost:" .. world.server.port)
  lu.assertEquals(object.instagram_account, world.env.IG_USER_ID)
  lu.assertTrue(object.success and object.result.success)
  lu.assertEquals(scene.counts(result), "5 3 3 3 2 0 0")
  lu.assertEquals(object.result.message, message)
  for i, name in ipairs({ "a lake.webp", "b.jpg", "c.mp4" }) do
    local item, post = object.result.items[i], world:posts()[i]
    lu.assertEquals({ item.file, item.state, item.media_id, item.permalink },
      { name, "published", post.id, post.permalink })
  end
end

local function assert_feed(world)
  local kinds = {}
  for i, media in ipairs(world:posts()) do kinds[i] = media.kind end
  lu.assertEquals(kinds, { "image", "image", "video" })
  lu.assertEquals(scene.feed(world), { "A Lake", "B", "C" })
  -- What Instagram fetched from the web server is what lies in the folder of the FTP server.
  local uploaded = {}
  for _, name in ipairs(assert(host.list(world.public))) do
    uploaded[world:hash(world.public .. "/" .. name)] = name
  end
  for _, media in ipairs(world:posts()) do
    lu.assertNotNil(uploaded[world:hash(media.path)], media.caption)
  end
end

local function assert_archived(world, hashes)
  lu.assertEquals(world:names(), { "notes.txt", "offer.pdf" })
  lu.assertEquals(world:names("processed"), { "a lake.webp", "b.jpg", "c.mp4" })
  for name, hash in pairs(hashes) do
    lu.assertEquals(world:hash(world.media .. "/processed/" .. name), hash, name)
  end
end

-- The lines of the original system, without their times.
local function assert_french_log(world, stderr)
  local lines = {}
  for line in stderr:gmatch("[^\n]+") do
    local icon, message = line:match("^(%S+) %[%d%d:%d%d:%d%d%] %[POSTER_MEDIA%] (.*)$")
    lu.assertNotNil(icon, line)
    lines[icon .. " " .. message] = (lines[icon .. " " .. message] or 0) + 1
  end
  local wanted = { "ℹ️ Parcours du dossier: " .. world.media,
    "✅ Publication terminée: 3/3 fichiers publiés" }
  for name in pairs(SAMPLES) do
    table.insert(wanted, "📤 Upload FTP en cours: " .. name)
    table.insert(wanted, "✅ Upload FTP réussi: " .. name)
    table.insert(wanted, "✅ Fichier déplacé vers processed: " .. name)
  end
  for _, media in ipairs(world:posts()) do
    table.insert(wanted, "📱 Publication Instagram réussie: " .. media.id)
  end
  for _, line in ipairs(wanted) do lu.assertEquals(lines[line], 1, line .. "\nin\n" .. stderr) end
end

local function whole_job(kind, tls)
  local world <close> = scene.on_ftp(kind, { tls = tls })
  local hashes = fill(world)
  local result = world:pass { env = { AFFICHE_LANG = "fr" } }
  lu.assertEquals(result.status, 0, result.stderr)
  assert_object(world, result, "Publication terminée: 3/3 fichiers publiés")
  assert_feed(world)
  assert_archived(world, hashes)
  assert_french_log(world, result.stderr)
  scene.assert_no_secret(world, result)
  local _, warnings = result.stderr:gsub("⚠️", "")
  lu.assertEquals(warnings, tls and 0 or 1, result.stderr) -- plain: one warning that it is
end

for _, kind in ipairs({ "vsftpd", "proftpd", "pure-ftpd" }) do
  T["test_" .. kind .. "_plain"] = function() whole_job(kind, false) end
  T["test_" .. kind .. "_tls"] = function() whole_job(kind, true) end
end

-- As shipped: FTP_TLS is not set, the certificate is nobody's that is known.
function T.test_tls_is_used_when_offered_and_an_unknown_certificate_is_named_once()
  local world <close> = scene.on_ftp("proftpd", { tls = true, required = true })
  world.env.FTP_TLS, world.env.FTP_CA_FILE = nil, nil
  fill(world)
  local result = world:pass()
  lu.assertEquals(result.status, 0, result.stderr)
  local _, warnings = result.stderr:gsub("⚠️", "")
  lu.assertEquals(warnings, 1, result.stderr)
  lu.assertStrContains(result.stderr, "FTP_CA_FILE")
end

-- A host that once offered TLS is never spoken to in plain again.
function T.test_plain_after_tls_is_refused()
  local world <close> = scene.on_ftp("proftpd", { tls = true })
  world.env.FTP_TLS = nil
  scene.pictures(world, "one.jpg")
  lu.assertEquals(world:pass().status, 0)
  scene.pictures(world, "two.jpg")
  -- The same host and port; but there now answers somebody without TLS.
  world.server:close()
  local moved <close> = ftp.start("proftpd", { port = world.server.port })
  world.env.FTP_PASS = moved.password
  local result = world:pass()
  lu.assertEquals(result.status, 1, result.stderr)
  lu.assertEquals(world:names(), { "two.jpg" })
  lu.assertEquals(assert(host.list(moved.root)), {})
  lu.assertStrContains(result.stderr, "TLS")
end

return T
