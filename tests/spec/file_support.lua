-- file_support.lua - what the specs of the file primitives share: a folder of one's own, files made
-- without the primitives under test, threads kept busy, tasks killed while they wait.
local lu = require "luaunit"

local M = {}

---Gives a spec `self.dir`, a fresh folder that is gone after each test.
function M.spec()
  local T = {}
  function T:setUp()
    self.dir = (host.env("TMPDIR") or "/tmp") .. "/affiche-" .. host.random(6)
    assert(host.mkdir(self.dir))
  end
  function T:tearDown() assert(host.remove(self.dir, { recursive = true })) end
  return T
end

function M.make(path, content)
  local file <close> = assert(io.open(path, "wb"))
  assert(file:write(content or ""))
  return path
end

function M.content(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read("a")
end

function M.exists(path)
  local file = io.open(path, "rb")
  if file then file:close() end
  return file ~= nil
end

---Runs a program that the test needs.
function M.run(...)
  local done = assert(host.exec({ ... }))
  lu.assertEquals(done.stderr, "")
  lu.assertEquals(done.status, 0)
  return done.stdout
end

---A file that takes minutes to read and no room on the disk.
function M.endless(path)
  M.run("truncate", "-s", "256G", path)
  return path
end

---Calls `fn` while every worker thread is busy: what needs one can only wait.
function M.while_busy(dir, fn)
  local path, tasks = M.endless(dir .. "/endless"), {}
  local threads = tonumber(host.env("UV_THREADPOOL_SIZE")) or 4
  for i = 1, threads do tasks[i] = host.spawn(host.hash, path) end
  host.sleep(0) -- they run up to their wait first
  local ok, err = pcall(fn)
  for _, task in ipairs(tasks) do task:cancel() end
  for _, task in ipairs(tasks) do task:join() end
  if not ok then error(err, 0) end
end

---`call` gives up when its time is up, though no thread is free for it. `call(timeout)` calls the
---primitive.
function M.check_timeout(dir, call)
  M.while_busy(dir, function()
    local result, err = call(0.05)
    lu.assertNil(result)
    lu.assertEquals(err.kind, "timeout")
    lu.assertTrue(err.retryable)
  end)
end

---A task that waits in `call` and is killed ends as cancelled.
function M.check_killed(dir, call)
  M.while_busy(dir, function()
    local task = host.spawn(call)
    host.sleep(0)
    lu.assertEquals(task:status(), "waiting")
    task:cancel()
    local ok, err = task:join()
    lu.assertFalse(ok)
    lu.assertEquals(err.kind, "cancelled")
  end)
end

---`nil, err` with this code, naming the operation and the file.
function M.check_failure(op, code, path, result, err)
  lu.assertNil(result)
  lu.assertEquals(err.code, code)
  lu.assertEquals(err.op, op)
  lu.assertEquals(err.path, path)
  lu.assertStrContains(tostring(err), op .. ": ")
end

---A call with arguments that no primitive accepts.
function M.check_arguments(primitive, ...)
  lu.assertErrorMsgContains("string expected", primitive)
  lu.assertErrorMsgContains("empty", primitive, "")
  lu.assertErrorMsgContains("NUL", primitive, "a\0b")
  local arguments = table.pack(...)
  arguments[arguments.n + 1] = { surprise = 1 }
  lu.assertErrorMsgContains("surprise", primitive, table.unpack(arguments, 1, arguments.n + 1))
  arguments[arguments.n + 1] = { timeout = "soon" }
  lu.assertErrorMsgContains("timeout", primitive, table.unpack(arguments, 1, arguments.n + 1))
end

return M
