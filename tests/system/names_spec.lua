-- Whatever a file is called, it arrives: posted, and archived under its own name.
local lu = require "luaunit"
local scene = require "scene"

local T = {}

local NAMES = {
  "two words  and more.jpg", "été à Zürich.jpg", "e\u{301}te\u{301} NFD.jpg", "日本の夏.jpg",
  "🌅 sunrise.jpg", "tag #1 & more.jpg", "100% sure.jpg", "%2e%2e%2f.jpg", "really?.jpg",
  "it's \"quoted\".jpg", "two\nlines.jpg", "tab\tbed.jpg", "back\\slash.jpg", "-rf.jpg",
  "--help.jpg", "$HOME `id`;|&.jpg", "a:b*c<d>e.jpg", "dots...many.jpg", "UPPER.JPG", "...x.jpeg",
  "caf\xE9 latin1.jpg", "\xFF\xFE.jpg", ("x"):rep(251) .. ".jpg", ("é"):rep(125) .. "a.jpg",
}

-- "...x.jpeg" is hidden, so it is none of ours.
local function visible(name)
  return name:sub(1, 1) ~= "."
end

local function arrive(world)
  local hashes, wanted = {}, {}
  for _, name in ipairs(NAMES) do
    hashes[name] = world:hash(world:put(name, scene.jpeg(name)))
    if visible(name) then wanted[#wanted + 1] = name end
  end
  table.sort(wanted)
  local result = world:pass()
  lu.assertEquals(result.status, 0, result.stderr)
  lu.assertEquals(#world:posts(), #wanted)
  lu.assertEquals(scene.counts(result), ("%d %d %d %d 0 0 0"):format(#wanted, #wanted, #wanted,
    #wanted))
  lu.assertEquals(world:names("processed"), wanted)
  lu.assertEquals(world:names(), {})
  for _, name in ipairs(wanted) do
    lu.assertEquals(world:hash(world.media .. "/processed/" .. name), hashes[name], name)
  end
  lu.assertNotNil(host.stat(world.media .. "/...x.jpeg"))
  lu.assertNotNil(utf8.len(result.stdout))
  lu.assertNotNil(utf8.len(result.stderr))
end

function T.test_to_a_folder()
  local world <close> = scene.new()
  arrive(world)
end

for _, kind in ipairs({ "vsftpd", "proftpd", "pure-ftpd" }) do
  T["test_by_ftp_to_" .. kind] = function()
    local world <close> = scene.on_ftp(kind, { tls = true })
    arrive(world)
    for _, name in ipairs(assert(host.list(world.public))) do
      lu.assertStrMatches(name, "[%w][%w._-]*%.jpg")
    end
  end
end

-- Upload folders with letters that a URL or a command line could take amiss.
function T.test_an_upload_folder_with_odd_letters()
  for _, kind in ipairs({ "vsftpd", "proftpd" }) do
    local world <close> = scene.on_ftp(kind)
    world.env.FTP_UPLOAD_DIR = world.server.root .. "/mes photos #1 100% été/auto"
    world.env.PUBLIC_BASE_URL = nil
    local shown = world.server.root .. "/mes photos #1 100% été/auto"
    local web <close> = assert(host.serve({ port = 0 }, function(request)
      return { file = shown .. request.path, headers = { ["Content-Type"] = "image/jpeg" } }
    end))
    world.env.PUBLIC_BASE_URL = "http://127.0.0.1:" .. web.port
    scene.pictures(world, "a.jpg")
    local result = world:pass()
    lu.assertEquals(result.status, 0, result.stderr)
    lu.assertEquals(#assert(host.list(shown)), 1)
  end
end

-- A name taken in processed/ gets a suffix; nothing there is written over.
function T.test_a_name_taken_in_the_archive()
  local world <close> = scene.new()
  local hashes = {}
  for round = 1, 3 do
    local hash = world:hash(world:put("same name.jpg", scene.jpeg("round " .. round)))
    hashes[hash] = true
    local result = world:pass()
    lu.assertEquals(result.status, 0, result.stderr)
    lu.assertEquals(#world:posts(), round)
  end
  local names = world:names("processed")
  lu.assertEquals(#names, 3)
  for _, name in ipairs(names) do
    local hash = world:hash(world.media .. "/processed/" .. name)
    lu.assertTrue(hashes[hash], name)
    hashes[hash] = nil
    lu.assertStrMatches(name, "same name.*%.jpg")
  end
end

function T.test_a_long_name_taken_in_the_archive()
  local world <close> = scene.new()
  local name = ("é"):rep(125) .. "a.jpg"
  for round = 1, 2 do
    world:put(name, scene.jpeg("round " .. round))
    local result = world:pass()
    lu.assertEquals(result.status, 0, result.stderr)
  end
  local names = world:names("processed")
  lu.assertEquals(#names, 2)
  for _, one in ipairs(names) do
    lu.assertNotNil(utf8.len(one), one)
    lu.assertStrMatches(one, ".*%.jpg")
  end
end

-- Two files of one name in two letters' cases, and of one stem: five posts, none over another.
function T.test_names_that_differ_little()
  local world <close> = scene.new()
  scene.pictures(world, "A.jpg", "a.jpg", "a.JPG", "a.jpeg", "é.jpg", "e\u{301}.jpg")
  local result = world:pass()
  lu.assertEquals(result.status, 0, result.stderr)
  lu.assertEquals(#world:posts(), 6)
  lu.assertEquals(#world:names("processed"), 6)
end

return T
