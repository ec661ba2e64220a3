-- copy_spec.lua - host.copy
local lu = require "luaunit"
local support = require "file_support"

local T = support.spec()

function T:test_content_time_and_mode()
  local text = ("\0\xff picture"):rep(60000)
  local source = support.make(self.dir .. "/a", text)
  support.run("chmod", "640", source)
  support.run("touch", "-d", "@1000000000.5", source)
  lu.assertEquals(host.copy(source, self.dir .. "/b"), self.dir .. "/b")
  lu.assertEquals(support.content(self.dir .. "/b"), text)
  local facts = host.stat(self.dir .. "/b")
  lu.assertEquals(facts.mtime, 1000000000.5)
  lu.assertEquals(facts.mode, 416)
  lu.assertEquals(host.list(self.dir), { "a", "b" })
end

function T:test_taken()
  local source = support.make(self.dir .. "/a", "new")
  local target = support.make(self.dir .. "/b", "old")
  support.check_failure("copy", "EEXIST", target, host.copy(source, target))
  lu.assertEquals(support.content(target), "old")
  lu.assertEquals(host.copy(source, target, { replace = true }), target)
  lu.assertEquals(support.content(target), "new")
  lu.assertEquals(host.list(self.dir), { "a", "b" })
end

function T:test_expected_content()
  local source, target = support.make(self.dir .. "/a", "abc"), self.dir .. "/b"
  lu.assertEquals(host.copy(source, target, { sha256 = host.digest("abc") }), target)
  local path, err = host.copy(source, target, { sha256 = host.digest("abd"), replace = true })
  support.check_failure("copy", "ECHANGED", source, path, err)
  lu.assertEquals(support.content(target), "abc")
  lu.assertEquals(host.list(self.dir), { "a", "b" })
end

function T:test_failures()
  local source = support.make(self.dir .. "/a", "x")
  local none = self.dir .. "/none"
  support.check_failure("copy", "ENOENT", none, host.copy(none, self.dir .. "/b"))
  support.check_failure("copy", "ENOENT", none .. "/b", host.copy(source, none .. "/b"))
  support.check_failure("copy", "EISDIR", self.dir, host.copy(self.dir, self.dir .. "/b"))
  support.run("mkfifo", self.dir .. "/fifo")
  support.check_failure("copy", "EFTYPE", self.dir .. "/fifo",
    host.copy(self.dir .. "/fifo", self.dir .. "/b"))
  assert(host.mkdir(self.dir .. "/folder"))
  support.check_failure("copy", "EISDIR", self.dir .. "/folder",
    host.copy(source, self.dir .. "/folder", { replace = true }))
  lu.assertEquals(host.list(self.dir), { "a", "fifo", "folder" })
end

function T:test_arguments()
  support.check_arguments(host.copy, self.dir, self.dir)
  lu.assertErrorMsgContains("string expected", host.copy, self.dir)
  lu.assertErrorMsgContains("sha256", host.copy, "a", "b", { sha256 = "abc" })
  lu.assertErrorMsgContains("sha256", host.copy, "a", "b", { sha256 = ("A"):rep(64) })
  lu.assertErrorMsgContains("replace", host.copy, "a", "b", { replace = 1 })
end

-- Stopped in the middle of the bytes, it leaves no half file behind.
function T:test_timeout()
  local source = support.endless(self.dir .. "/large")
  local path, err = host.copy(source, self.dir .. "/b", { timeout = 0.05 })
  lu.assertNil(path)
  lu.assertEquals(err.kind, "timeout")
  lu.assertEquals(host.list(self.dir), { "large" })
  support.check_timeout(self.dir, function(timeout)
    return host.copy(source, self.dir .. "/b", { timeout = timeout })
  end)
end

function T:test_killed()
  local source = support.make(self.dir .. "/a", "x")
  support.check_killed(self.dir, function() host.copy(source, self.dir .. "/b") end)
  lu.assertFalse(support.exists(self.dir .. "/b"))
end

return T
