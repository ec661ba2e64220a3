-- What a command says when it cannot do its work: one JSON document on stdout all the same, in the
-- language that was asked for.
local json = require "json"
local lu = require "luaunit"

local T = {}

function T:setUp()
  self.dir = (host.env("TMPDIR") or "/tmp") .. "/affiche-" .. host.random(6)
  assert(host.mkdir(self.dir))
  assert(host.write(self.dir .. "/bad.env", "NO EQUALS\n", { mode = 384 }))
  assert(host.write(self.dir .. "/.env",
    "AUTO_DOWNLOAD_DIR=in\nAFFICHE_STATE_DIR=state\n", { mode = 384 }))
end

function T:tearDown() assert(host.remove(self.dir, { recursive = true })) end

-- Status, the document, and what stood on stderr.
function T:affiche(...)
  local done = assert(host.exec({ host.info().executable, ... }, { cwd = self.dir,
    env = { PATH = host.env "PATH", HOME = self.dir, LC_ALL = "C.UTF-8" } }))
  return done.status, json.decode(done.stdout), done.stderr
end

function T:test_a_run_without_settings_has_a_result()
  for _, args in ipairs { { "--env", "bad.env" }, { "--env", "none.env" },
    { "--scripts", "nowhere" }, {} } do
    local status, object, log = self:affiche("run", "--json", table.unpack(args))
    lu.assertEquals({ status, object.success, object.result.success }, { 2, false, false })
    lu.assertEquals(object.result.stats.files_found, 0)
    lu.assertEquals({ #object.result.items, type(object.timestamp) }, { 0, "string" })
    lu.assertStrContains(log, object.result.error)
  end
end

function T:test_an_unknown_workflow_has_one_too()
  local status, object = self:affiche("run", "no_such_flow", "--json")
  lu.assertEquals({ status, object.success }, { 2, false })
  lu.assertStrContains(object.result.error, "no_such_flow")
  lu.assertEquals(object.source_directory, self.dir .. "/in")
end

function T:test_commands_that_look_answer_too()
  for _, command in ipairs { "preview", "history", "explain" } do
    local argument = command == "explain" and "a.jpg" or "--json"
    local status, object = self:affiche(command, "--json", "--env", "bad.env", argument)
    lu.assertEquals({ status, object.success }, { 2, false }, command)
    lu.assertStrContains(object.error, "bad.env, line 1")
  end
  local status, object = self:affiche("status", "--json", "--env", "bad.env")
  lu.assertEquals({ status, object.configuration.config_valid }, { 2, false })
  lu.assertStrContains(object.configuration.problems[1].message, "bad.env, line 1")
  object = select(2, self:affiche("preview", "--json"))
  lu.assertEquals(object.problems[1].key, "ACCESS_TOKEN")
end

function T:test_a_run_that_a_signal_ends_tells_what_it_had_done()
  assert(host.mkdir(self.dir .. "/in"))
  assert(host.mkdir(self.dir .. "/own/steps"))
  assert(host.copy(host.info().root .. "/examples/media/morning.jpg", self.dir .. "/in/a.jpg"))
  assert(host.write(self.dir .. "/own/steps/prepare.lua",
    'return function() host.exec { "kill", "-INT", tostring(host.info().pid) } host.sleep(60) end'))
  assert(host.write(self.dir .. "/.env", [[
    AUTO_DOWNLOAD_DIR=in
    AFFICHE_STATE_DIR=state
    UPLOAD_URL=file:///nowhere
    PUBLIC_BASE_URL=http://127.0.0.1:9
    GRAPH_API_URL=http://127.0.0.1:9
    ACCESS_TOKEN=token-of-the-spec
    IG_USER_ID=1]], { mode = 384 }))
  local status, object, log = self:affiche("run", "--json", "--scripts", "own")
  lu.assertEquals({ status, object.success, object.result.success }, { 130, false, false }, log)
  lu.assertStrContains(object.result.error, "SIGINT")
  local stats = object.result.stats
  lu.assertEquals({ stats.files_found, stats.files_deferred }, { 1, 1 })
end

function T:test_the_language_of_the_command_line_holds_from_the_start()
  local _, object, log = self:affiche("run", "--json", "--lang", "fr", "--env", "bad.env")
  lu.assertStrContains(object.result.error, "ligne 1")
  lu.assertStrContains(log, "Écrivez")
end

return T
