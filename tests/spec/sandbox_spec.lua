-- sandbox_spec.lua - the processes that decode: when they are started, what holds them, and that
-- the loss of one is not noticed. What they cannot do is shown by tests/unit/test_worker.c.
local lu = require "luaunit"
local media = require "media"

local T = {}
local set

function T:setUp()
  set = media.make()
end

function T:tearDown()
  media.remove(set)
end

local function read(path)
  local file <close> = io.open(path)
  return file and file:read "a" or ""
end

local function children(pid)
  return read(("/proc/%d/task/%d/children"):format(pid, pid)):gmatch "%d+"
end

---The worker processes of a program: process numbers.
local function workers(pid)
  local found = {}
  for child in children(pid) do
    if read("/proc/" .. child .. "/cmdline"):find("--codec-worker", 1, true) then
      found[#found + 1] = math.tointeger(child)
    end
  end
  return found
end

local function own_workers()
  return workers(host.info().pid)
end

local function convert(name)
  return host.convert(set.path .. "/" .. name, set.path .. "/" .. name .. ".out")
end

local function convert_many(count)
  local tasks = {}
  for i = 1, count do
    tasks[i] = host.spawn(host.convert, set.path .. "/333x777.jpg", set.path .. "/out" .. i)
  end
  for _, task in ipairs(tasks) do
    local ok, done, err = task:join()
    lu.assertTrue(ok, done)
    lu.assertNotNil(done, err)
  end
end

function T:test_one_worker_per_core_is_kept()
  convert_many(20)
  local first = own_workers()
  lu.assertTrue(#first >= 1)
  local cores = select(2, read("/proc/cpuinfo"):gsub("processor%s*:", ""))
  lu.assertTrue(#first <= cores, #first .. " workers")
  convert_many(20)
  lu.assertEquals(own_workers(), first)
end

-- The worker of a running `affiche convert`, once it is locked in.
local function worker_of_a_command()
  for command in children(host.info().pid) do
    local worker = read("/proc/" .. command .. "/cmdline"):find "%z?convert%z" and
      children(command)()
    if worker and read("/proc/" .. worker .. "/status"):find "Seccomp:\t2" then return worker end
  end
end

-- `convert` starts its worker before all else, as a copy of itself.
function T:test_the_worker_of_a_command_has_nothing_of_it()
  if host.info().sandbox == "process" then return end
  media.shape(set, 4000, 3000)
  local argv = { host.info().executable, "convert", set.path .. "/shape.webp", set.path .. "/o" }
  local running = host.spawn(host.exec, argv, { env = { FTP_PASS = "cornichon" } })
  local worker
  for _ = 1, 5000 do
    worker = worker_of_a_command()
    if worker then break end
    host.sleep(0.001)
  end
  lu.assertNotNil(worker)
  local environment = read("/proc/" .. worker .. "/environ")
  local _, done = running:join()
  lu.assertNotStrContains(environment, "cornichon")
  lu.assertEquals(done.status, 0, done.stderr)
  lu.assertStrContains(done.stdout, "1440x1080")
end

function T:test_what_holds_a_worker()
  assert(convert "plain.jpg")
  local kind = host.info().sandbox
  lu.assertTrue(({ ["seccomp+landlock"] = true, seccomp = true, process = true })[kind], kind)
  for _, pid in ipairs(own_workers()) do
    local status = read("/proc/" .. pid .. "/status")
    lu.assertStrContains(status, "NoNewPrivs:\t1")
    if kind ~= "process" then
      lu.assertStrContains(status, "Seccomp:\t2")
      lu.assertStrContains(status, "Threads:\t1")
      local limits = read("/proc/" .. pid .. "/limits")
      lu.assertStrMatches(limits, ".*Max file size +268435456 .*")
      lu.assertStrMatches(limits, ".*Max processes +0 .*")
      lu.assertStrMatches(limits, ".*Max address space +805306368 .*")
    end
  end
end

function T:test_a_worker_has_nothing_of_the_host()
  assert(convert "plain.jpg")
  for _, pid in ipairs(own_workers()) do
    lu.assertNotStrContains(read("/proc/" .. pid .. "/environ"), "PATH=")
    -- Readable for root alone: a worker is not dumpable.
    for _, fd in ipairs(host.list("/proc/" .. pid .. "/fd") or {}) do
      lu.assertTrue(tonumber(fd) <= 3, "descriptor " .. fd)
    end
  end
end

---Between two pictures, and the next one is made by another worker.
function T:test_a_worker_that_is_lost_is_replaced()
  assert(convert "plain.jpg")
  local before = own_workers()
  for _, pid in ipairs(before) do assert(host.exec { "kill", "-KILL", tostring(pid) }) end
  assert(convert "rgb.png")
  for _, pid in ipairs(own_workers()) do lu.assertNotTableContains(before, pid) end
end

---While it has a picture in hand: that is given to the next one.
function T:test_a_picture_survives_its_worker()
  assert(convert "plain.jpg")
  local task = host.spawn(convert, "1600x1200.jpg")
  host.sleep(0.001)
  for _, pid in ipairs(own_workers()) do assert(host.exec { "kill", "-KILL", tostring(pid) }) end
  local ok, done = task:join()
  lu.assertTrue(ok and done ~= nil)
end

function T:test_an_end_of_waiting_ends_the_work()
  for _ = 1, 5 do
    local done, err = host.convert(set.path .. "/1600x1200.jpg", set.path .. "/late.jpg",
      { timeout = 0.004 })
    if not done then lu.assertEquals(err.kind, "timeout") end
  end
  assert(convert "plain.jpg")
end

---A command that has no picture to read does without.
function T:test_no_worker_without_a_picture()
  local script = set.path .. "/none_spec.lua"
  media.write(script, [[
    local T = {}
    function T:test_children()
      host.info()
      local pid = host.info().pid
      local file <close> = io.open(("/proc/%d/task/%d/children"):format(pid, pid))
      assert(not file or file:read "a" == "")
    end
    return T
  ]])
  local done = assert(host.exec { host.info().executable, "test", script })
  lu.assertEquals(done.status, 0, done.stdout .. done.stderr)
end

---Its workers go when it goes.
function T:test_workers_end_with_the_program()
  local script = set.path .. "/leave_spec.lua"
  media.write(script, ([[
    local T = {}
    function T:test_leave()
      assert(host.probe "%s/plain.jpg")
      local pid = host.info().pid
      local file <close> = io.open(("/proc/%%d/task/%%d/children"):format(pid, pid))
      local out <close> = io.open("%s/pids", "w")
      out:write(file:read "a")
    end
    return T
  ]]):format(set.path, set.path))
  local done = assert(host.exec { host.info().executable, "test", script })
  lu.assertEquals(done.status, 0, done.stdout .. done.stderr)
  local pid = read(set.path .. "/pids"):match "%d+"
  lu.assertNotNil(pid)
  lu.assertNotStrContains(read("/proc/" .. pid .. "/cmdline"), "--codec-worker")
end

return T
