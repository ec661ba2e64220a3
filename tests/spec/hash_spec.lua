-- hash_spec.lua - host.hash
local lu = require "luaunit"
local support = require "file_support"

local T = support.spec()

function T:test_known_answers()
  local path = support.make(self.dir .. "/abc", "abc")
  local hex, size = host.hash(path)
  lu.assertEquals(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  lu.assertEquals(size, 3)
  hex, size = host.hash(support.make(self.dir .. "/empty"))
  lu.assertEquals(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  lu.assertEquals(size, 0)
end

function T:test_more_than_one_block()
  local text = ("0123456789abcdef"):rep(70000)
  local hex, size = host.hash(support.make(self.dir .. "/big", text))
  lu.assertEquals(hex, host.digest(text))
  lu.assertEquals(size, #text)
end

function T:test_only_regular_files()
  support.make(self.dir .. "/real", "x")
  support.run("ln", "-s", "real", self.dir .. "/link")
  support.run("mkfifo", self.dir .. "/fifo")
  local function fails(code, name)
    support.check_failure("hash", code, self.dir .. name, host.hash(self.dir .. name))
  end
  fails("ENOENT", "/none")
  fails("ELOOP", "/link")
  fails("EISDIR", "")
  fails("EFTYPE", "/fifo")
  support.check_failure("hash", "EFTYPE", "/dev/null", host.hash("/dev/null"))
end

function T:test_arguments()
  support.check_arguments(host.hash, self.dir)
end

function T:test_timeout()
  local path = support.endless(self.dir .. "/large")
  local hex, err = host.hash(path, { timeout = 0.05 })
  lu.assertNil(hex)
  lu.assertEquals(err.kind, "timeout")
  support.check_timeout(self.dir, function(timeout)
    return host.hash(path, { timeout = timeout })
  end)
end

function T:test_killed()
  support.check_killed(self.dir, function() host.hash(self.dir .. "/x") end)
end

return T
