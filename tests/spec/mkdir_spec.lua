-- mkdir_spec.lua - host.mkdir
local lu = require "luaunit"
local support = require "file_support"

local T = support.spec()

function T:test_with_parents_and_again()
  local path = self.dir .. "/a//b/c"
  for _ = 1, 2 do lu.assertTrue(host.mkdir(path)) end
  lu.assertTrue(host.mkdir(path .. "/"))
  lu.assertEquals(host.stat(path).type, "folder")
  lu.assertTrue(host.mkdir("/"))
  lu.assertTrue(host.mkdir("."))
end

function T:test_mode()
  assert(host.mkdir(self.dir .. "/a/b", { mode = 448 }))
  lu.assertEquals(host.stat(self.dir .. "/a/b").mode, 448)
end

function T:test_a_link_to_a_folder_is_a_folder()
  assert(host.mkdir(self.dir .. "/real"))
  support.run("ln", "-s", "real", self.dir .. "/link")
  lu.assertTrue(host.mkdir(self.dir .. "/link"))
  lu.assertTrue(host.mkdir(self.dir .. "/link/sub"))
  lu.assertEquals(host.list(self.dir .. "/real"), { "sub" })
end

function T:test_failures()
  local file = support.make(self.dir .. "/file")
  support.check_failure("mkdir", "ENOTDIR", file, host.mkdir(file))
  support.check_failure("mkdir", "ENOTDIR", file .. "/a", host.mkdir(file .. "/a"))
  support.run("ln", "-s", "nowhere", self.dir .. "/dead")
  support.check_failure("mkdir", "ENOENT", self.dir .. "/dead", host.mkdir(self.dir .. "/dead"))
  local long = self.dir .. "/" .. ("n"):rep(256)
  support.check_failure("mkdir", "ENAMETOOLONG", long, host.mkdir(long))
end

function T:test_arguments()
  support.check_arguments(host.mkdir, self.dir)
  lu.assertErrorMsgContains("mode", host.mkdir, self.dir, { mode = -1 })
end

function T:test_timeout()
  support.check_timeout(self.dir, function(timeout)
    return host.mkdir(self.dir .. "/x", { timeout = timeout })
  end)
  lu.assertNil((host.stat(self.dir .. "/x")))
end

function T:test_killed()
  support.check_killed(self.dir, function() host.mkdir(self.dir .. "/x") end)
  lu.assertNil((host.stat(self.dir .. "/x")))
end

return T
