-- `make install` and `make uninstall`, and the installed program run from elsewhere.
local json = require "json"
local lu = require "luaunit"

local T = { deadline = 300 }
local root = host.info().root

function T:setUp()
  self.folder = (host.env "TMPDIR" or "/tmp") .. "/affiche-" .. host.random(6)
  assert(host.mkdir(self.folder))
end

function T:tearDown()
  assert(host.remove(self.folder, { recursive = true }))
end

local function make(target)
  local done = assert(host.exec(
    { "make", "--no-print-directory", target, "DESTDIR=" .. T.folder, "PREFIX=/usr" },
    { cwd = root, timeout = 280 }
  ))
  lu.assertEquals(done.status, 0, done.stderr)
end

function T:test_what_is_installed_runs_and_goes_again()
  make "install"
  local program = self.folder .. "/usr/bin/affiche"
  local done = assert(host.exec({ program, "version" }, { cwd = "/" }))
  lu.assertEquals(done.status, 0, done.stderr)
  lu.assertStrContains(done.stdout, host.info().version)
  local share = self.folder .. "/usr/share/affiche"
  for _, folder in ipairs { "modules", "scripts", "scripts/steps", "examples/media" } do
    lu.assertEquals(host.list(share .. "/" .. folder), host.list(root .. "/" .. folder), folder)
  end

  done = assert(host.exec({ program, "demo", "--json" }, { cwd = "/", timeout = 60,
    env = { PATH = host.env "PATH", HOME = self.folder, TMPDIR = self.folder } }))
  lu.assertEquals(done.status, 0, done.stderr)
  local stats = json.decode(done.stdout).result.stats
  lu.assertEquals({ stats.files_found, stats.files_published, stats.files_ignored }, { 5, 4, 1 })

  make "uninstall"
  lu.assertEquals(host.list(self.folder .. "/usr/bin"), {})
  lu.assertEquals(host.list(self.folder .. "/usr/share"), {})
end

return T
