-- A large film whose upload is cut goes on where it stopped, in the same run and in the next one.
local ftp = require "ftp_kit"
local lu = require "luaunit"
local scene = require "scene"

local T = { deadline = 120 }

local function large_film()
  local clip = assert(host.read(host.info().root .. "/examples/media/clip.mp4"))
  local free = ("nothing "):rep(1500000)
  return clip .. string.pack(">I4", #free + 8) .. "free" .. free
end

-- One film, uploaded to a server that cuts the first upload after 5 MB.
local function with_cut(check)
  local server <close> = ftp.start("nasty", { fault = "cut_once" })
  local world <close> = scene.new { public = server.root }
  world.env.UPLOAD_URL = server.url .. "/"
  world.env.FTP_USER, world.env.FTP_PASS, world.env.FTP_TLS = "me", "some-password", "off"
  world:put("film.mp4", large_film())
  check(world)
  lu.assertEquals(#world:posts(), 1)
  local there = assert(host.list(world.public))
  lu.assertEquals(#there, 1, table.concat(there, " "))
  lu.assertEquals(host.hash(world.public .. "/" .. there[1]),
    host.hash(world.media .. "/processed/film.mp4"))
end

-- The piece is seen by a second name of it, made as soon as it is there.
local function hold_piece(world)
  return host.spawn(function()
    while true do
      for _, name in ipairs(host.list(world.public) or {}) do
        if name:find("%.part$") then
          assert(host.exec { "ln", world.public .. "/" .. name, world.folder .. "/piece" })
          return
        end
      end
      host.sleep(0.002)
    end
  end)
end

local function assert_gone_on(world)
  local size = assert(host.stat(world.folder .. "/piece")).size
  lu.assertEquals(size, host.stat(world.media .. "/processed/film.mp4").size)
end

function T.test_in_the_same_run()
  with_cut(function(world)
    local holder <close> = hold_piece(world)
    lu.assertEquals(world:pass().status, 0)
    lu.assertEquals(holder:status(), "dead")
    assert_gone_on(world)
  end)
end

function T.test_in_the_next_run()
  with_cut(function(world)
    scene.script(world, "steps/upload", [[
      local uploader = require "uploader"
      return function(item) return assert(uploader.upload(item)) end]])
    local holder <close> = hold_piece(world)
    local result = scene.pass(world)
    lu.assertEquals(result.status, 1)
    lu.assertEquals(result.json.result.items[1].error.kind, "network")
    lu.assertEquals(holder:status(), "dead")
    lu.assertEquals(scene.pass(world).status, 0)
    assert_gone_on(world)
  end)
end

return T
