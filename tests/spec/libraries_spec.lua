-- libraries_spec.lua - which shared libraries a process opens: those that its command needs, since
-- the others take longer to load than most commands run; and what is said where one is missing.
local lu = require "luaunit"
local support = require "file_support"

local T = support.spec()

local PROGRAM = host.info().executable
local HEAVY = { "libcurl", "libmicrohttpd", "libcrypto", "libssl", "libgnutls" }

-- The heavy ones among what the loader tells of, by name.
local function opened(report)
  local found = {}
  for _, name in ipairs(HEAVY) do
    if report:find("calling init: [^\n]*" .. name .. "%.so") then found[#found + 1] = name end
  end
  return found
end

-- Runs the program with the loader's report. What it opened, what it printed and its status.
local function run(dir, ...)
  local env = { PATH = host.env "PATH", HOME = dir, LD_DEBUG = "libs" }
  local done = assert(host.exec({ PROGRAM, ... }, { cwd = dir, env = env }))
  lu.assertStrContains(done.stderr, "calling init: ")
  return opened(done.stderr), done.stdout, done.status
end

local function script(dir, text)
  assert(host.write(dir .. "/script.lua", text))
  return dir .. "/script.lua"
end

function T:test_version_and_help_open_none()
  for _, command in ipairs({ "version", "help" }) do
    local found, text, status = run(self.dir, command)
    lu.assertEquals({ found, status }, { {}, 0 })
    lu.assertStrContains(text, "affiche")
  end
end

function T:test_the_converter_opens_none()
  local picture = host.info().root .. "/examples/media/dusk.webp"
  local found, text, status = run(self.dir, "convert", picture, self.dir .. "/out.jpg")
  lu.assertEquals({ found, status }, { {}, 0 })
  lu.assertStrContains(text, "out.jpg")
end

function T:test_a_worker_opens_none()
  lu.assertEquals((run(self.dir, "--codec-worker")), {})
end

function T:test_what_is_needed_is_opened_and_no_more()
  local hash = script(self.dir, 'print(host.digest "x")')
  lu.assertEquals((run(self.dir, "console", hash)), { "libcrypto" })
  local serve = script(self.dir, [[
    local server = assert(host.serve({}, function() end))
    server:close()]])
  lu.assertItemsEquals((run(self.dir, "console", serve)), { "libmicrohttpd", "libgnutls" })
  local get = script(self.dir, 'host.http { url = "http://127.0.0.1:1/" }')
  local found = table.concat((run(self.dir, "console", get)), " ")
  lu.assertStrContains(found, "libcurl")
  lu.assertNotStrContains(found, "libmicrohttpd")
end

-- A library that is there and none, in front of the real one.
local function with_broken(dir, file, text)
  assert(host.write(dir .. "/" .. file, "no library"))
  local env = { PATH = host.env "PATH", HOME = dir, LD_LIBRARY_PATH = dir }
  local argv = { PROGRAM, "console", script(dir, text) }
  local done = assert(host.exec(argv, { cwd = dir, env = env }))
  lu.assertEquals(done.status, 0, done.stderr)
  return done.stdout
end

function T:test_a_missing_library_is_a_clear_error()
  local show = "print(result, err.kind, err.retryable, err.message)"
  local cases = {
    ["libcurl.so.4"] = {
      'local result, err = host.http { url = "http://127.0.0.1:1/" } ',
      'local result, err = host.graph_get("http://127.0.0.1:1/", nil, {}) ',
      'local result, err = host.ftp_delete "ftp://127.0.0.1:1/a" ',
    },
    ["libmicrohttpd.so.12"] = { "local result, err = host.serve({}, print) " },
    ["libcrypto.so.3"] = { 'local result, err = host.hash "script.lua" ',
      'local result, err = host.copy("script.lua", "b") ' },
  }
  for file, texts in pairs(cases) do
    local dir = self.dir .. "/" .. file:match "^[^.]*"
    assert(host.mkdir(dir))
    for _, text in ipairs(texts) do
      local said = with_broken(dir, file, text .. show)
      lu.assertStrContains(said, "nil\tio\tfalse\t")
      lu.assertStrContains(said, "the library " .. file .. " cannot be used")
    end
  end
end

return T
