-- read_spec.lua - host.read
local lu = require "luaunit"
local support = require "file_support"

local T = support.spec()

function T:test_every_byte()
  for _, text in ipairs { "", "one\r\ntwo\0\xff", ("x"):rep(1000000) } do
    lu.assertEquals(host.read(support.make(self.dir .. "/a", text)), text)
  end
end

function T.test_a_file_whose_size_is_not_known()
  lu.assertStrContains(host.read("/proc/self/status"), "Pid:")
end

function T:test_limit()
  local path = support.make(self.dir .. "/a", "12345")
  lu.assertEquals(host.read(path, { max = 5 }), "12345")
  local text, err = host.read(path, { max = 4 })
  support.check_failure("read", "EFBIG", path, text, err)
  lu.assertEquals(err.kind, "limit")
  text, err = host.read("/proc/self/status", { max = 10 })
  support.check_failure("read", "EFBIG", "/proc/self/status", text, err)
end

function T:test_only_regular_files()
  support.make(self.dir .. "/real", "x")
  support.run("ln", "-s", "real", self.dir .. "/link")
  support.run("mkfifo", self.dir .. "/fifo")
  local function fails(code, name)
    support.check_failure("read", code, self.dir .. name, host.read(self.dir .. name))
  end
  fails("ENOENT", "/none")
  fails("ELOOP", "/link")
  fails("EISDIR", "")
  fails("EFTYPE", "/fifo")
end

function T:test_arguments()
  support.check_arguments(host.read, self.dir)
  lu.assertErrorMsgContains("max", host.read, self.dir, { max = -1 })
end

function T:test_timeout()
  support.check_timeout(self.dir, function(timeout)
    return host.read(self.dir .. "/x", { timeout = timeout })
  end)
end

function T:test_killed()
  support.check_killed(self.dir, function() host.read(self.dir .. "/x") end)
end

return T
