-- What phones make: taken under .jpg as shipped, under its own name where the rules say so.
local lu = require "luaunit"
local scene = require "scene"

local T = {}

-- Made of a sample by heif-enc, under that name in the media folder.
local function phone_picture(world, name, quality)
  local sample = host.info().root .. "/examples/media/morning.jpg"
  local made = world.folder .. "/made" .. quality .. ".heic"
  local done, err = host.exec({ "heif-enc", "-q", tostring(quality), sample, "-o", made })
  if not done and err.code == "ENOENT" then lu.skip("heif-enc is not installed") end
  assert(done and done.status == 0, tostring(err or done.stderr))
  assert(host.move(made, world.media .. "/" .. name))
end

function T:test_a_heic_named_jpg_is_published_as_a_jpeg()
  local world <close> = scene.new()
  phone_picture(world, "phone.jpg", 60)
  phone_picture(world, "own.heic", 61)
  local original = world:hash(world.media .. "/phone.jpg")
  local result = world:pass()
  lu.assertEquals(result.status, 0, result.stderr)
  lu.assertStrContains(result.stderr, "phone.jpg holds heic")
  local stats = result.json.result.stats
  lu.assertEquals({ stats.files_published, stats.files_ignored }, { 1, 1 })
  lu.assertEquals(world:names("processed"), { "phone.jpg" })
  lu.assertEquals(world:hash(world.media .. "/processed/phone.jpg"), original)
  local sent = assert(host.list(world.public))
  lu.assertEquals(#sent, 1)
  lu.assertEquals(assert(host.probe(world.public .. "/" .. sent[1])).format, "jpeg")
end

function T:test_its_own_name_is_one_line_in_the_rules()
  local world <close> = scene.new()
  local shipped = assert(host.read(host.info().root .. "/scripts/formats.lua"))
  local mine, count = shipped:gsub("\n  heic = as%(picture%),", [[

  heic = as(picture, ".heic", ".heif"),]])
  lu.assertEquals(count, 1)
  scene.script(world, "formats", mine)
  phone_picture(world, "own.HEIC", 60)
  local result = scene.pass(world)
  lu.assertEquals(result.status, 0, result.stderr)
  lu.assertEquals(#world:posts(), 1)
  lu.assertEquals(world:names("processed"), { "own.HEIC" })
end

function T:test_status_and_doctor_say_what_reads_them()
  local world <close> = scene.new()
  lu.assertStrContains(world:run({ "status" }).stdout, "HEIC and AVIF: ")
  local status = world:run({ "status", "--json" }).json
  lu.assertStrContains(status.configuration.heif, "libheif")
  lu.assertStrContains(world:run({ "doctor" }).stdout, "HEIC and AVIF: ")
end

return T
