-- write_spec.lua - host.write
local lu = require "luaunit"
local support = require "file_support"

local T = support.spec()

function T:test_every_byte_and_nothing_left_beside()
  local path = self.dir .. "/a"
  for _, text in ipairs { "one\r\ntwo\0\xff", "", ("x"):rep(1000000) } do
    lu.assertTrue(host.write(path, text))
    lu.assertEquals(support.content(path), text)
  end
  lu.assertEquals(host.list(self.dir), { "a" })
end

function T:test_mode()
  assert(host.write(self.dir .. "/a", "x"))
  assert(host.write(self.dir .. "/b", "x", { mode = 384 }))
  lu.assertEquals(host.stat(self.dir .. "/b").mode, 384)
  lu.assertEquals(host.stat(self.dir .. "/a").mode & 384, 384)
end

function T:test_without_replace()
  local path = support.make(self.dir .. "/a", "old")
  local ok, err = host.write(path, "new", { replace = false })
  support.check_failure("write", "EEXIST", path, ok, err)
  lu.assertEquals(support.content(path), "old")
  lu.assertEquals(host.list(self.dir), { "a" })
  lu.assertTrue(host.write(self.dir .. "/b", "new", { replace = false }))
end

-- The link is replaced, what it leads to is left alone.
function T:test_link()
  support.make(self.dir .. "/real", "old")
  support.run("ln", "-s", "real", self.dir .. "/link")
  assert(host.write(self.dir .. "/link", "new"))
  lu.assertEquals(support.content(self.dir .. "/real"), "old")
  lu.assertEquals(host.stat(self.dir .. "/link").type, "file")
end

function T:test_long_name()
  local path = self.dir .. "/" .. ("n"):rep(255)
  lu.assertTrue(host.write(path, "x"))
  lu.assertEquals(support.content(path), "x")
end

function T:test_failures()
  local function fails(code, path)
    support.check_failure("write", code, path, host.write(path, "x"))
  end
  fails("ENOENT", self.dir .. "/none/a")
  fails("EISDIR", self.dir .. "/")
  fails("EISDIR", self.dir)
  fails("ENAMETOOLONG", self.dir .. "/" .. ("n"):rep(256))
  fails("ENOTDIR", support.make(self.dir .. "/file") .. "/a")
  lu.assertEquals(host.list(self.dir), { "file" })
end

function T:test_arguments()
  support.check_arguments(host.write, self.dir, "x")
  lu.assertErrorMsgContains("string expected", host.write, self.dir)
  lu.assertErrorMsgContains("mode", host.write, self.dir, "x", { mode = 512 })
  lu.assertErrorMsgContains("replace", host.write, self.dir, "x", { replace = 1 })
end

function T:test_timeout()
  support.check_timeout(self.dir, function(timeout)
    return host.write(self.dir .. "/x", "x", { timeout = timeout })
  end)
  lu.assertFalse(support.exists(self.dir .. "/x"))
end

function T:test_killed()
  support.check_killed(self.dir, function() host.write(self.dir .. "/x", "x") end)
  lu.assertFalse(support.exists(self.dir .. "/x"))
end

return T
