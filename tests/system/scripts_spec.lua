-- Scripts of the user, without a rebuild: where they are found, new and reordered steps.
local lu = require "luaunit"
local scene = require "scene"

local T = {}

local function caption_script(text)
  return ("return function(item) return %q .. item.stem end"):format(text)
end

-- The captions of the feed after one run.
local function captions_after(world, args, prefix)
  scene.pictures(world, "a.jpg")
  local result = world:run(args, { prefix = prefix })
  lu.assertEquals(result.status, 0, result.stderr)
  return scene.feed(world)
end

-- Where they are found --------------------------------------------------------------------------

function T.test_captions_of_my_own()
  local world <close> = scene.new()
  scene.script(world, "captions", caption_script "mine: ")
  lu.assertEquals(captions_after(world, { "--scripts", world.scripts, "run" }), { "mine: a" })
end

function T.test_the_setting_names_the_folder()
  local world <close> = scene.new()
  scene.script(world, "captions", caption_script "mine: ")
  world.env.AFFICHE_SCRIPTS = world.scripts
  lu.assertEquals(captions_after(world, { "run" }), { "mine: a" })
end

function T.test_the_folder_of_the_account()
  local world <close> = scene.new()
  local mine = world.folder .. "/config/affiche/scripts"
  assert(host.mkdir(mine))
  assert(host.write(mine .. "/captions.lua", caption_script "configured: "))
  local prefix = { "env", "XDG_CONFIG_HOME=" .. world.folder .. "/config" }
  lu.assertEquals(captions_after(world, { "run" }, prefix), { "configured: a" })
  scene.script(world, "captions", caption_script "named: ")
  world.env.AFFICHE_SCRIPTS = world.scripts
  scene.pictures(world, "b.jpg")
  lu.assertEquals(world:run({ "run" }, { prefix = prefix }).status, 0)
  lu.assertEquals(scene.feed(world), { "configured: a", "named: b" })
end

function T.test_no_code_comes_from_the_media_or_working_folder()
  local world <close> = scene.new()
  for _, folder in ipairs({ world.folder, world.media }) do
    assert(host.mkdir(folder .. "/scripts"))
    assert(host.write(folder .. "/captions.lua", caption_script "foreign: "))
    assert(host.write(folder .. "/scripts/captions.lua", caption_script "foreign: "))
    assert(host.write(folder .. "/run.lua", "error 'foreign'"))
  end
  lu.assertStrContains(captions_after(world, { "run" })[1], "A")
end

function T.test_a_named_folder_that_is_not_there()
  local world <close> = scene.new()
  scene.pictures(world, "a.jpg")
  world.scripts = world.folder .. "/misspelt"
  scene.assert_stopped(world, world.folder .. "/misspelt")
end

-- Steps -----------------------------------------------------------------------------------------

function T.test_a_new_step_gives_and_takes()
  local world <close> = scene.new()
  scene.script(world, "steps/measure", [[
    return function(item)
      return { area = item.width * item.height, shape = item.kind }
    end]])
  scene.script(world, "steps/note", [[
    return function(item)
      local file <close> = assert(io.open(env.AUTO_DOWNLOAD_DIR .. "/../noted", "a"))
      file:write(item.name, " ", item.area, " ", item.shape, " ", item.media_id, "\n")
    end]])
  scene.steps(world, "measure", "prepare", "upload", "publish", "note", "archive")
  scene.pictures(world, "a.jpg")
  local result = scene.pass(world)
  lu.assertEquals(result.status, 0, result.stderr)
  lu.assertStrMatches(assert(host.read(world.folder .. "/noted")), "a%.jpg %d+ image %d+\n")
end

function T.test_inline_steps_and_conditions()
  local world <close> = scene.new()
  scene.script(world, "poster_media", [[
    return workflow { name = "poster_media", folder = env.AUTO_DOWNLOAD_DIR, steps = {
      "prepare", "upload", "publish",
      { name = "once", run = function(item) return { greeting = "hello " .. item.stem } end,
        when = function(item) return item.stem == "b" end },
      { name = "tell", run = function(item) host.log("info", tostring(item.greeting)) end },
      "archive" } }]])
  scene.pictures(world, "a.jpg", "b.jpg")
  local result = scene.pass(world)
  lu.assertEquals(result.status, 0, result.stderr)
  lu.assertStrContains(result.stderr, "hello b")
  lu.assertNotStrContains(result.stderr, "hello a")
end

-- What goes out is what was hashed, so that it is known again: else the same picture could be
-- posted once under the hash of the old file and once under that of the new one.
function T.test_a_file_written_to_during_the_run_is_taken_by_the_next_one()
  local world <close> = scene.new()
  scene.pictures(world, "a.jpg")
  scene.script(world, "steps/retouch", [[
    return function(item)
      local flag = env.AUTO_DOWNLOAD_DIR .. "/../retouched"
      if host.stat(flag) then return end
      assert(host.write(flag, ""))
      local file <close> = assert(io.open(item.path, "ab"))
      file:write("retouched")
    end]])
  scene.steps(world, "retouch", "prepare", "upload", "publish", "archive")
  local result = scene.pass(world)
  lu.assertEquals(result.status, 0, result.stderr)
  lu.assertEquals(result.json.result.items[1].state, "deferred")
  lu.assertEquals(#world:posts(), 0)
  result = scene.pass(world)
  lu.assertEquals(result.json.result.items[1].state, "published")
  lu.assertEquals(#world:posts(), 1)
  lu.assertEquals(world:names("processed"), { "a.jpg" })
  lu.assertEquals(scene.counts(scene.pass(world)), "0 0 0 0 0 0 0")
end

function T.test_a_workflow_of_my_own_by_name()
  local world <close> = scene.new()
  scene.script(world, "measure_only", [[
    return workflow { name = "measure_only", folder = env.AUTO_DOWNLOAD_DIR, steps = {
      { name = "look", run = function(item) host.log("info", "looked at " .. item.name) end } } }]])
  scene.pictures(world, "a.jpg")
  local result = world:run({ "--scripts", world.scripts, "run", "measure_only", "--json" })
  lu.assertEquals(result.status, 0, result.stderr)
  lu.assertStrContains(result.stderr, "looked at a.jpg")
  lu.assertEquals(world:names(), { "a.jpg" })
  lu.assertEquals(world:posts(), {})
  -- Another workflow had it: this one has not.
  lu.assertEquals(world:pass().status, 0)
  lu.assertEquals(#world:posts(), 1)
end

function T.test_a_step_may_not_return_a_fixed_name()
  local world <close> = scene.new()
  scene.script(world, "steps/bad", "return function() return { sha256 = 'x' } end")
  scene.steps(world, "bad", "prepare", "upload", "publish", "archive")
  scene.pictures(world, "a.jpg")
  local result = scene.pass(world)
  lu.assertEquals(result.status, 1)
  lu.assertStrContains(result.stderr, "sha256")
  lu.assertEquals(world:posts(), {})
end

-- Other orders ----------------------------------------------------------------------------------

function T.test_upload_before_prepare_uploads_what_there_is()
  local world <close> = scene.new()
  scene.steps(world, "upload", "prepare", "publish", "archive")
  scene.pictures(world, "a.jpg")
  local result = scene.pass(world)
  lu.assertEquals(result.status, 0, result.stderr)
  lu.assertEquals(scene.feed(world), { "A" })
  lu.assertEquals(world:names("processed"), { "a.jpg" })
  -- What was uploaded is the original, and a WebP is not what Instagram takes.
  world:put("b.webp", { sample = "dusk.webp" })
  result = scene.pass(world)
  lu.assertEquals(result.status, 1)
  lu.assertEquals(world:names(), { "b.webp" })
  -- Mended, it goes on.
  scene.steps(world, "prepare", "upload", "publish", "archive")
  result = scene.pass(world)
  lu.assertEquals(result.status, 0, result.stderr)
  lu.assertEquals(scene.feed(world), { "A", "B" })
end

function T.test_publish_before_upload_says_what_to_do()
  local world <close> = scene.new()
  scene.steps(world, "prepare", "publish", "upload", "archive")
  scene.pictures(world, "a.jpg")
  local result = scene.pass(world)
  lu.assertEquals(result.status, 1)
  lu.assertStrContains(result.stderr, "put the step upload before publish")
  lu.assertEquals(world:names(), { "a.jpg" })
end

function T.test_without_prepare_there_is_no_caption()
  local world <close> = scene.new()
  scene.steps(world, "upload", "publish", "archive")
  scene.pictures(world, "a.jpg")
  local result = scene.pass(world)
  lu.assertEquals(result.status, 0, result.stderr)
  lu.assertEquals(world:posts()[1].caption, "")
end

function T.test_without_archive_nothing_is_posted_twice()
  local world <close> = scene.new()
  scene.steps(world, "prepare", "upload", "publish")
  scene.pictures(world, "a.jpg")
  for _ = 1, 3 do
    local result = scene.pass(world)
    lu.assertEquals(result.status, 0, result.stderr)
  end
  lu.assertEquals(#world:posts(), 1)
  lu.assertEquals(world:names(), { "a.jpg" })
end

function T.test_archive_before_publish()
  local world <close> = scene.new()
  scene.steps(world, "prepare", "upload", "archive", "publish")
  scene.pictures(world, "a.jpg")
  local result = scene.pass(world)
  lu.assertEquals(result.status, 0, result.stderr)
  lu.assertEquals({ world:names("processed"), #world:posts() }, { { "a.jpg" }, 1 })
end

-- Archived, then refused: the next run knows of it, though its file left the folder.
function T.test_archive_before_a_publish_that_fails()
  local world <close> = scene.new { switches = { fetch = "2207052", fetch_times = 3 } }
  scene.script(world, "steps/publish", [[
    local instagram = require "instagram"
    return function(item) return assert(instagram.publish(item)) end]])
  scene.steps(world, "prepare", "upload", "archive", "publish")
  scene.pictures(world, "a.jpg")
  local result = scene.pass(world)
  lu.assertEquals(result.status, 1, result.stderr)
  lu.assertEquals(world:names("processed"), { "a.jpg" })
  for _ = 1, 3 do result = scene.pass(world) end
  lu.assertEquals(result.status, 0, result.stderr)
  lu.assertEquals(#world:posts(), 1)
end

function T.test_archive_before_the_file_is_read_is_refused_at_load()
  for _, first in ipairs({ "prepare", "upload" }) do
    local world <close> = scene.new()
    scene.steps(world, first, "archive", first == "upload" and "prepare" or "upload", "publish")
    scene.pictures(world, "a.jpg")
    scene.assert_stopped(world, "poster_media.lua", "before archive")
  end
end

return T
