-- What a person reads when something is refused: the place is named, in their language.
local lu = require "luaunit"
local scene = require "scene"

local T = {}

local function convert(world, input, output)
  return world:run { "convert", world.media .. "/" .. input, world.media .. "/" .. output }
end

function T.test_convert_refuses_films_and_its_own_input()
  local world <close> = scene.new()
  local picture = scene.jpeg "a"
  world:put("a.jpg", picture)
  world:put("clip.mp4", { sample = "clip.mp4" })
  local film = convert(world, "clip.mp4", "clip.jpg")
  lu.assertEquals({ film.status, film.stderr:find("traceback") }, { 1 })
  lu.assertStrContains(film.stderr, "video")
  for _, output in ipairs({ "a.jpg", "./a.jpg" }) do
    lu.assertEquals(convert(world, "a.jpg", output).status, 1)
  end
  lu.assertEquals(host.read(world.media .. "/a.jpg"), picture)
  lu.assertEquals(convert(world, "a.jpg", "b.jpg").status, 0)
end

function T.test_the_other_lines_of_a_settings_file_hold()
  local world <close> = scene.new()
  world.env_file = ("AUTO_DOWNLOAD_DIR=%s\nAFFICHE_LANG=fr\nFTP_PASS='canary of this spec\n")
    :format(world.media)
  local result = world:pass()
  lu.assertEquals(result.status, 2)
  lu.assertEquals(result.json.source_directory, world.media)
  lu.assertStrContains(result.json.result.error, "ligne 3")
  local status = world:run({ "status", "--json" })
  lu.assertEquals(status.status, 2)
  lu.assertEquals(status.json.configuration.source_directory, world.media)
  lu.assertFalse(status.json.configuration.config_valid)
  lu.assertNotStrContains(result.stdout .. result.stderr .. status.stdout, "canary")
end

function T.test_one_wrong_value_is_one_problem()
  local world <close> = scene.new { env = { PUBLIC_BASE_URL = "example.org", AFFICHE_LANG = "fr" } }
  local problems = world:run({ "status", "--json" }).json.configuration.problems
  lu.assertEquals({ #problems, problems[1].key }, { 1, "PUBLIC_BASE_URL" })
  lu.assertStrContains(problems[1].message, "attendue")
end

function T.test_a_log_file_that_cannot_be_opened_names_its_key()
  local world <close> = scene.new { env = { LOG_FILE = "/no/such/folder/log" } }
  local result = world:pass()
  lu.assertEquals(result.status, 2)
  lu.assertStrContains(result.stderr, "LOG_FILE")
  lu.assertStrContains(result.json.result.error, "LOG_FILE")
end

function T.test_what_the_host_says_is_said_in_french()
  local world <close> = scene.new { env = { AFFICHE_LANG = "fr" } }
  world:put("empty.jpg", "")
  world:put("page.jpg", "<html><body>log in first</body></html>")
  local result = world:pass()
  local items = result.json.result.items
  lu.assertStrContains(items[1].error.message, "le fichier est vide")
  lu.assertStrContains(items[2].error.message, "une page web")
  lu.assertStrContains(result.stderr, "une page web")
end

return T
