-- host.log, host.log_open, host.secret, host.redact: lines, sinks, the listener, and no secret.
local lu = require "luaunit"

local T = {}
local folder, path, heard

local function listen(record)
  heard[#heard + 1] = record
end

function T:setUp()
  folder = (host.env "TMPDIR" or "/tmp") .. "/affiche-" .. host.random(6)
  assert(host.mkdir(folder))
  path, heard = folder .. "/a.log", {}
  assert(host.log_open { level = "info", format = "text", stderr = false, file = path,
    listener = listen, tag = "POSTER_MEDIA" })
end

function T:tearDown()
  assert(host.log_open { level = "info", format = "text", stderr = true, file = false,
    listener = false, tag = "POSTER_MEDIA" })
  assert(host.remove(folder, { recursive = true }))
end

local function written(name)
  local lines = {}
  for line in io.lines(name or path) do lines[#lines + 1] = line end
  return lines
end

-- Without the time.
local function texts()
  local lines = written()
  for i, line in ipairs(lines) do
    lu.assertStrMatches(line, "%S+ %[%d%d:%d%d:%d%d%] %[.*%] .*")
    lines[i] = line:gsub(" %[%d%d:%d%d:%d%d%]", "", 1)
  end
  return lines
end

-- Lines ---------------------------------------------------------------------------------------

function T:test_levels_have_icons_and_a_threshold()
  host.log("debug", "not yet")
  host.log("info", "Parcours du dossier: é")
  host.log("warn", "w")
  host.log("error", "e")
  host.log("info", "up", { icon = "📤", n = 1 })
  assert(host.log_open { level = "debug", tag = "OTHER" })
  host.log("debug", "d")
  lu.assertEquals(texts(), {
    "ℹ️ [POSTER_MEDIA] Parcours du dossier: é", "⚠️ [POSTER_MEDIA] w", "❌ [POSTER_MEDIA] e",
    "📤 [POSTER_MEDIA] up", "🔍 [OTHER] d",
  })
  assert(host.log_open { level = "error" })
  host.log("warn", "no more")
  lu.assertEquals(#written(), 5)
end

function T:test_one_line_stays_one_line()
  host.log("info", "a\nb\r\tc\27[31m\0\127 \xc2\x9b \xe2\x80\xa8 "
    .. "\xe2\x80\xae \xff\xc3 \xed\xa0\x80 \\n é 😀")
  lu.assertEquals(texts(), { [[ℹ️ [POSTER_MEDIA] a\nb\r\tc\u001b[31m\u0000\u007f \u009b \u2028 ]]
    .. [[\u202e \xff\xc3 \xed\xa0\x80 \n é 😀]] })
end

function T:test_json_lines()
  assert(host.log_open { format = "json" })
  host.log("warn", 'a "b" \\ \n \xff é',
    { n = 7, f = 1.5, whole = 2.0, yes = true, s = 'x"', icon = "📤", time = 1, inf = math.huge })
  local line = written()[1]
  lu.assertStrMatches(line, '{"time":"%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d%.%d%d%dZ",.*')
  lu.assertEquals(line:gsub('^{"time":"[^"]*",', ""), [["level":"warn","tag":"POSTER_MEDIA",]]
    .. [["message":"a \"b\" \\ \n \ufffd é","f":1.5,"inf":null,"n":7,"s":"x\"","time_":1,]]
    .. [["whole":2,"yes":true}]])
end

function T:test_a_long_line_is_whole()
  host.log("info", ("x"):rep(200000))
  lu.assertEquals(#texts()[1], #"ℹ️ [POSTER_MEDIA] " + 200000)
end

function T:test_bad_arguments_raise_and_are_named()
  lu.assertErrorMsgContains("invalid option 'loud'", host.log, "loud", "x")
  lu.assertErrorMsgContains("string expected", host.log, "info")
  lu.assertErrorMsgContains("field 'f': string, number or boolean expected, got table", host.log,
    "info", "x", { f = {} })
  lu.assertErrorMsgContains("field names are strings", host.log, "info", "x", { 1 })
  lu.assertErrorMsgContains("unknown option 'colour'", host.log_open, { colour = true })
  lu.assertErrorMsgContains("option 'level': 'loud'", host.log_open, { level = "loud" })
  lu.assertErrorMsgContains("option 'listener': function expected", host.log_open, { listener = 1 })
  lu.assertErrorMsgContains("option 'stderr'", host.log_open, { stderr = 1 })
  lu.assertErrorMsgContains("table expected", host.log_open)
  lu.assertErrorMsgContains("string expected", host.secret, {})
  lu.assertErrorMsgContains("unknown option 'name'", host.secret, "x", { name = "y" })
  lu.assertErrorMsgContains("string expected", host.redact)
end

-- Sinks ---------------------------------------------------------------------------------------

function T:test_a_file_that_cannot_be_opened_changes_nothing()
  local ok, err = host.log_open { file = folder .. "/none/a.log", tag = "OTHER", level = "error" }
  lu.assertNil(ok)
  lu.assertEquals({ err.kind, err.code, err.path }, { "io", "ENOENT", folder .. "/none/a.log" })
  host.log("info", "still here")
  lu.assertEquals(texts(), { "ℹ️ [POSTER_MEDIA] still here" })
end

function T:test_no_symlink_is_followed_and_the_file_is_ours_alone()
  local done = host.exec({ "ln", "-s", path, folder .. "/link" }, {})
  lu.assertEquals(done.status, 0)
  local ok, err = host.log_open { file = folder .. "/link" }
  lu.assertNil(ok)
  lu.assertEquals(err.code, "ELOOP")
  lu.assertEquals(assert(host.stat(path)).mode & 511, 384) -- 0600
end

function T:test_a_file_is_appended_to_and_followed_when_it_is_moved()
  host.log("info", "one")
  assert(host.log_open { file = path })
  host.log("info", "two")
  assert(os.rename(path, path .. ".1"))
  host.log("info", "three") -- within the second: still in the old file
  host.sleep(1.1)
  host.log("info", "four")
  lu.assertEquals(#written(path .. ".1"), 3)
  lu.assertEquals(texts(), { "ℹ️ [POSTER_MEDIA] four" })
end

-- A program of its own, whose files may not grow beyond 4 KiB: its log goes on when there is room.
function T:test_a_full_disk_loses_lines_and_tells_how_many()
  local script, log = folder .. "/child_spec.lua", folder .. "/full.log"
  assert(host.write(script, [[
    return { test_it = function()
      local log = host.env "CHILD_LOG"
      assert(host.log_open { stderr = false, file = log })
      for i = 1, 100 do host.log("info", i .. (" "):rep(100)) end
      assert(host.copy(log, log .. ".full"))
      io.open(log, "w"):close()
      host.log("info", "there is room")
    end }]]))
  local done = assert(host.exec(
    { "sh", "-c", 'trap "" XFSZ; ulimit -f 8; exec "$0" "$@"', host.info().executable, "test",
      script }, { env = { CHILD_LOG = log, PATH = host.env "PATH" } }))
  lu.assertEquals(done.status, 0, done.stdout .. done.stderr)
  local full = written(log .. ".full")
  lu.assertTrue(#full > 10 and #full < 60)
  local rest = written(log)
  local lost = tonumber(rest[#rest]:match "(%d+) log lines were lost")
  lu.assertNotNil(lost, rest[#rest])
  lu.assertTrue(lost == 100 - #full or lost == 100 - #full + 1)
  lu.assertStrContains(rest[#rest - 1], "there is room")
end

-- The listener ----------------------------------------------------------------------------------

function T:test_the_listener_hears_of_each_line()
  host.log("debug", "not this")
  host.log("warn", "a\nb", { n = 1, s = "x" })
  host.log("info", "c", { icon = "📤" })
  lu.assertEquals(#heard, 2)
  lu.assertAlmostEquals(heard[1].time, host.now(), 5)
  heard[1].time, heard[2].time = nil, nil
  lu.assertEquals(heard, {
    { level = "warn", message = "a\nb", icon = "⚠️", fields = { n = 1, s = "x" } },
    { level = "info", message = "c", icon = "📤", fields = {} },
  })
end

function T:test_the_listener_is_not_told_of_its_own_lines()
  local calls = 0
  assert(host.log_open { listener = function(record)
    calls = calls + 1
    host.log("info", "about " .. record.message)
  end })
  host.log("info", "x")
  lu.assertEquals(calls, 1)
  lu.assertEquals(texts(), { "ℹ️ [POSTER_MEDIA] x", "ℹ️ [POSTER_MEDIA] about x" })
end

function T:test_a_listener_that_fails_or_waits_harms_nobody()
  for _, listener in ipairs { function() error "oops" end, function() error {} end,
    function() host.sleep(0) end, function() coroutine.yield() end } do
    assert(host.log_open { listener = listener })
    host.log("info", "x")
  end
  local lines = texts()
  lu.assertEquals(#lines, 8)
  for i = 1, 8, 2 do
    lu.assertEquals(lines[i], "ℹ️ [POSTER_MEDIA] x")
    lu.assertStrContains(lines[i + 1], "❌ [POSTER_MEDIA] the log listener failed: ")
  end
end

function T:test_the_listener_hears_of_the_programs_own_lines()
  host.spawn(function() error "nobody asked" end)
  for _ = 1, 3 do
    host.sleep(0)
    collectgarbage()
  end
  lu.assertEquals(#heard, 1)
  lu.assertEquals(heard[1].level, "error")
  lu.assertStrContains(heard[1].message, "nobody asked")
end

-- Secrets -------------------------------------------------------------------------------------

function T:test_no_secret_leaves_by_any_sink()
  local canary = "canary/" .. host.random(8)
  host.secret(canary)
  host.secret(canary) -- twice is once
  local encoded = canary:gsub("/", "%%2F")
  assert(host.log_open { format = "json" })
  host.log("info", "say " .. canary .. " and " .. encoded, { s = canary, part = canary:sub(1, 9) })
  lu.assertStrContains(written()[1], [["message":"say *** and ***","part":"***","s":"***"]])
  lu.assertEquals(heard[1].message, "say *** and ***")
  lu.assertEquals(heard[1].fields, { s = "***", part = "***" })
  lu.assertEquals(host.redact(canary .. "\0" .. canary), "***\0***")
  lu.assertEquals(host.redact "", "")
  local _, err = host.read(folder .. "/" .. canary)
  lu.assertNotStrContains(err.message, canary)
end

function T:test_short_and_shown_secrets_go_only_where_they_belong()
  local long = "shown-" .. host.random(6)
  host.secret("", {})
  host.secret("lo~i", { user = "lo~i" })
  host.secret(long, { shown = true })
  for text, clean in pairs {
    ["host lo~icamp.org"] = "host lo~icamp.org",
    ["> PASS lo~i"] = "> PASS ***",
    ["ftp://lo~i:lo~i@lo~icamp.org/"] = "ftp://lo~i:***@lo~icamp.org/",
    ["Basic bG9+aTpsb35p"] = "Basic ***",
    [long] = long,
    ["PASS " .. long] = "PASS ***",
  } do
    lu.assertEquals(host.redact(text), clean)
  end
end

function T:test_what_looks_like_a_token_goes_unregistered()
  lu.assertEquals(host.redact "GET /?access_token=abc&x=1 Authorization: Bearer q EAAB1234567",
    "GET /?access_token=***&x=1 Authorization: Bearer *** ***")
end

-- Each log line passes through it: 2 ms for a line would already be felt.
function T:test_it_is_fast_with_many_secrets()
  for i = 1, 30 do host.secret(("secret %d of %s"):format(i, host.random(16))) end
  local line = ("Upload FTP réussi: photo_%d.jpg "):rep(8)
  local start = host.now "monotonic"
  for _ = 1, 100 do host.redact(line) end
  lu.assertTrue((host.now "monotonic" - start) / 100 < 0.002)
end

return T
