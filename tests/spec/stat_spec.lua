-- stat_spec.lua - host.stat
local lu = require "luaunit"
local support = require "file_support"

local T = support.spec()

function T:test_file()
  local path = support.make(self.dir .. "/a", "12345")
  support.run("touch", "-d", "@1000000000.5", path)
  support.run("chmod", "640", path)
  local facts = host.stat(path)
  lu.assertEquals(facts.type, "file")
  lu.assertEquals(facts.size, 5)
  lu.assertEquals(facts.mtime, 1000000000.5)
  lu.assertEquals(facts.mode, 416)
  lu.assertEquals(("%d %d %d"):format(facts.device, facts.inode, facts.owner),
    support.run("stat", "-c", "%d %i %u", path):match("[^\n]*"))
  lu.assertTrue(facts.writable)
end

function T:test_types()
  support.run("ln", "-s", "nowhere", self.dir .. "/link")
  support.run("mkfifo", self.dir .. "/fifo")
  lu.assertEquals(host.stat(self.dir).type, "folder")
  lu.assertEquals(host.stat(self.dir .. "/link").type, "link")
  lu.assertEquals(host.stat(self.dir .. "/fifo").type, "special")
  lu.assertEquals(host.stat("/dev/null").type, "special")
end

-- Who is root may write anywhere.
function T:test_writable_is_for_this_process()
  local path = support.make(self.dir .. "/a")
  support.run("chmod", "400", path)
  lu.assertEquals(host.stat(path).writable, support.run("id", "-u") == "0\n")
  support.run("ln", "-s", "a", self.dir .. "/link")
  lu.assertFalse(host.stat(self.dir .. "/link").writable)
end

function T:test_failure()
  local path = self.dir .. "/none"
  support.check_failure("stat", "ENOENT", path, host.stat(path))
end

function T:test_arguments()
  support.check_arguments(host.stat, self.dir)
end

function T:test_timeout()
  support.check_timeout(self.dir, function(timeout)
    return host.stat(self.dir, { timeout = timeout })
  end)
end

function T:test_killed()
  support.check_killed(self.dir, function() host.stat(self.dir) end)
end

return T
