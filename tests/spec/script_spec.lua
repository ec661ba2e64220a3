-- Scripts: where they are found, what they see, how their mistakes are told.
local lu = require "luaunit"
local script = require "script"
local support = require "file_support"

local T = support.spec()

-- A loader over two folders, as the program makes it: the user's before the shipped one.
local function loader(self)
  for _, name in ipairs({ "user", "shipped", "user/steps", "shipped/steps" }) do
    assert(host.mkdir(self.dir .. "/" .. name))
  end
  return script.new { folders = { self.dir .. "/user", self.dir .. "/shipped" },
    env = setmetatable({ NAME = "value" }, { __metatable = "read-only" }),
    workflow = function(fields) return fields end }
end

local function write(self, name, text)
  return support.make(("%s/%s.lua"):format(self.dir, name), text)
end

-- The Error that loading raises.
local function failure(scripts, name, tier)
  local ok, err = pcall(scripts.load, scripts, name, tier)
  lu.assertFalse(ok)
  lu.assertEquals(err.kind, "script")
  return err
end

function T:test_the_users_file_comes_first_file_by_file()
  local scripts = loader(self)
  write(self, "shipped/captions", "return 'shipped captions'")
  write(self, "shipped/filters", "return 'shipped filters'")
  write(self, "user/captions", "return 'my captions'")
  lu.assertEquals(scripts:load "captions", "my captions")
  lu.assertEquals(scripts:load "filters", "shipped filters")
end

function T:test_a_missing_script_names_the_places()
  local err = failure(loader(self), "nothing")
  lu.assertStrContains(err.message, self.dir .. "/user/nothing.lua")
  lu.assertStrContains(err.message, self.dir .. "/shipped/nothing.lua")
end

function T:test_a_file_that_cannot_be_read_is_no_reason_to_take_the_shipped_one()
  local scripts = loader(self)
  write(self, "shipped/captions", "return 'shipped'")
  assert(host.mkdir(self.dir .. "/user/captions.lua"))
  lu.assertStrContains(failure(scripts, "captions").message, "captions.lua")
end

function T:test_names_stay_inside_the_folders()
  local scripts = loader(self)
  write(self, "outside", "return 1")
  for _, name in ipairs({ "../outside", self.dir .. "/outside", "a\0b", 12 }) do
    failure(scripts, name)
  end
end

function T:test_no_code_comes_from_the_working_directory()
  local scripts = loader(self)
  for _, name in ipairs({ "cli", "session", "captions", "main" }) do
    write(self, name, "error 'code from the working directory'")
  end
  local done = assert(host.exec({ host.info().executable, "version" }, { cwd = self.dir,
    env = { PATH = host.env "PATH", LUA_PATH = "./?.lua;;", LUA_CPATH = "./?.so;;" } }))
  lu.assertEquals(done.status, 0, done.stderr)
  failure(scripts, "captions")
end

function T:test_search_paths_of_the_user_take_nothing_from_the_program()
  local done = assert(host.exec({ host.info().executable, "version" }, { cwd = self.dir,
    env = { PATH = host.env "PATH", LUA_PATH = "/nowhere/?.lua", LUA_CPATH = "/nowhere/?.so" } }))
  lu.assertEquals(done.status, 0, done.stderr)
end

function T:test_rules_see_data_only()
  local scripts = loader(self)
  write(self, "user/captions", "return type(title) .. type(hashtags) .. type(string.rep)")
  lu.assertEquals(scripts:load "captions", "functionfunctionfunction")
  for _, name in ipairs({ "host", "env", "io", "os", "load", "debug", "coroutine", "workflow" }) do
    write(self, "user/filters", "return " .. name)
    lu.assertStrContains(failure(scripts, "filters").message, ("'%s'"):format(name))
  end
end

function T:test_steps_see_the_program()
  local scripts = loader(self)
  write(self, "user/steps/look", "return { host.now(), env.NAME, io.open, os.time() }")
  lu.assertEquals(scripts:load("steps/look")[2], "value")
  for _, name in ipairs({ "os.exit", "os.execute", "io.popen" }) do
    write(self, "user/steps/end", ("return %s == nil"):format(name))
    lu.assertTrue(loader(self):load("steps/end"), name)
  end
end

function T:test_each_script_has_its_own_environment()
  local scripts = loader(self)
  write(self, "user/captions", "string.mine = 1 return string")
  write(self, "user/filters", "return string")
  lu.assertEquals(scripts:load("captions").mine, 1)
  lu.assertNil(scripts:load("filters").mine)
  lu.assertNil(rawget(string, "mine"))
end

function T:test_an_undefined_global_is_named_with_its_line()
  local scripts = loader(self)
  local path = write(self, "user/captions", "local a = 1\nreturn a + frobnicate\n")
  local err = failure(scripts, "captions")
  lu.assertStrContains(err.message, path .. ":2:")
  lu.assertStrContains(err.message, "undefined global 'frobnicate'")
  lu.assertStrContains(err.traceback, path .. ":2:")
end

function T:test_setting_a_global_is_refused_with_its_line()
  local scripts = loader(self)
  local path = write(self, "user/captions", "\n\ncount = 1\nreturn 1\n")
  local err = failure(scripts, "captions")
  lu.assertStrContains(err.message, path .. ":3:")
  lu.assertStrContains(err.message, "'count'")
  lu.assertStrContains(err.message, "local")
end

function T:test_a_syntax_error_names_file_and_line()
  local scripts = loader(self)
  local path = write(self, "user/captions", "return 1\nend\n")
  lu.assertStrContains(failure(scripts, "captions").message, path .. ":2:")
end

function T:test_a_script_that_returns_nothing_is_an_error()
  local scripts = loader(self)
  local path = write(self, "user/captions", "local a = 1\n")
  lu.assertStrContains(failure(scripts, "captions").message, path .. " returns nothing")
end

function T:test_precompiled_chunks_are_refused()
  local scripts = loader(self)
  write(self, "user/captions", string.dump(function() return 1 end))
  lu.assertStrContains(failure(scripts, "captions").message, "binary")
end

function T:test_finalizers_are_refused()
  local scripts = loader(self)
  local path = write(self, "user/captions", "setmetatable({}, { __gc = function() end })\nreturn 1")
  local err = failure(scripts, "captions")
  lu.assertStrContains(err.message, path .. ":1:")
  lu.assertStrContains(err.message, "__gc")
end

function T:test_scripts_and_modules_are_required()
  local scripts = loader(self)
  write(self, "user/tags", "return { 'sea' }")
  write(self, "user/captions", "return require 'tags'")
  write(self, "user/steps/send", [[
    return { rules = require "captions", module = require "url", again = require "captions" }]])
  local sent = scripts:load "steps/send"
  lu.assertEquals(sent.rules, { "sea" })
  lu.assertIs(sent.rules, sent.again)
  lu.assertIs(sent.module, require "url")
end

function T:test_a_script_required_by_a_rule_sees_no_more_than_the_rule()
  local scripts = loader(self)
  write(self, "user/shared", "return function() return host end")
  write(self, "user/captions", "return require 'shared'")
  write(self, "user/steps/send", "return require 'shared'")
  lu.assertIs(scripts:load("steps/send")(), host)
  lu.assertErrorMsgContains("undefined global 'host'", scripts:load "captions")
end

function T:test_rules_cannot_require_modules()
  local scripts = loader(self)
  write(self, "user/captions", "return require 'uploader'")
  lu.assertStrContains(failure(scripts, "captions").message, "no script 'uploader'")
end

function T:test_a_circle_of_requires_is_told()
  local scripts = loader(self)
  write(self, "user/one", "return require 'two'")
  write(self, "user/two", "return require 'one'")
  lu.assertStrContains(failure(scripts, "one").message, "needs itself")
  write(self, "user/two", "return 2") -- and it can be mended
  lu.assertEquals(scripts:load "one", 2)
end

function T:test_tasks_that_need_one_script_at_once_all_get_it()
  local scripts = loader(self)
  write(self, "user/slow", "host.sleep(0.01) return {}")
  local values = host.map({ 1, 2, 3 }, { concurrency = 3 }, function()
    return scripts:load "slow"
  end)
  lu.assertIs(values[1], values[2])
  lu.assertIs(values[1], values[3])
end

function T:test_what_a_function_raises_comes_back_with_its_traceback()
  local scripts = loader(self)
  local path = write(self, "user/steps/bad", "return function(item)\n  return item.name.x.y\nend")
  local result, err = script.call(scripts:load "steps/bad", {})
  lu.assertNil(result)
  lu.assertEquals(err.kind, "script")
  lu.assertStrContains(err.message, path .. ":2:")
  lu.assertStrContains(err.traceback, path .. ":2:")
end

function T:test_a_function_that_loops_fails_alone()
  local scripts = loader(self)
  local path = write(self, "user/steps/loop", "return function()\n  while true do end\nend")
  local loop = scripts:load "steps/loop"
  host.limit { seconds = 0.1 }
  local result, err = script.call(loop)
  host.limit { seconds = 5 }
  lu.assertNil(result)
  lu.assertStrContains(err.message, path .. ":2:")
  lu.assertEquals(script.call(function() return "well" end), "well")
end

function T:test_a_script_that_loops_while_loading_fails_alone()
  local scripts = loader(self)
  local path = write(self, "user/captions", "while true do end")
  host.limit { seconds = 0.1 }
  local err = failure(scripts, "captions")
  host.limit { seconds = 5 }
  lu.assertStrContains(err.message, path .. ":1:")
end

function T:test_a_function_that_hogs_memory_fails_alone()
  local scripts = loader(self)
  write(self, "user/steps/hog", [[
    return function()
      local all = {}
      while true do all[#all + 1] = ("x"):rep(1 << 20) .. #all end
    end]])
  local result, err = script.call(scripts:load "steps/hog")
  lu.assertNil(result)
  lu.assertEquals(err.kind, "limit")
end

function T:test_the_fingerprint_follows_the_texts()
  local first = loader(self)
  write(self, "user/captions", "return 1")
  first:load "captions"
  local again = loader(self)
  again:load "captions"
  lu.assertEquals(first:fingerprint(), again:fingerprint())
  write(self, "user/captions", "return 1 -- changed")
  local changed = loader(self)
  changed:load "captions"
  lu.assertNotEquals(first:fingerprint(), changed:fingerprint())
end

return T
