-- testing.lua - what `affiche test [FILE…]` does: runs LuaUnit specs inside the host.
--
-- A spec file returns a table. Each function in it whose name starts with "test" runs in a task of
-- its own, so it may wait like any script; `setUp` and `tearDown` run around it, in tasks as well.
-- LuaUnit gives the assertions alone. After each test the host must be as it was before: a task,
-- operation or handle left behind fails the test that left it.
local M = {}

local DEADLINE = 120 -- seconds a test, its setUp or its tearDown may take; `deadline` in a spec
local SETTLE = 2 -- seconds in which what a test opened must be gone
local KEPT = { "tasks", "operations", "handles" }

---LuaUnit asks for globals that nobody set, which raises here, and brings os.exit back. It is no
---part of the program: where it is missing, the spec that wants it says so.
local function load_luaunit()
  local asked = { "jit", "EXPORT_ASSERT_TO_GLOBALS" }
  for _, name in ipairs(asked) do rawset(_G, name, false) end
  pcall(require, "luaunit")
  for _, name in ipairs(asked) do rawset(_G, name, nil) end
  os.exit = nil -- luacheck: ignore 122
end

local function with_traceback(err)
  return { cause = err, traceback = debug.traceback(nil, 2) }
end

---Runs `fn(spec)` in a task of its own, for `spec.deadline` seconds at most.
---@return table|nil problem `cause`, any value that was raised, and `traceback`
local function run_in_task(fn, spec)
  local deadline = spec and spec.deadline or DEADLINE
  local problem
  local task = host.spawn(function()
    local ok, raised = xpcall(fn, with_traceback, spec)
    if not ok then problem = raised end
  end)
  local late = false
  local watchdog = host.spawn(function()
    host.sleep(deadline)
    late = true
    task:cancel()
  end)
  local ended, err = task:join()
  watchdog:cancel()
  watchdog:join()
  if late then return { cause = ("not done after %g s"):format(deadline) } end
  if not ended then return { cause = err } end
  return problem
end

local function words(cause)
  local lu = package.loaded.luaunit
  local meta = getmetatable(cause)
  local speaks = type(cause) ~= "table" or meta and (type(meta) ~= "table" or meta.__tostring)
  return (speaks or not lu) and tostring(cause) or lu.prettystr(cause)
end

---What LuaUnit or anybody else raised, as an outcome and the words to show.
---@return "passed"|"failed"|"skipped" outcome, string? message
local function judge(problem)
  if not problem then return "passed" end
  local text = words(problem.cause)
  local lu = package.loaded.luaunit
  if not lu then return "failed", text end
  if text:find(lu.SUCCESS_PREFIX, 1, true) then return "passed" end
  local from, to = text:find(lu.SKIP_PREFIX, 1, true)
  if from then return "skipped", text:sub(to + 1) end
  from, to = text:find(lu.FAILURE_PREFIX, 1, true)
  if from then text = text:sub(1, from - 1) .. text:sub(to + 1) end
  return "failed", text
end

---What is alive beyond `before`, in words, or nil.
local function left_behind(before)
  local now, more = host.live(), {}
  for _, what in ipairs(KEPT) do
    if now[what] > before[what] then
      more[#more + 1] = ("%s %d, were %d"):format(what, now[what], before[what])
    end
  end
  return more[1] and table.concat(more, "; ")
end

---Waits until what the test opened is closed. Handles need some turns of the loop for that.
local function settle(before)
  local until_then = host.now("monotonic") + SETTLE
  while true do
    collectgarbage()
    collectgarbage()
    local more = left_behind(before)
    if not more or host.now("monotonic") >= until_then then return more end
    host.sleep(0.01)
  end
end

local function run_test(spec, name)
  collectgarbage()
  collectgarbage()
  local before = host.live()
  local problem = spec.setUp and run_in_task(spec.setUp, spec)
  problem = problem or run_in_task(spec[name], spec)
  local outcome, message = judge(problem)
  local undone = spec.tearDown and run_in_task(spec.tearDown, spec)
  if undone and outcome ~= "failed" then
    problem, outcome, message = undone, "failed", "tearDown: " .. select(2, judge(undone))
  end
  local traceback = problem and problem.traceback
  if problem and type(problem.cause) == "table" then
    traceback = problem.cause.traceback or traceback
  end
  local more = settle(before)
  if more and outcome ~= "failed" then
    outcome, message, traceback = "failed", "left alive: " .. more, nil
  end
  return outcome, message, traceback
end

---The spec table of a file and the sorted names of its tests, or nil and why not.
local function load_spec(path)
  local chunk, err = loadfile(path)
  if not chunk then return nil, err end
  local spec
  local problem = run_in_task(function() spec = chunk(path) end)
  if problem then return nil, words(problem.cause) end
  local names = {}
  for name, value in pairs(type(spec) == "table" and spec or {}) do
    if type(name) == "string" and name:find("^test") and type(value) == "function" then
      names[#names + 1] = name
    end
  end
  if not names[1] then return nil, "returns no table with tests" end
  table.sort(names)
  return spec, names
end

local function show(counts, where, outcome, message, traceback)
  counts[outcome] = counts[outcome] + 1
  if outcome == "passed" then
    io.write(".")
  elseif outcome == "skipped" then
    io.write(("\nskipped %s: %s\n"):format(where, message))
  else
    io.write(("\nFAILED %s: %s\n"):format(where, message))
    if traceback then io.write((tostring(traceback):gsub("^\n*", ""):gsub("\n*$", "\n"))) end
  end
  io.flush()
end

local function run_file(path, counts)
  local package_path = package.path
  local folder = path:match("^(.*)/[^/]*$") or "."
  package.path = folder .. "/?.lua;" .. package_path
  io.write(path, " ")
  local spec, names = load_spec(path)
  if spec then
    for _, name in ipairs(names) do
      show(counts, path .. " " .. name, run_test(spec, name))
    end
  else
    show(counts, path, "failed", names)
  end
  io.write("\n")
  package.path = package_path
end

local function shipped_specs()
  local folder = host.info().root .. "/tests/spec"
  local files = {}
  for _, name in ipairs(host.list(folder) or {}) do
    if name:find("_spec%.lua$") then files[#files + 1] = folder .. "/" .. name end
  end
  return files
end

---Runs the spec files, or all of the checkout's when none is named. Waits.
---@param files string[]
---@return integer status 0 when nothing failed, else 1
function M.run(files)
  files = files[1] and files or shipped_specs()
  if not files[1] then
    io.stderr:write("test: no specs here; name a file\n")
    return 1
  end
  load_luaunit()
  local counts = { passed = 0, failed = 0, skipped = 0 }
  for _, path in ipairs(files) do run_file(path, counts) end
  local line = ("%d passed, %d failed"):format(counts.passed, counts.failed)
  if counts.skipped > 0 then line = line .. (", %d skipped"):format(counts.skipped) end
  io.write(line, "\n")
  return counts.failed == 0 and 0 or 1
end

return M
