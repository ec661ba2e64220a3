-- remove_spec.lua - host.remove
local lu = require "luaunit"
local support = require "file_support"

local T = support.spec()

function T:test_files_and_what_is_missing()
  local path = support.make(self.dir .. "/a\nb\xff")
  for _ = 1, 2 do lu.assertTrue(host.remove(path)) end
  lu.assertEquals(host.list(self.dir), {})
end

function T:test_folders()
  assert(host.mkdir(self.dir .. "/a/b/c"))
  support.make(self.dir .. "/a/b/c/file")
  support.make(self.dir .. "/a/.hidden")
  local ok, err = host.remove(self.dir .. "/a")
  support.check_failure("remove", "ENOTEMPTY", self.dir .. "/a", ok, err)
  lu.assertTrue(support.exists(self.dir .. "/a/b/c/file"))
  lu.assertTrue(host.remove(self.dir .. "/a", { recursive = true }))
  assert(host.mkdir(self.dir .. "/empty"))
  lu.assertTrue(host.remove(self.dir .. "/empty"))
  lu.assertEquals(host.list(self.dir), {})
end

function T:test_never_through_a_link()
  assert(host.mkdir(self.dir .. "/outside"))
  support.make(self.dir .. "/outside/precious", "x")
  assert(host.mkdir(self.dir .. "/inside"))
  support.run("ln", "-s", "../outside", self.dir .. "/inside/link")
  support.run("mkfifo", self.dir .. "/inside/fifo")
  lu.assertTrue(host.remove(self.dir .. "/inside", { recursive = true }))
  lu.assertTrue(support.exists(self.dir .. "/outside/precious"))
end

function T:test_failure()
  local path = support.make(self.dir .. "/file") .. "/a"
  support.check_failure("remove", "ENOTDIR", path, host.remove(path))
end

function T:test_arguments()
  support.check_arguments(host.remove, self.dir)
  lu.assertErrorMsgContains("recursive", host.remove, self.dir, { recursive = 1 })
end

function T:test_timeout()
  local path = support.make(self.dir .. "/x")
  support.check_timeout(self.dir, function(timeout)
    return host.remove(path, { timeout = timeout })
  end)
  lu.assertTrue(support.exists(path))
end

function T:test_killed()
  local path = support.make(self.dir .. "/x")
  support.check_killed(self.dir, function() host.remove(path) end)
  lu.assertTrue(support.exists(path))
end

return T
