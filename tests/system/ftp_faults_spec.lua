-- ftp_faults_spec.lua - host.ftp_put against a server that misbehaves, one fault a test.
local lu = require "luaunit"
local kit = require "ftp_kit"

local T = {}

local SIZE = 300000

---Runs `check(server, file, put)` with a server of that fault; `put(more)` uploads the file.
local function with(fault, check, delay, size)
  local folder <close> = kit.folder()
  local server <close> = kit.start("nasty", { fault = fault, delay = delay })
  local file = kit.file(folder.path, size or SIZE)
  check(server, file, function(more) return kit.put(server, file, more) end)
end

-- Ends well, and nothing but the file is on the server.
local GOOD = {
  none = { verified = true, renamed = true },
  no_epsv = { verified = true, renamed = true }, -- and a PASV address that nobody can reach
  no_size = { verified = true, renamed = true }, -- MLST tells
  no_size_mlst = { verified = true, renamed = true }, -- a listing tells
  no_size_list = { verified = true, renamed = true }, -- the file is read back
  blind = { verified = false, renamed = true, warnings = 1 },
  cut_226 = { verified = true, renamed = true }, -- the size is asked on a new connection
  drop_after_rnto = { verified = true, renamed = true },
  drop_before_rnto = { verified = true, renamed = true },
}
for fault, wanted in pairs(GOOD) do
  T["test_good_end_" .. fault] = function()
    with(fault, function(server, file, put)
      local done = assert(put())
      lu.assertEquals(done.verified, wanted.verified)
      lu.assertEquals(done.renamed, wanted.renamed)
      lu.assertEquals(#done.warnings, wanted.warnings or 0)
      kit.assert_holds(server.root, { file })
    end)
  end
end

-- Ends with an error, and nothing at all is left on the server.
local BAD = {
  full_452 = { "limit", false, 452 },
  quota_552 = { "limit", false, 552 },
  stor_552 = { "limit", false, 552 },
  abort_426 = { "network", true, 426 },
  local_451 = { "remote", true, 451 },
  pasv_550 = { "remote", false, 550 },
  stor_450 = { "remote", true, 450 },
  stor_550 = { "remote", false, 550 },
  stor_553 = { "remote", false, 553 },
  reset_data = { "network", true },
  early_226 = { "network", true },
  short_226 = { "network", true },
  no_rename = { "remote", false, 502, refused = true },
  rnto_553 = { "remote", false, 553, refused = true },
  busy_421 = { "remote", true, 421 },
  endless_reply = { "remote", false },
  ssl_required = { "tls", false, 550 },
}
for fault, wanted in pairs(BAD) do
  T["test_bad_end_" .. fault] = function()
    with(fault, function(server, _, put)
      local result, err = put()
      kit.assert_failed(result, err, wanted[1])
      lu.assertEquals(err.retryable, wanted[2], err.message)
      if wanted[3] then lu.assertEquals(err.code, wanted[3], err.message) end
      lu.assertEquals(err.rename_refused, wanted.refused)
      lu.assertNil(err.temporary, err.message)
      lu.assertEquals(host.list(server.root), {})
    end)
  end
end

-- Each stall is ended by a limit of its own.
local STALLS = {
  no_greeting = { connect_timeout = 1 },
  stall_auth = { connect_timeout = 1, tls = "require" },
  no_150 = { response_timeout = 1 },
  late_226 = { response_timeout = 1 },
  stall_data = { stall_timeout = 2, size = 8 * 1048576 },
}
for fault, limits in pairs(STALLS) do
  local size = limits.size
  limits.size = nil
  T["test_stall_" .. fault] = function()
    with(fault, function(_, _, put)
      local started = host.now("monotonic")
      local result, err = put(limits)
      kit.assert_failed(result, err, "timeout")
      lu.assertTrue(err.retryable)
      lu.assertTrue(host.now("monotonic") - started < 15)
    end, 60, size)
  end
  -- A stalled handshake is not even asked by libcurl whether to go on: its socket is cut.
  T["test_stopped_in_" .. fault] = function()
    with(fault, function(_, _, put)
      local started = host.now("monotonic")
      local result, err = put { timeout = 0.5, tls = limits.tls }
      kit.assert_failed(result, err, "timeout")
      lu.assertTrue(host.now("monotonic") - started < 2)
    end, 60, size)
  end
  T["test_killed_in_" .. fault] = function()
    with(fault, function(_, _, put)
      local task = host.spawn(put, { tls = limits.tls })
      host.sleep(0.3)
      lu.assertEquals(task:status(), "waiting")
      task:cancel()
      lu.assertEquals(task:status(), "dead")
      -- That its operation and handle go away is what the runner looks at.
    end, 60, size)
  end
end

function T.test_temporary_that_stays_is_named_and_removed_the_next_time()
  with("late_226", function(server, file, put)
    local result, err = put { response_timeout = 1, temporary = ".one.part" }
    kit.assert_failed(result, err, "timeout")
    lu.assertEquals(err.temporary, ".one.part")
    lu.assertEquals(host.list(server.root), { ".one.part" })
    assert(put { cleanup = { ".one.part" } })
    kit.assert_holds(server.root, { file })
  end, 2)
end

function T.test_421_later_on_is_no_reason_to_give_up()
  with("second_421", function(_, file, put)
    assert(put())
    file.name = "b" .. file.name
    local result, err = put()
    kit.assert_failed(result, err, "remote")
    lu.assertEquals(err.code, 421)
    lu.assertTrue(err.retryable)
    assert(put())
  end)
end

-- The kept connection is gone when the next upload comes: one silent repeat on a new one.
function T.test_dropped_idle_connection()
  with("idle_drop", function(server, file, put)
    assert(put())
    file.name = "b" .. file.name
    host.sleep(0.5)
    assert(put())
    lu.assertEquals(#assert(host.list(server.root)), 2)
  end, 0.2)
end

-- SSH_MSG_KEXINIT never comes: no other limit covers that.
function T.test_stall_in_the_ssh_key_exchange()
  with("mute_ssh", function(server, file)
    local started = host.now("monotonic")
    local result, err = host.ftp_put(file.path, ("sftp://localhost:%d/x"):format(server.port),
      { user = "me", password = "secret", sha256 = file.sha256, known_hosts = "/dev/null",
        connect_timeout = 1 })
    kit.assert_failed(result, err, "timeout")
    lu.assertTrue(err.retryable)
    lu.assertTrue(host.now("monotonic") - started < 10)
  end)
end

local LARGE = 12 * 1000 * 1000

local function temporary_of(file, nonce)
  return (".%s.%s.%s.part"):format(file.name, file.sha256:sub(1, 12), nonce)
end

-- A large file that was cut goes on where it stopped, on the name that was reported.
for _, fault in ipairs({ "cut_once", "cut_no_appe" }) do
  T["test_a_large_file_goes_on_after_" .. fault] = function()
    with(fault, function(server, file, put)
      local first = temporary_of(file, "00000001")
      local result, err = put { temporary = first }
      kit.assert_failed(result, err, "network")
      lu.assertEquals({ err.temporary, err.retryable }, { first, true })
      local there = assert(host.stat(server.root .. "/" .. first)).size
      lu.assertTrue(there > 1000000 and there < LARGE, there)
      local done = assert(put { temporary = temporary_of(file, "00000002"), cleanup = { first } })
      lu.assertEquals({ done.verified, done.renamed }, { true, true })
      kit.assert_holds(server.root, { file })
    end, nil, LARGE)
  end
end

local function first_part(file, bytes)
  local handle <close> = assert(io.open(file.path, "rb"))
  return handle:read(bytes)
end

-- What may not be gone on from is deleted, and the file is sent whole.
function T.test_only_a_piece_of_the_same_bytes_is_gone_on_from()
  with("none", function(server, file, put)
    local cases = {
      { name = temporary_of(file, "1"), bytes = first_part(file, LARGE) .. "more" },
      { name = (".%s.%s.1.part"):format(file.name, ("0"):rep(12)), bytes = ("x"):rep(1000) },
      { name = temporary_of(file, "2"), bytes = "" },
    }
    for _, case in ipairs(cases) do
      assert(host.write(server.root .. "/" .. case.name, case.bytes))
      assert(put { temporary = temporary_of(file, "3"), cleanup = { case.name } })
      kit.assert_holds(server.root, { file })
      assert(host.remove(server.root .. "/" .. file.name))
    end
  end, nil, LARGE)
end

function T.test_a_piece_of_full_length_only_gets_its_name()
  with("stor_550", function(server, file, put)
    local name = temporary_of(file, "1")
    assert(host.write(server.root .. "/" .. name, first_part(file, LARGE)))
    lu.assertTrue(assert(put { cleanup = { name } }).verified)
    kit.assert_holds(server.root, { file })
  end, nil, LARGE)
end

-- The real ones append as well; a proftpd that is set up to refuse it gets the whole file. That the
-- piece itself has grown is seen by another name of it.
for kind, appends in pairs({ vsftpd = true, proftpd = false, sshd = true }) do
  T["test_a_piece_is_gone_on_from_on_" .. kind] = function()
    local folder <close> = kit.folder()
    local server <close> = kit.start(kind, { tls = kind == "proftpd" })
    local file = kit.file(folder.path, LARGE)
    local name = temporary_of(file, "1")
    assert(host.write(server.root .. "/" .. name, first_part(file, 7000000),
      { mode = tonumber("666", 8) }))
    assert(host.exec { "chown", "--reference=" .. server.root, server.root .. "/" .. name })
    assert(host.exec { "ln", server.root .. "/" .. name, server.state .. "/same" })
    lu.assertTrue(assert(kit.put(server, file, { cleanup = { name } })).verified)
    kit.assert_holds(server.root, { file })
    local grown = assert(host.stat(server.state .. "/same")).size == LARGE
    lu.assertEquals(grown, appends)
  end
end

function T.test_server_that_cannot_rename_is_written_to_directly()
  with("no_rename", function(server, file, put)
    lu.assertTrue(select(2, put()).rename_refused)
    local done = assert(put { rename = false })
    lu.assertEquals({ done.renamed, done.verified }, { false, true })
    kit.assert_holds(server.root, { file })
  end)
end

function T.test_relative_folder_without_pwd()
  with("no_pwd", function(server, file)
    for i = 1, 2 do
      file.name = i .. file.name
      assert(host.ftp_put(file.path, kit.url(server, "a/b/" .. file.name),
        kit.options(server, file)))
      lu.assertEquals(#assert(host.list(server.root .. "/a/b")), i)
    end
  end)
end

-- The program ends although the server never answers the QUIT on the idle connection.
function T.test_end_of_the_program_waits_for_no_server()
  local folder <close> = kit.folder()
  with("mute_quit", function(server, file)
    local script = folder.path .. "/put.lua"
    assert(host.write(script, ("assert(host.ftp_put(%q, %q, { sha256 = %q, tls = 'off' }))"):format(
      file.path, kit.url(server, file.name), file.sha256)))
    local done = assert(host.exec({ host.info().executable, "console", script }, { timeout = 10 }))
    lu.assertEquals(done.status, 0, done.stderr)
    kit.assert_holds(server.root, { file })
  end)
end

-- What the transfer threads are for: libcurl stands still, the loop does not.
-- A busy machine is late now and then; a loop that stalls is late by seconds, every time.
local function worst_lateness(delay)
  local worst = 0
  with("late_226", function(server, file, put)
    local running = true
    local watch = host.spawn(function()
      while running do
        local before = host.now("monotonic")
        host.sleep(0.01)
        worst = math.max(worst, host.now("monotonic") - before - 0.01)
      end
    end)
    local started = host.now("monotonic")
    assert(put())
    running = false
    watch:join()
    lu.assertTrue(host.now("monotonic") - started >= delay)
    kit.assert_holds(server.root, { file })
  end, delay)
  return worst
end

function T.test_late_answer_does_not_stall_the_loop()
  local delay, best = tonumber(host.env("LATE_SECONDS") or "3"), math.huge
  for _ = 1, 3 do
    best = math.min(best, worst_lateness(delay))
    if best < 0.05 then return end
  end
  lu.fail(("late by %.0f ms"):format(best * 1000))
end

return T
