-- host.store: what it keeps, what it refuses, group commit, and the end of a task or of the disk.
local lu = require "luaunit"

local T = {}
local folder, path

function T:setUp()
  folder = (host.env "TMPDIR" or "/tmp") .. "/affiche-" .. host.random(6)
  assert(host.mkdir(folder))
  path = folder .. "/a.db"
end

function T:tearDown()
  assert(host.remove(folder, { recursive = true }))
end

local function write(db, ...)
  return assert(db:write { table.pack(...) })[1]
end

local function open(options)
  local db = assert(host.store(path, options))
  if not (options and options.readonly) then
    write(db, "CREATE TABLE IF NOT EXISTS t(id INTEGER PRIMARY KEY, name TEXT UNIQUE, v)")
  end
  return db
end

local function names(db)
  local list = {}
  for i, row in ipairs(assert(db:query "SELECT name FROM t ORDER BY id")) do list[i] = row.name end
  return list
end

local function file_size(name)
  local file = io.open(name, "rb")
  if not file then return 0 end
  local size = file:seek "end"
  file:close()
  return size
end

local function overwrite(from, text)
  local file = assert(io.open(path, "r+b"))
  file:seek("set", from)
  file:write(text)
  file:close()
end

-- Values and results --------------------------------------------------------------------------

function T:test_values_come_back_as_they_were()
  local db <close> = open()
  local values = { "text é", "", "a\0b", "\xff\xfe", 7, math.maxinteger, math.mininteger, 1.5, 4.0 }
  for i, value in ipairs(values) do write(db, "INSERT INTO t(id, v) VALUES(?, ?)", i, value) end
  local rows = assert(db:query "SELECT v FROM t ORDER BY id")
  for i, value in ipairs(values) do
    lu.assertEquals(rows[i].v, value)
    lu.assertEquals(math.type(rows[i].v), math.type(value))
  end
  local row = assert(db:query("SELECT ? AS y, ? AS n, ? AS missing, x'00ff' AS b",
    true, false, nil))
  lu.assertEquals(row, { { y = 1, n = 0, b = "\0\xff" } })
  lu.assertEquals(assert(db:query "SELECT 1 AS x WHERE 0"), {})
end

function T:test_a_write_tells_changes_and_ids()
  local db <close> = open()
  local result = assert(db:write {
    { "INSERT INTO t(name) VALUES('a'), ('b')" },
    { "UPDATE t SET v = 1" },
    { "UPDATE t SET v = 2 WHERE name = 'nobody'" },
    { "SELECT * FROM t" },
  })
  lu.assertEquals(result, { { changes = 2, last_id = 2 }, { changes = 2, last_id = 0 },
    { changes = 0, last_id = 0 }, { changes = 0, last_id = 0 } })
  lu.assertEquals(assert(db:write {}), {})
end

function T:test_a_nil_among_the_parameters_is_null()
  local db <close> = open()
  write(db, "INSERT INTO t(id, name, v) VALUES(?, ?, ?)", 1, nil, "x")
  write(db, "INSERT INTO t(id, name, v) VALUES(?, ?, ?)", 2, "y", nil)
  assert(db:write { { "INSERT INTO t(id, name, v) VALUES(?, ?, ?)", 3, nil, "z" } })
  lu.assertEquals(assert(db:query "SELECT * FROM t"),
    { { id = 1, v = "x" }, { id = 2, name = "y" }, { id = 3, v = "z" } })
end

function T:test_the_schema_version_is_part_of_a_write()
  local db <close> = open()
  lu.assertEquals(assert(db:query "PRAGMA user_version"), { { user_version = 0 } })
  lu.assertNil((db:write { { "PRAGMA user_version = 3" }, { "SELEC" } }))
  assert(db:write { { "CREATE TABLE more(x)" }, { "PRAGMA user_version = 7" } })
  lu.assertEquals(assert(db:query "PRAGMA user_version"), { { user_version = 7 } })
end

function T:test_what_is_written_is_there_after_reopening()
  local db = open()
  write(db, "INSERT INTO t(name) VALUES('a')")
  lu.assertTrue(db:close())
  lu.assertTrue(db:close())
  lu.assertEquals(file_size(path .. "-wal"), 0)
  local again <close> = assert(host.store(path, { readonly = true }))
  lu.assertEquals(names(again), { "a" })
end

-- Mistakes ------------------------------------------------------------------------------------

function T:test_bad_arguments_raise_and_are_named()
  local db <close> = open()
  lu.assertErrorMsgContains("path expected", host.store, "")
  lu.assertErrorMsgContains("unknown option 'mode'", host.store, path, { mode = 1 })
  lu.assertErrorMsgContains("option 'timeout'", host.store, path, { timeout = 0 })
  lu.assertErrorMsgContains("parameter 2: string, number, boolean or nil expected, got table",
    db.query, db, "SELECT ?, ?", 1, {})
  lu.assertErrorMsgContains("NUL byte", db.query, db, "SELECT 1\0")
  lu.assertErrorMsgContains("table expected", db.write, db, "SELECT 1")
  lu.assertErrorMsgContains("statement { sql, parameter, … } expected, got string", db.write, db,
    { "SELECT 1" })
  lu.assertErrorMsgContains("SQL text expected, got nil", db.write, db, { {} })
  lu.assertErrorMsgContains("got the key 'sql'", db.write, db, { { "SELECT 1", sql = 1 } })
  lu.assertErrorMsgContains("got the key '1000000000000000'", db.write, db,
    { { "SELECT 1", [1e15] = 1 } })
  lu.assertErrorMsgContains("parameter 1:", db.write, db, { { "SELECT ?", print } })
end

function T:test_mistakes_in_sql_are_errors_of_the_script()
  local db <close> = open()
  for sql, words in pairs {
    ["SELEC"] = "syntax error",
    ["SELECT * FROM nowhere"] = "no such table",
    ["SELECT 1; SELECT 2"] = "exactly one statement",
    ["-- nothing"] = "exactly one statement",
    ["BEGIN"] = "makes the transactions",
    ["COMMIT"] = "makes the transactions",
    ["ROLLBACK"] = "makes the transactions",
    ["RELEASE one"] = "makes the transactions",
    ["ATTACH ':memory:' AS other"] = "makes the transactions",
    ["PRAGMA synchronous = OFF"] = "makes the transactions",
  } do
    for _, got in ipairs { table.pack(db:query(sql)), table.pack(db:write { { sql } }) } do
      lu.assertNil(got[1])
      lu.assertStrContains(got[2].message, words)
      lu.assertEquals({ got[2].kind, got[2].fatal, got[2].retryable }, { "script", false, false })
    end
  end
  local ok, err = db:query("SELECT ?", 1, 2)
  lu.assertNil(ok)
  lu.assertStrContains(err.message, "2 parameters were given, the statement has 1")
  ok, err = db:query "DELETE FROM t"
  lu.assertNil(ok)
  lu.assertStrContains(err.message, "use write")
end

function T:test_a_closed_store_says_so()
  local db = open()
  db:close()
  lu.assertErrorMsgContains("the store is closed", db.query, db, "SELECT 1")
  lu.assertErrorMsgContains("the store is closed", db.write, db, {})
end

-- One unit ------------------------------------------------------------------------------------

function T:test_statements_of_a_write_happen_together_or_not_at_all()
  local db <close> = open()
  local ok, err = db:write { { "INSERT INTO t(name) VALUES('a')" },
    { "INSERT INTO t(name) VALUES('a')" } }
  lu.assertNil(ok)
  lu.assertEquals({ err.code, err.kind, err.path }, { "CONSTRAINT", "script", path })
  lu.assertStrContains(err.message, "UNIQUE constraint failed: t.name")
  lu.assertEquals(names(db), {})
end

-- Runs each write as a task in the same turn; a list of what came of them.
local function together(db, writes)
  return host.map(writes, { concurrency = #writes }, function(statements)
    local ok, err = db:write(statements)
    return ok and "ok" or err.code
  end)
end

function T:test_a_write_that_fails_fails_alone()
  local db <close> = open()
  write(db, "CREATE TABLE child(parent REFERENCES t(id) DEFERRABLE INITIALLY DEFERRED)")
  local loop = "INSERT INTO t(v) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
    .. "SELECT i FROM n"
  local patient = together(db, {
    { { "INSERT INTO t(name) VALUES('a')" } },
    { { "INSERT INTO t(name) VALUES('b')" }, { "INSERT INTO t(name) VALUES('a')" } },
    { { "INSERT INTO t(name) VALUES('c')" } },
    { { "INSERT OR ROLLBACK INTO t(name) VALUES('a')" } }, -- undoes the transaction of all
    { { "INSERT INTO child VALUES(99)" } }, -- would only show at commit
    { { "INSERT INTO t(name) VALUES('d')" } },
  })
  lu.assertEquals(patient, { "ok", "CONSTRAINT", "ok", "CONSTRAINT", "CONSTRAINT", "ok" })
  lu.assertEquals(names(db), { "a", "c", "d" })
  db:close()
  local hasty <close> = open { timeout = 0.3 }
  local got = together(hasty, { { { "INSERT INTO t(name) VALUES('e')" } }, { { loop } },
    { { "INSERT INTO t(name) VALUES('f')" } } })
  lu.assertEquals(got, { "ok", "INTERRUPT", "ok" })
  lu.assertEquals(names(hasty), { "a", "c", "d", "e", "f" })
end

function T:test_a_query_sees_what_was_queued_before_it()
  local db <close> = open()
  local writer = host.spawn(function() write(db, "INSERT INTO t(name) VALUES('a')") end)
  local reader = host.spawn(function() return #names(db) end)
  lu.assertEquals({ reader:join() }, { true, 1 })
  lu.assertTrue((writer:join()))
end

-- Group commit --------------------------------------------------------------------------------

-- Each transaction adds a frame for each page that it changed, and these change the same pages.
function T:test_writes_of_one_turn_share_one_transaction()
  local db <close> = open()
  local frame, before = 4096 + 24, file_size(path .. "-wal")
  local many = {}
  for i = 1, 100 do many[i] = i end
  host.map(many, { concurrency = 100 }, function(i)
    write(db, "INSERT INTO t(name, v) VALUES(?, ?)", "n" .. i, i)
  end)
  local grown = (file_size(path .. "-wal") - before) / frame
  lu.assertTrue(grown > 0 and grown <= 10, ("%g frames"):format(grown))
  lu.assertEquals(assert(db:query "SELECT count(*) AS n FROM t")[1].n, 100)
  before = file_size(path .. "-wal")
  for i = 1, 20 do write(db, "UPDATE t SET v = ?", i) end
  grown = (file_size(path .. "-wal") - before) / frame
  lu.assertTrue(grown >= 20, ("%g frames"):format(grown))
end

function T:test_the_log_does_not_grow_without_end()
  local db <close> = open()
  for _ = 1, 40 do
    write(db, "INSERT INTO t(v) VALUES(?)", ("x"):rep(200000))
    write(db, "DELETE FROM t")
  end
  lu.assertTrue(file_size(path .. "-wal") < 8 << 20)
end

-- Time, and the end of a task -----------------------------------------------------------------

local ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
  .. "SELECT max(i) FROM n"

function T:test_a_query_without_end_is_stopped()
  local db <close> = open { timeout = 0.2 }
  local ok, err = db:query(ENDLESS)
  lu.assertNil(ok)
  lu.assertEquals(err.kind, "timeout")
  lu.assertEquals(assert(db:query "SELECT 1 AS one"), { { one = 1 } })
end

function T:test_opening_has_a_time_limit()
  local ok, err = host.store(path, { timeout = 60 })
  lu.assertNil(err)
  for _ = 1, 60 do
    write(ok, "CREATE TABLE IF NOT EXISTS big(v)")
    write(ok, "INSERT INTO big VALUES(?)", ("x"):rep(1000000))
  end
  ok:close()
  ok, err = host.store(path, { timeout = 0.001 })
  lu.assertNil(ok)
  lu.assertEquals(err.kind, "timeout")
end

function T:test_a_killed_query_ends_and_the_next_one_runs()
  local db <close> = open()
  local running = host.spawn(function() return db:query(ENDLESS) end)
  local queued = host.spawn(function() return db:query(ENDLESS) end)
  host.sleep(0.05)
  local late = host.spawn(function() return db:query(ENDLESS) end)
  host.sleep(0.05)
  late:cancel()
  queued:cancel()
  running:cancel()
  lu.assertEquals(assert(db:query "SELECT 1 AS one"), { { one = 1 } })
end

function T:test_the_write_of_a_killed_task_happens()
  local db <close> = open()
  local blocker = host.spawn(function() return db:query(ENDLESS) end)
  host.sleep(0.05) -- a worker has it: what follows waits in the queue
  local writer = host.spawn(function() write(db, "INSERT INTO t(name) VALUES('a')") end)
  host.sleep(0)
  lu.assertEquals(writer:status(), "waiting")
  writer:cancel()
  lu.assertEquals(writer:status(), "dead")
  blocker:cancel()
  lu.assertEquals(names(db), { "a" })
end

function T:test_opening_can_be_killed()
  for _ = 1, 10 do
    local task = host.spawn(host.store, path)
    host.sleep(0)
    task:cancel()
  end
  local db <close> = open()
  lu.assertEquals(names(db), {})
end

function T:test_close_waits_for_what_is_queued()
  local db = open()
  local writers = {}
  for i = 1, 5 do
    writers[i] = host.spawn(function() write(db, "INSERT INTO t(name) VALUES(?)", "n" .. i) end)
  end
  host.sleep(0)
  db:close()
  local again <close> = assert(host.store(path, { readonly = true }))
  lu.assertEquals(#names(again), 5)
  for _, writer in ipairs(writers) do lu.assertTrue((writer:join())) end
end

function T:test_a_forgotten_store_closes_itself()
  open()
  collectgarbage()
  collectgarbage() -- the runner looks whether its handle goes
  local task = host.spawn(function()
    local db <close> = open()
    db:query(ENDLESS)
  end)
  host.sleep(0.05)
  task:cancel()
end

-- Two at a time, and damage -------------------------------------------------------------------

function T:test_a_reader_beside_a_writer()
  local db <close> = open()
  write(db, "INSERT INTO t(name) VALUES('a')")
  local reader <close> = open { readonly = true }
  lu.assertEquals(names(reader), { "a" })
  write(db, "INSERT INTO t(name) VALUES('b')")
  lu.assertEquals(names(reader), { "a", "b" })
  lu.assertErrorMsgContains("read-only", reader.write, reader, {})
end

function T:test_two_writers_wait_for_each_other()
  local one <close> = open()
  local two <close> = open()
  local list = {}
  for i = 1, 40 do list[i] = i end
  host.map(list, { concurrency = 40 }, function(i)
    write(i % 2 == 0 and one or two, "INSERT INTO t(name) VALUES(?)", "n" .. i)
  end)
  lu.assertEquals(#names(one), 40)
end

function T:test_what_cannot_be_opened()
  local ok, err = host.store(folder .. "/none/a.db")
  lu.assertNil(ok)
  lu.assertEquals({ err.kind, err.code, err.op }, { "io", "CANTOPEN", "store" })
  ok, err = host.store(path, { readonly = true })
  lu.assertNil(ok)
  lu.assertEquals(err.code, "CANTOPEN")
  assert(host.write(path, ("this is no database, whatever its name says. "):rep(50)))
  ok, err = host.store(path)
  lu.assertNil(ok)
  lu.assertEquals({ err.kind, err.code, err.fatal }, { "format", "NOTADB", false })
end

local function fill(db)
  for i = 1, 60 do write(db, "INSERT INTO t(id, v) VALUES(?, ?)", i, ("x"):rep(100000)) end
end

function T:test_damage_is_found_when_it_is_opened()
  local db = open()
  fill(db)
  db:close()
  overwrite(4096, ("\xa5"):rep(100 * 4096))
  local ok, err = host.store(path)
  lu.assertNil(ok)
  lu.assertEquals({ err.kind, err.code }, { "format", "CORRUPT" })
end

function T:test_after_damage_nothing_more_is_taken()
  local db = open()
  fill(db)
  db:close()
  db = open()
  overwrite(4096, ("\xa5"):rep(file_size(path) - 4096))
  local function fails(ok, err)
    lu.assertNil(ok)
    lu.assertEquals({ err.kind, err.code, err.fatal, err.retryable },
      { "format", "CORRUPT", true, false })
  end
  host.log_open { stderr = false } -- its death is told there
  fails(db:query "SELECT sum(length(v)) FROM t")
  host.log_open { stderr = true }
  fails(db:query "SELECT 1")
  fails(db:write { { "INSERT INTO t(name) VALUES('a')" } })
  lu.assertTrue(db:close())
end

-- Syncs, counted and failed, in a program of its own under strace --------------------------------

local CHILD = [[
local path, mode = host.env "CHILD_PATH", host.env "CHILD_MODE"
local function count(db)
  local rows, err = db:query "SELECT count(*) AS n FROM t"
  return rows and rows[1].n or tostring(err.fatal)
end
return { test_it = function()
  local db = assert(host.store(path))
  assert(db:write { { "CREATE TABLE t(name)" } })
  assert(db:write { { "INSERT INTO t VALUES('first')" } })
  io.stderr:write "MARK\n"
  local list = {}
  for i = 1, mode == "one" and 10 or 100 do list[i] = i end
  local fatal = 0
  host.map(list, { concurrency = mode == "one" and 1 or 100 }, function(i)
    local ok, err = db:write { { "INSERT INTO t VALUES(?)", i } }
    if not ok and err.fatal and err.code == "IOERR" then fatal = fatal + 1 end
  end)
  io.stderr:write "MARK\n"
  local seen = count(db)
  db:close()
  db = assert(host.store(path))
  assert(host.write(path .. ".out", ("%d %s %s"):format(fatal, seen, count(db))))
  db:close()
end }
]]

-- Runs it; what it told, and how many syncs there were before, between and after the marks.
local function traced(mode, inject)
  local script, trace = folder .. "/child_spec.lua", folder .. "/trace"
  assert(host.write(script, CHILD))
  host.remove(path)
  local argv = { "strace", "-f", "-o", trace, "-e", "trace=fdatasync,write" }
  table.move({ "-e", inject }, 1, inject and 2 or 0, #argv + 1, argv)
  table.move({ host.info().executable, "test", script }, 1, 3, #argv + 1, argv)
  local done = assert(host.exec(argv, { timeout = 60, env = {
    CHILD_PATH = path, CHILD_MODE = mode, PATH = host.env "PATH",
    UV_THREADPOOL_SIZE = "1", -- strace counts per thread
    ASAN_OPTIONS = "detect_leaks=0", -- not possible under strace
  } }))
  lu.assertEquals(done.status, 0, done.stdout .. done.stderr)
  local counts, place = { 0, 0, 0 }, 1
  for line in io.lines(trace) do
    if line:find('write(2, "MARK', 1, true) then place = place + 1 end
    if line:find("fdatasync(", 1, true) then counts[place] = counts[place] + 1 end
  end
  return assert(host.read(path .. ".out")), counts
end

local function need_strace()
  local done = host.exec({ "strace", "-V" }, {})
  lu.skipIf(not done or done.status ~= 0, "strace is not there")
end

function T:test_each_commit_is_synced_once_and_many_tasks_share_it()
  need_strace()
  local out, counts = traced "one"
  lu.assertEquals(out, "0 11 11")
  lu.assertEquals(counts[2], 10)
  out, counts = traced "many"
  lu.assertEquals(out, "0 101 101")
  lu.assertTrue(counts[2] >= 1 and counts[2] <= 2, ("%d syncs"):format(counts[2]))
end

function T:test_a_failed_sync_is_the_end_of_the_store()
  need_strace()
  local _, counts = traced "many"
  local out = traced("many", ("inject=fdatasync:error=EIO:when=%d"):format(counts[1] + 1))
  local fatal, query, later = out:match "^(%d+) (%w+) (%d+)$"
  lu.assertEquals({ fatal, query }, { "100", "true" })
  lu.assertTrue(later == "1" or later == "101", out) -- only opening it anew tells
end

return T
