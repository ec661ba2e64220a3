-- ftp_put_spec.lua - host.ftp_put and host.ftp_delete as primitives: arguments, success, failure,
-- timeout, kill. What they do with real servers and with faults: tests/system/ftp*_spec.lua.
local lu = require "luaunit"
package.path = host.info().root .. "/tests/system/?.lua;" .. package.path
local kit = require "ftp_kit"

local T = {}
local HASH = ("0"):rep(64)

local function raises(word, fn, ...)
  local ok, err = pcall(fn, ...)
  lu.assertFalse(ok)
  lu.assertStrContains(tostring(err), word)
end

function T.test_success()
  local folder <close> = kit.folder()
  local server <close> = kit.start("nasty")
  local file = kit.file(folder.path, 1000)
  lu.assertEquals(assert(kit.put(server, file)), {
    size = 1000, existed = false, tls = false, certificate_verified = false, verified = true,
    renamed = true, warnings = {},
  })
  kit.assert_holds(server.root, { file })
  lu.assertTrue(assert(host.ftp_delete(kit.url(server, file.name), { tls = "off" })))
  lu.assertTrue(assert(host.ftp_delete(kit.url(server, file.name), { tls = "off" })))
  lu.assertEquals(host.list(server.root), {})
end

function T.test_folders_are_made_unless_told_otherwise()
  local folder <close> = kit.folder()
  local server <close> = kit.start("nasty")
  local file = kit.file(folder.path, 1000)
  local url = kit.url(server, "new/deep/" .. file.name)
  local sent, err = host.ftp_put(file.path, url,
    kit.options(server, file, { make_folders = false }))
  lu.assertNil(sent)
  lu.assertEquals(err.code, 550)
  lu.assertEquals(host.list(server.root), {})
  assert(host.ftp_put(file.path, url, kit.options(server, file)))
  kit.assert_holds(server.root .. "/new/deep", { file })
end

function T.test_wrong_urls_are_refused()
  for url, word in pairs {
    ["http://h/a"] = "ftp://", ["ftp://h/"] = "file name", ["ftp://u:p@h/a"] = "user",
    ["ftp://h/a%0D%0ADELE%20b"] = "control", ["ftp://h/../a"] = "..", ["ftp://h/a\0b"] = "NUL",
  } do
    raises(word, host.ftp_put, "file", url, { sha256 = HASH })
    raises(word, host.ftp_delete, url)
  end
end

function T.test_wrong_options_are_refused()
  local function put(options)
    options.sha256 = options.sha256 or HASH
    return host.ftp_put("file", "ftp://h/a", options)
  end
  raises("speed", put, { speed = 1 })
  raises("sha256", put, { sha256 = "abc" })
  raises("sha256", host.ftp_put, "file", "ftp://h/a")
  raises("sha256", host.ftp_delete, "ftp://h/a", { sha256 = HASH })
  raises("tls", put, { tls = "maybe" })
  raises("contradict", host.ftp_delete, "ftps://h/a", { tls = "off" })
  raises("connections", put, { connections = 0 })
  raises("temporary", put, { temporary = "x/y" })
  raises("temporary", put, { temporary = "a" })
  raises("temporary", put, { temporary = "x\r\nDELE b" })
  raises("cleanup", put, { cleanup = { "ok", 1 } })
  raises("cleanup", put, { cleanup = { ".." } })
  raises("cleanup", put, { cleanup = { "a" } })
  raises("cleanup", put, { cleanup = "x" })
  raises("timeout", put, { timeout = -1 })
end

function T.test_a_secret_with_a_control_character_is_refused_and_not_shown()
  local ok, err = pcall(host.ftp_delete, "ftp://h/a", { password = "hush\r\nQUIT" })
  lu.assertFalse(ok)
  lu.assertStrContains(tostring(err), "password")
  lu.assertNotStrContains(tostring(err), "hush")
end

function T.test_failure_of_the_world()
  local folder <close> = kit.folder()
  local server <close> = kit.start("nasty")
  local file = kit.file(folder.path, 10)
  local result, err = kit.put(server, file, { user = "wrong" })
  kit.assert_failed(result, err, "auth")
  lu.assertEquals(err.code, 530)
  local done
  done, err = host.ftp_delete(kit.url(server, "a"), { user = "wrong", tls = "off" })
  lu.assertNil(done)
  lu.assertEquals({ err.kind, err.op }, { "auth", "ftp_delete" })
end

function T.test_timeout()
  local folder <close> = kit.folder()
  local server <close> = kit.start("nasty", { fault = "no_greeting" })
  local result, err = kit.put(server, kit.file(folder.path, 10), { timeout = 0.2 })
  kit.assert_failed(result, err, "timeout")
  local done
  done, err = host.ftp_delete(kit.url(server, "a"), { timeout = 0.2 })
  lu.assertNil(done)
  lu.assertEquals(err.kind, "timeout")
end

-- One under way, one that waits for the connection: both go, the runner looks for what is left.
function T.test_killed_while_waiting()
  local folder <close> = kit.folder()
  local server <close> = kit.start("nasty", { fault = "no_greeting" })
  local file = kit.file(folder.path, 10)
  local first = host.spawn(kit.put, server, file, { connections = 1 })
  local second = host.spawn(kit.put, server, file, { connections = 1 })
  local third = host.spawn(host.ftp_delete, kit.url(server, "a"), { connections = 1 })
  host.sleep(0.2)
  for _, task in ipairs { second, first, third } do
    lu.assertEquals(task:status(), "waiting")
    task:cancel()
    lu.assertEquals(task:status(), "dead")
  end
end

return T
