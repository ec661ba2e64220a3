-- trace.lua - what the program asks of the kernel, seen by strace: one clean run gives the points
-- at which it can be killed or a call can be made to fail, so that nothing is listed by hand.
--
-- strace counts calls per thread, and cannot be told which thread to strike: the first one to reach
-- an ordinal is struck. The pools run with one thread here, so nearly every call has one role.
-- Where two make it (the loop loads modules, the pool opens media), the calls on the world's own
-- paths are counted once more by themselves: option -P, the scope "paths".
local M = {}

-- Reading, waiting and asking: to be killed there is to be killed at the next call that matters.
local HARMLESS = {}
for name in ([[read pread64 readv preadv preadv2 lseek close close_range fstat newfstatat stat lstat
  statx fstatfs statfs access faccessat faccessat2 readlink readlinkat getdents64 getcwd poll ppoll
  select pselect6 epoll_wait epoll_pwait epoll_pwait2 epoll_ctl epoll_create1 fcntl ioctl dup dup2
  dup3 mmap fadvise64 readahead getsockopt getsockname getpeername setsockopt inotify_init1 pipe2
  inotify_add_watch inotify_rm_watch eventfd2 socketpair flock execve memfd_create signalfd4 chdir
  timerfd_create shutdown sendmmsg listen bind accept4 umask prlimit64]]):gmatch("%S+") do
  HARMLESS[name] = true
end

-- How a call can fail, beside being killed. A call without an entry is only killed.
M.ERRORS = {
  openat = { "EMFILE", "ENOMEM", "EIO" },
  read = { "EIO", "EINTR" }, pread64 = { "EIO" },
  write = { "EIO", "ENOSPC", "EINTR" }, pwrite64 = { "EIO", "ENOSPC", "EINTR" },
  fsync = { "EIO", "ENOSPC" }, fdatasync = { "EIO", "ENOSPC" },
  ftruncate = { "EIO", "EINTR" }, fallocate = { "EIO", "ENOSPC" },
  mkdir = { "EIO", "ENOSPC", "ENOMEM" }, mkdirat = { "EIO", "ENOSPC" },
  rename = { "EIO", "ENOSPC" }, renameat = { "EIO", "ENOSPC" }, renameat2 = { "EIO", "ENOSPC" },
  link = { "EIO", "ENOSPC" }, linkat = { "EIO", "ENOSPC" },
  unlink = { "EIO" }, unlinkat = { "EIO" }, fchmod = { "EIO" }, fchown = { "EIO" },
  utimensat = { "EIO" }, copy_file_range = { "EIO", "ENOSPC" },
  socket = { "EMFILE", "ENOMEM" }, connect = { "ENOMEM", "EINTR" },
  sendto = { "ENOMEM", "EINTR" }, sendmsg = { "ENOMEM", "EINTR" },
  recvfrom = { "ENOMEM", "EINTR" }, recvmsg = { "ENOMEM", "EINTR" },
}

-- Files and folders whose calls count in the scope "paths".
local function paths_of(world)
  local paths = { world.folder, world.program, world.public }
  for _, name in ipairs { "in", "in/.receipts", "in/processed", "in/processed/.receipts",
    "in/failed", "state", "state/work", "state/journal.db", "state/journal.db-wal",
    "state/journal.db-shm", "state/journal.db-journal" } do
    paths[#paths + 1] = world:path(name)
  end
  for name in pairs(world.originals) do paths[#paths + 1] = world:path("in/" .. name) end
  table.sort(paths)
  return paths
end

---strace and its options. `-y` names the file behind each descriptor.
---@param world table
---@param scope "all"|"paths"
---@param calls string what to trace, in strace's words
---@param inject? string
---@param output string
function M.command(world, scope, calls, inject, output)
  local argv = { "strace", "-f", "-qq", "-y", "-s", "64", "-o", output, "-e", "trace=" .. calls }
  -- Stops at the traced calls alone: much faster, but a signal is then never delivered.
  if not (inject and inject:find("signal=")) then argv[#argv + 1] = "--seccomp-bpf" end
  if inject then argv[#argv + 1], argv[#argv + 2] = "-e", "inject=" .. inject end
  if scope == "paths" then
    for _, path in ipairs(paths_of(world)) do argv[#argv + 1], argv[#argv + 2] = "-P", path end
  end
  return argv
end

-- Who is who: the first thread runs the loop, one that starts a program of its own is a decoder.
local function decoders_of(text)
  local first, decoders = text:match("^%d+"), {}
  for thread in text:gmatch("(%d+)%s+execve%(") do
    if thread ~= first then decoders[thread] = "decoder" end
  end
  return decoders
end

---@class Call
---@field role string "loop", "decoder", else "pool", "thread 3" … as they come
---@field name string
---@field ordinal integer among the calls of this name and role
---@field args string as strace writes them, with the result when it is on the same line

---The calls of a trace in their order.
---@param text string
---@return Call[]
function M.parse(text)
  local calls, roles, threads, counts = {}, decoders_of(text), 0, {}
  for line in text:gmatch("[^\n]+") do
    local thread, name, args = line:match("^(%d+)%s+([%l%d_]+)%((.*)$")
    if thread then
      if not roles[thread] then
        threads = threads + 1
        roles[thread] = threads == 1 and "loop" or threads == 2 and "pool" or "thread " .. threads
      end
      local key = roles[thread] .. " " .. name
      counts[key] = (counts[key] or 0) + 1
      calls[#calls + 1] = { role = roles[thread], name = name, ordinal = counts[key], args = args }
    end
  end
  return calls
end

---One clean run under strace: what strace wrote.
---@return string
function M.record(world, scope)
  local output = world:path("trace")
  world:reset()
  local done = world:run(M.command(world, scope, "%file,%desc,%network", nil, output))
  if done.status ~= 0 then
    error(("the traced run ended with %d: %s"):format(done.status, done.stderr), 0)
  end
  return assert(host.read(output, { max = 256 << 20 }))
end

-- Which calls are made by more than one role.
local function shared(calls)
  local role, many = {}, {}
  for _, call in ipairs(calls) do
    if role[call.name] and role[call.name] ~= call.role then many[call.name] = true end
    role[call.name] = call.role
  end
  return many
end

-- A file of the world, or the network; not the loop's own pipe, nor a library.
local function is_outside(world, call)
  return call.args:find(world.folder, 1, true) ~= nil or call.args:find("<%u+:%[") ~= nil
    or call.args:find("<socket:", 1, true) ~= nil or call.name == "socket"
end

-- Whether strace's option -P sees the call.
local function is_named(paths, call)
  local args = call.args
  for _, path in ipairs(paths) do
    if args:find("<" .. path .. ">", 1, true) or args:find('"' .. path .. '"', 1, true) then
      return true
    end
  end
  return false
end

---@class Point
---@field call string
---@field scope "all"|"paths"
---@field ordinal integer
---@field role string whose call it was in the clean run
---@field args string

---Every point of a clean run that `wanted` says yes to.
---@param world table
---@param wanted fun(name: string): boolean
---@return Point[]
function M.points(world, wanted)
  local all = M.parse(M.record(world, "all"))
  local many = shared(all)
  local points, paths = {}, paths_of(world)
  local function take(calls, scope)
    local reached = {}
    for _, call in ipairs(calls) do
      local key = call.name .. " " .. call.ordinal
      local by_path = many[call.name] ~= nil and is_named(paths, call)
      if by_path == (scope == "paths") and not reached[key] and is_outside(world, call)
        and wanted(call.name) then
        points[#points + 1] = { call = call.name, scope = scope, ordinal = call.ordinal,
          role = call.role, args = call.args }
      end
      reached[key] = true
    end
  end
  take(all, "all")
  if next(many) then take(M.parse(M.record(world, "paths")), "paths") end
  return points
end

---Where the program can be killed.
function M.kill_points(world)
  return M.points(world, function(name) return not HARMLESS[name] end)
end

---Where a call can be made to fail.
function M.error_points(world)
  return M.points(world, function(name) return M.ERRORS[name] ~= nil end)
end

return M
