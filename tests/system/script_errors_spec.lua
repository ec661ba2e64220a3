-- Mistakes in the scripts of the user: at load they stop the command before anything is touched, at
-- run time they fail the one file they met.
local lu = require "luaunit"
local scene = require "scene"

local T = { deadline = 300 }

-- Mistakes at load ------------------------------------------------------------------------------

function T.test_a_mistake_at_load_stops_before_anything_is_touched()
  local scripts = {
    captions = { "return function(item)\n  return 'x' ..\nend\n", "captions.lua:3:" },
    filters = { "local limit = 5\nreturn lmiit\n", "filters.lua:2:" },
    formats = { "return 1 + {}\n", "formats.lua:1:" },
    pacing = { "\n\ncount = 1\nreturn {}\n", "pacing.lua:3:" },
    poster_media = { "return workflow { name = 'x', stpes = {} }\n", "stpes" },
    ["steps/upload"] = { "local a = nil\nreturn a.b\n", "steps/upload.lua:2:" },
    ["steps/publish"] = { "return { retry = {} }\n", "steps/publish" },
  }
  for name, script in pairs(scripts) do
    local world <close> = scene.new()
    scene.pictures(world, "a.jpg")
    scene.script(world, name, script[1])
    scene.assert_stopped(world, script[2])
  end
end

function T.test_a_mistake_at_load_shows_where_it_came_from()
  local world <close> = scene.new()
  scene.pictures(world, "a.jpg")
  scene.script(world, "captions", "local function deep()\n  error 'broken'\nend\ndeep()\n")
  local result = scene.assert_stopped(world, "captions.lua:2: broken", "stack traceback",
    "captions.lua:4:")
  lu.assertFalse(result.json.success)
  lu.assertStrContains(result.json.result.error, "captions.lua:2: broken")
end

function T.test_rules_of_the_wrong_kind_are_told_at_load()
  for name, text in pairs({ captions = "return 'a text'", filters = "return 5",
    formats = "return function() end", pacing = "return true" }) do
    local world <close> = scene.new()
    scene.pictures(world, "a.jpg")
    scene.script(world, name, text)
    scene.assert_stopped(world, name .. ".lua")
  end
end

function T.test_a_step_that_is_not_there_is_named_with_the_places()
  local world <close> = scene.new()
  scene.pictures(world, "a.jpg")
  scene.steps(world, "prepare", "anounce", "upload")
  scene.assert_stopped(world, "steps/anounce", world.scripts .. "/steps/anounce.lua")
end

function T.test_compiled_chunks_are_refused()
  local world <close> = scene.new()
  scene.pictures(world, "a.jpg")
  scene.script(world, "captions", string.dump(function() return 1 end))
  scene.assert_stopped(world, "captions.lua")
end

function T.test_a_script_that_loops_at_load_is_stopped()
  local world <close> = scene.new()
  scene.pictures(world, "a.jpg")
  scene.script(world, "captions", "while true do end\nreturn 1")
  scene.assert_stopped(world, "captions.lua:1:")
end

-- Mistakes at run time --------------------------------------------------------------------------

-- `text` goes wrong for b.jpg alone; a.jpg and c.jpg arrive.
local function assert_only_b_fails(name, text, ...)
  local world <close> = scene.new()
  scene.script(world, name, text)
  scene.pictures(world, "a.jpg", "b.jpg", "c.jpg")
  local result = scene.pass(world)
  lu.assertEquals(result.status, 1, result.stderr)
  lu.assertEquals(scene.counts(result), "3 3 2 2 0 1 0")
  lu.assertEquals(#world:posts(), 2)
  lu.assertEquals(world:names(), { "b.jpg" })
  local item = result.json.result.items[2]
  lu.assertEquals({ item.file, item.state }, { "b.jpg", "failed" })
  for _, part in ipairs({ ... }) do lu.assertStrContains(result.stderr, part) end
  return item
end

function T.test_a_mistake_at_run_time_fails_that_file()
  local item = assert_only_b_fails("captions", [[
    local function words(item)
      if item.stem == "b" then return item.sidecar.text end
      return item.stem
    end
    return function(item) return words(item) .. "" end]],
    "captions.lua:2:", "stack traceback", "captions.lua:5:")
  lu.assertEquals({ item.error.kind, item.error.retryable }, { "script", false })
  lu.assertStrContains(item.error.message, "captions.lua:2:")
end

function T.test_a_caption_that_is_no_text()
  assert_only_b_fails("captions", [[
    return function(item)
      if item.stem == "b" then return { title = "b" } end
      return item.stem
    end]], "caption")
end

function T.test_a_mistake_in_a_filter()
  assert_only_b_fails("filters", [[
    return function(item)
      return item.stem ~= "b" or item.nothing.here
    end]], "filters.lua:2:", "traceback")
end

function T.test_a_step_that_loops()
  local item = assert_only_b_fails("captions", [[
    return function(item)
      while item.stem == "b" do end
      return item.stem
    end]], "captions.lua:2:")
  lu.assertEquals(item.error.kind, "script")
end

function T.test_a_step_that_hogs_memory()
  local item = assert_only_b_fails("captions", [[
    return function(item)
      local all = {}
      while item.stem == "b" do all[#all + 1] = ("x"):rep(1 << 20) .. #all end
      return item.stem
    end]])
  lu.assertEquals(item.error.kind, "limit")
end

function T.test_errors_of_any_kind()
  for _, raised in ipairs({ "nil", "{}", "42", "function() end",
    "setmetatable({}, { __tostring = function() error '' end })" }) do
    assert_only_b_fails("captions", ([[
      return function(item)
        if item.stem == "b" then error(%s) end
        return item.stem
      end]]):format(raised))
  end
end

-- A later step that fails: the post is live, its state stays so, and the step goes on next time.
function T.test_a_mistake_after_the_post()
  local world <close> = scene.new()
  scene.script(world, "steps/after", "return function(item) error 'after' end")
  scene.steps(world, "prepare", "upload", "publish", "after", "archive")
  scene.pictures(world, "a.jpg")
  local result = scene.pass(world)
  lu.assertEquals({ result.status, scene.counts(result) }, { 1, "1 1 1 1 0 1 0" })
  lu.assertEquals(result.json.result.items[1].state, "published")
  lu.assertStrContains(result.json.result.items[1].error.message, "after.lua:1: after")
  scene.script(world, "steps/after", "return function() end")
  result = scene.pass(world)
  lu.assertEquals(result.status, 0, result.stderr)
  lu.assertEquals(world:names("processed"), { "a.jpg" })
  lu.assertEquals(#world:posts(), 1)
end

-- Matching runs in C, where nothing can stop it: then the program ends and says which line it was.
function T.test_a_pattern_that_cannot_end_ends_the_program()
  local world <close> = scene.new()
  scene.script(world, "captions", [[
    return function(item)
      return item.stem:rep(40):match(("a?"):rep(40) .. ("a"):rep(40))
    end]])
  scene.pictures(world, "a.jpg")
  local result = scene.pass(world)
  lu.assertEquals(result.status, 2, result.stderr)
  lu.assertStrContains(result.stderr, "captions.lua:2:")
  lu.assertStrContains(result.stderr, "pattern")
  lu.assertEquals(#world:posts(), 0)
  assert(host.remove(world.scripts .. "/captions.lua"))
  lu.assertEquals(scene.pass(world).status, 0)
  lu.assertEquals(#world:posts(), 1)
end

return T
