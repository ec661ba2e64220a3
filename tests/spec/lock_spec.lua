-- lock_spec.lua - host.lock
local lu = require "luaunit"
local support = require "file_support"

local T = support.spec()

function T:test_taken_and_released()
  for _, path in ipairs { self.dir, support.make(self.dir .. "/file") } do
    local lock = assert(host.lock(path))
    local second, err = host.lock(path)
    support.check_failure("lock", "EBUSY", path, second, err)
    lu.assertTrue(err.retryable)
    lock:release()
    lock:release() -- once more does no harm
    local third = assert(host.lock(path))
    third:release()
  end
end

function T:test_the_holder_is_named()
  local lock <close> = assert(host.lock(self.dir))
  lu.assertNotNil(lock)
  local _, err = host.lock(self.dir)
  -- Some filesystems number their devices otherwise in /proc/locks: then nobody can know.
  local inode = (":%d "):format(host.stat(self.dir).inode)
  if host.read("/proc/locks"):find(inode, 1, true) then
    lu.assertEquals(err.holder, host.info().pid)
    lu.assertStrContains(err.message, tostring(host.info().pid))
  else
    lu.assertNil(err.holder)
  end
end

function T:test_another_process_has_it()
  local ready, done = self.dir .. "/ready", self.dir .. "/done"
  support.run("mkfifo", ready, done)
  local script = 'flock -n "$1" sh -c \'echo > "$0"; read line < "$1"\' "$2" "$3"'
  local task <close> = host.spawn(host.exec, { "sh", "-c", script, "sh", self.dir, ready, done })
  lu.assertNotNil(task)
  support.run("cat", ready) -- ends when the other one has the lock
  support.check_failure("lock", "EBUSY", self.dir, host.lock(self.dir))
  support.run("sh", "-c", 'echo > "$0"', done)
  lu.assertTrue(task:join())
  local lock = assert(host.lock(self.dir))
  lock:release()
end

function T:test_close_and_collection_release()
  do
    local lock <close> = assert(host.lock(self.dir))
    lu.assertNotNil(lock)
  end
  lu.assertNotNil(host.lock(self.dir)) -- and dropped
  collectgarbage()
  collectgarbage()
  local lock = assert(host.lock(self.dir))
  lock:release()
end

-- A program that is started must not inherit the lock.
function T:test_not_inherited()
  local lock = assert(host.lock(self.dir))
  local task <close> = host.spawn(host.exec, { "sleep", "60" })
  lu.assertNotNil(task)
  host.sleep(0) -- it is started by now
  lock:release()
  local again = assert(host.lock(self.dir))
  again:release()
end

function T:test_failures()
  support.check_failure("lock", "ENOENT", self.dir .. "/none", host.lock(self.dir .. "/none"))
  support.run("mkfifo", self.dir .. "/fifo")
  support.check_failure("lock", "EFTYPE", self.dir .. "/fifo", host.lock(self.dir .. "/fifo"))
end

function T:test_arguments()
  support.check_arguments(host.lock, self.dir)
  local lock <close> = assert(host.lock(self.dir))
  lu.assertErrorMsgContains("affiche.lock", lock.release, {})
  lu.assertErrorMsgContains("no field", function() return lock.relase end)
end

function T:test_timeout()
  support.check_timeout(self.dir, function(timeout)
    return host.lock(self.dir, { timeout = timeout })
  end)
end

function T:test_killed()
  support.check_killed(self.dir, function() host.lock(self.dir) end)
  local lock = assert(host.lock(self.dir))
  lock:release()
end

return T
