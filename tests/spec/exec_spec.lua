-- exec_spec.lua - host.exec
local lu = require "luaunit"
local support = require "file_support"

local T = support.spec()

local before = {}

-- The processes whose parent is this one, without those that were there before the test: decoders
-- of earlier specs wait for their next picture.
local function children()
  local pid = host.info().pid
  local list = host.read(("/proc/%d/task/%d/children"):format(pid, pid)) or ""
  return (list:gsub("%d+ ?", function(child) return before[child] and "" or nil end))
end

local make_folder = T.setUp
function T:setUp()
  make_folder(self)
  before = {}
  for child in children():gmatch("%d+ ?") do before[child] = true end
end

local function alive(pid)
  local status = host.read(("/proc/%d/stat"):format(pid))
  return status ~= nil and not status:find("%) Z ")
end

local function wait_until(condition)
  local deadline = host.now("monotonic") + 10
  while not condition() do
    lu.assertTrue(host.now("monotonic") < deadline)
    host.sleep(0.01)
  end
end

function T.test_result()
  local done = assert(host.exec { "sh", "-c", "echo out; echo err >&2; exit 3" })
  lu.assertEquals(done, { status = 3, signal = 0, stdout = "out\n", stderr = "err\n" })
  lu.assertEquals(children(), "")
end

function T.test_a_signal()
  local done = assert(host.exec { "sh", "-c", "kill -TERM $$" })
  lu.assertEquals(done.signal, 15)
end

function T.test_no_shell()
  local odd = "$(id); `id` 'a\"b *\n\xff"
  lu.assertEquals(assert(host.exec { "printf", "%s", odd, "--", "" }).stdout, odd .. "--")
end

function T.test_stdin()
  local text = ("\0\xffline\n"):rep(100000)
  lu.assertEquals(assert(host.exec({ "cat" }, { stdin = text })).stdout, text)
  lu.assertEquals(assert(host.exec { "cat" }).stdout, "")
  lu.assertEquals(assert(host.exec({ "cat" }, { stdin = "" })).stdout, "")
  lu.assertEquals(assert(host.exec({ "true" }, { stdin = text })).status, 0) -- need not be read
end

function T.test_environment()
  local shown = assert(host.exec { "env" }).stdout
  for name in shown:gmatch("([^\n=]+)=") do
    lu.assertStrMatches(name, "[A-Z]+")
    lu.assertStrContains("PATH HOME LANG TMPDIR", name)
  end
  lu.assertStrContains(shown, "PATH=" .. host.env("PATH"))
  local env = { AFFICHE_A = "1", AFFICHE_B = "two words" }
  shown = assert(host.exec({ "/usr/bin/env" }, { env = env })).stdout
  local lines = {}
  for line in shown:gmatch("[^\n]+") do lines[#lines + 1] = line end
  table.sort(lines)
  lu.assertEquals(lines, { "AFFICHE_A=1", "AFFICHE_B=two words" })
  lu.assertEquals(assert(host.exec({ "/usr/bin/env" }, { env = {} })).stdout, "")
end

function T:test_folder()
  support.make(self.dir .. "/file")
  lu.assertEquals(assert(host.exec({ "ls" }, { cwd = self.dir })).stdout, "file\n")
  local done, err = host.exec({ "ls" }, { cwd = self.dir .. "/none" })
  lu.assertNil(done)
  lu.assertEquals(err.code, "ENOENT")
end

function T:test_no_descriptor_is_inherited()
  local lock <close> = assert(host.lock(self.dir))
  local file <close> = assert(io.open(support.make(self.dir .. "/file")))
  lu.assertNotNil(lock and file)
  -- 3 is the folder that is being listed
  lu.assertEquals(assert(host.exec { "ls", "/proc/self/fd" }).stdout, "0\n1\n2\n3\n")
end

function T.test_too_much()
  local done = assert(host.exec({ "printf", "12345" }, { max_output = 5 }))
  lu.assertEquals(done.stdout, "12345")
  local none, err = host.exec({ "yes" }, { max_output = 100000 })
  lu.assertNil(none)
  lu.assertEquals(err.kind, "limit")
  lu.assertEquals(children(), "")
end

function T:test_failures()
  for name, code in pairs { [self.dir .. "/none"] = "ENOENT", [self.dir] = "EACCES" } do
    support.check_failure("exec", code, name, host.exec { name })
  end
  lu.assertEquals(children(), "")
end

function T.test_arguments()
  lu.assertErrorMsgContains("table expected", host.exec, "ls")
  lu.assertErrorMsgContains("program", host.exec, {})
  lu.assertErrorMsgContains("empty", host.exec, { "" })
  lu.assertErrorMsgContains("string expected", host.exec, { "ls", 1 })
  lu.assertErrorMsgContains("NUL", host.exec, { "ls", "a\0b" })
  lu.assertErrorMsgContains("surprise", host.exec, { "ls" }, { surprise = 1 })
  lu.assertErrorMsgContains("timeout", host.exec, { "ls" }, { timeout = 0 })
  lu.assertErrorMsgContains("stdin", host.exec, { "ls" }, { stdin = 1 })
  lu.assertErrorMsgContains("env", host.exec, { "ls" }, { env = "A=1" })
  lu.assertErrorMsgContains("env", host.exec, { "ls" }, { env = { ["A=B"] = "1" } })
  lu.assertErrorMsgContains("env", host.exec, { "ls" }, { env = { "A=1" } })
end

function T:test_timeout_ends_the_whole_group()
  local pid_file = self.dir .. "/pid"
  local script = 'sh -c \'echo $$ > "$1.new"; mv "$1.new" "$1"; sleep 60; :\' sh "$1"; :'
  local task = host.spawn(host.exec, { "sh", "-c", script, "sh", pid_file }, { timeout = 1 })
  wait_until(function() return support.exists(pid_file) end)
  local pid = tonumber(support.content(pid_file))
  local _, done, err = task:join()
  lu.assertNil(done)
  lu.assertEquals(err.kind, "timeout")
  lu.assertTrue(err.retryable)
  wait_until(function() return not alive(pid) end)
  lu.assertEquals(children(), "")
end

function T:test_killed_ends_the_whole_group()
  local pid_file = self.dir .. "/pid"
  local script = 'sh -c \'echo $$ > "$1.new"; mv "$1.new" "$1"; sleep 60; :\' sh "$1"; :'
  local task = host.spawn(host.exec, { "sh", "-c", script, "sh", pid_file })
  wait_until(function() return support.exists(pid_file) end)
  local pid = tonumber(support.content(pid_file))
  task:cancel()
  local ok, err = task:join()
  lu.assertFalse(ok)
  lu.assertEquals(err.kind, "cancelled")
  wait_until(function() return not alive(pid) end)
  wait_until(function() return children() == "" end)
end

-- Who stays behind in the background is ended with the program, and does not keep us waiting.
function T.test_left_behind()
  local done = assert(host.exec { "sh", "-c", "sleep 60 & echo $!" })
  local pid = tonumber(done.stdout)
  wait_until(function() return not alive(pid) end)
end

-- Even one that left the group and holds the pipes cannot keep a stopped call waiting.
function T.test_escaped()
  local begun = host.now("monotonic")
  local done, err = host.exec({ "sh", "-c", "setsid sleep 20 & exit 0" }, { timeout = 0.5 })
  lu.assertTrue(host.now("monotonic") - begun < 10)
  if not done then lu.assertEquals(err.kind, "timeout") end
end

function T.test_many_at_once()
  local numbers = {}
  for i = 1, 20 do numbers[i] = i end
  local out = host.map(numbers, { concurrency = 20 }, function(i)
    return assert(host.exec { "printf", "%d", tostring(i) }).stdout
  end)
  for i = 1, 20 do lu.assertEquals(out[i], tostring(i)) end
  lu.assertEquals(children(), "")
end

return T
