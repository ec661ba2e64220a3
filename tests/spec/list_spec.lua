-- list_spec.lua - host.list
local lu = require "luaunit"
local support = require "file_support"

local T = support.spec()

function T:test_all_names_bytewise()
  local names = { ".hidden", "-dash", "B", "a", "a\nb", "a b", "\xff\xfe", "é", ("n"):rep(255) }
  for _, name in ipairs(names) do support.make(self.dir .. "/" .. name) end
  table.sort(names)
  lu.assertEquals(host.list(self.dir), names)
end

function T:test_empty()
  lu.assertEquals(host.list(self.dir), {})
end

function T:test_failures()
  local file = support.make(self.dir .. "/file")
  support.check_failure("list", "ENOTDIR", file, host.list(file))
  support.check_failure("list", "ENOENT", self.dir .. "/none", host.list(self.dir .. "/none"))
end

function T:test_arguments()
  support.check_arguments(host.list, self.dir)
end

function T:test_timeout()
  support.check_timeout(self.dir, function(timeout)
    return host.list(self.dir, { timeout = timeout })
  end)
end

function T:test_killed()
  support.check_killed(self.dir, function() host.list(self.dir) end)
end

return T
