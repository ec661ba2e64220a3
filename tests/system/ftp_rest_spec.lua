-- A target that would fail every file of a run is left alone after the first of them.
local lu = require "luaunit"
local scene = require "scene"

local T = {}

local function names(count)
  local list = {}
  for i = 1, count do list[i] = ("%02d.jpg"):format(i) end
  return list
end

-- The files for which the server was asked anything.
local function set_out(result)
  local seen, count = {}, 0
  for name in result.stderr:gmatch("Uploading: (%S+)") do
    if not seen[name] then seen[name], count = true, count + 1 end
  end
  return count
end

-- Too many wrong passwords lock an account, or the whole machine, out.
function T.test_a_refused_login_is_not_tried_for_each_file()
  local world <close> = scene.on_ftp("proftpd")
  world.env.FTP_PASS = "not the password"
  scene.pictures(world, table.unpack(names(8)))
  local result = world:pass()
  lu.assertEquals({ result.status, scene.counts(result) }, { 1, "8 8 0 0 0 8 0" })
  lu.assertTrue(set_out(result) <= 2, result.stderr)
  for _, item in ipairs(result.json.result.items) do
    lu.assertEquals({ item.state, item.error.kind }, { "failed", "auth" })
  end
  world.env.FTP_PASS = world.server.password
  lu.assertEquals(scene.counts(world:pass()), "8 8 8 8 0 0 0")
end

function T.test_a_server_that_is_not_there_is_not_waited_for_by_each_file()
  local world <close> = scene.new { env = { UPLOAD_URL = false, FTP_HOST = "127.0.0.1",
    FTP_PORT = tostring(scene.free_port()), FTP_USER = "me", FTP_PASS = "a password",
    AFFICHE_CONCURRENCY = "2" } }
  scene.pictures(world, table.unpack(names(10)))
  local result = world:pass()
  lu.assertEquals({ result.status, scene.counts(result) }, { 1, "10 10 0 0 0 10 0" })
  lu.assertTrue(set_out(result) < 10, result.stderr)
end

return T
