-- ftp_spec.lua - host.ftp_put and host.ftp_delete against real servers on loopback.
local lu = require "luaunit"
local kit = require "ftp_kit"

local T = {}

-- The sizes at which real servers were seen to fail differ.
local SIZES = { 0, 18815, 307200, 1048576, 5 * 1048576 }

local function all_sizes(kind, options)
  local folder <close> = kit.folder()
  local server <close> = kit.start(kind, options)
  local files = {}
  for i, size in ipairs(SIZES) do
    files[i] = kit.file(folder.path, size)
    local done = assert(kit.put(server, files[i]))
    lu.assertEquals(done.size, size)
    lu.assertEquals({ done.existed, done.verified, done.renamed }, { false, true, true })
    lu.assertEquals({ done.tls, done.certificate_verified }, { server.tls, server.tls })
    lu.assertEquals(done.warnings, {})
  end
  kit.assert_holds(server.root, files)
  local again = assert(kit.put(server, files[3]))
  lu.assertTrue(again.existed)
  assert(host.ftp_delete(kit.url(server, files[1].name), kit.options(server)))
  assert(host.ftp_delete(kit.url(server, files[1].name), kit.options(server)))
  assert(host.ftp_delete(kit.url(server, "no/such/folder/" .. files[1].name), kit.options(server)))
  table.remove(files, 1)
  kit.assert_holds(server.root, files)
end

local VARIANTS = {
  vsftpd_plain = { "vsftpd" },
  vsftpd_tls = { "vsftpd", { tls = true } },
  proftpd_plain = { "proftpd" },
  proftpd_tls = { "proftpd", { tls = true } },
  proftpd_permissive_plain = { "proftpd", { permissive = true } },
  proftpd_permissive_tls = { "proftpd", { permissive = true, tls = true } },
  pure_ftpd_plain = { "pure-ftpd" },
  pure_ftpd_tls = { "pure-ftpd", { tls = true } },
}
for name, variant in pairs(VARIANTS) do
  T["test_all_sizes_" .. name] = function() all_sizes(variant[1], variant[2]) end
end

function T.test_all_sizes_sftp()
  local folder <close> = kit.folder()
  local server <close> = kit.start("sshd")
  local files = {}
  for i, size in ipairs(SIZES) do
    files[i] = kit.file(folder.path, size)
    local done = assert(kit.put(server, files[i]))
    lu.assertTrue(done.verified and done.renamed)
  end
  kit.assert_holds(server.root, files)
  lu.assertTrue(assert(kit.put(server, files[2])).existed)
  assert(host.ftp_delete(kit.url(server, files[1].name), kit.options(server)))
  assert(host.ftp_delete(kit.url(server, files[1].name), kit.options(server)))
  table.remove(files, 1)
  kit.assert_holds(server.root, files)
end

function T.test_sftp_unknown_host_is_refused()
  local folder <close> = kit.folder()
  local server <close> = kit.start("sshd")
  local file = kit.file(folder.path, 100)
  local result, err = kit.put(server, file, { known_hosts = folder.path .. "/none" })
  kit.assert_failed(result, err, "tls")
  lu.assertFalse(err.retryable)
end

-- Both sessions that vsftpd sees for one upload, control and data, and no second login.
function T.test_connection_and_tls_session_are_reused()
  local folder <close> = kit.folder()
  local server <close> = kit.start("vsftpd", { tls = true })
  for size = 1, 3 do
    assert(kit.put(server, kit.file(folder.path, size * 1000)))
  end
  local log = assert(host.read(server.state .. "/log"))
  lu.assertEquals(select(2, log:gsub("OK LOGIN", "")), 1)
  lu.assertStrContains(log, "reused")
end

-- Over TLS its farewell is plain text inside the encrypted connection.
function T.test_idle_connection_dropped_by_the_server()
  for _, tls in ipairs { true, false } do
    local folder <close> = kit.folder()
    local server <close> = kit.start("vsftpd", { tls = tls, idle = 1 })
    local one, other = kit.file(folder.path, 1000), kit.file(folder.path, 2000)
    assert(kit.put(server, one))
    host.sleep(2.5)
    assert(kit.put(server, other))
    kit.assert_holds(server.root, { one, other })
    local log = assert(host.read(server.state .. "/log"))
    lu.assertEquals(select(2, log:gsub("OK LOGIN", "")), 2)
  end
end

function T.test_wrong_password()
  for _, kind in ipairs { "proftpd", "pure-ftpd" } do
    local folder <close> = kit.folder()
    local server <close> = kit.start(kind)
    local secret = "not-this-one-either"
    local result, err = kit.put(server, kit.file(folder.path, 10), { password = secret })
    kit.assert_failed(result, err, "auth")
    lu.assertEquals(err.code, 530)
    lu.assertFalse(err.retryable)
    lu.assertNotStrContains(err.message, secret)
    lu.assertEquals(host.list(server.root), {})
  end
end

function T.test_dead_host()
  local folder <close> = kit.folder()
  local server = kit.start("nasty")
  server:close()
  local result, err = kit.put(server, kit.file(folder.path, 10))
  kit.assert_failed(result, err, "network")
  lu.assertTrue(err.retryable)
end

function T.test_source_missing()
  local folder <close> = kit.folder()
  local server <close> = kit.start("nasty")
  local file = kit.file(folder.path, 10)
  file.path = file.path .. ".gone"
  local result, err = kit.put(server, file)
  kit.assert_failed(result, err, "io")
  lu.assertEquals(err.code, "ENOENT")
end

function T.test_tls_required_but_not_offered()
  local folder <close> = kit.folder()
  local server <close> = kit.start("vsftpd")
  local file = kit.file(folder.path, 10)
  local result, err = kit.put(server, file, { tls = "require" })
  kit.assert_failed(result, err, "tls")
  lu.assertFalse(err.retryable)
  result, err = kit.put(server, file, { tls = "try", tls_seen = true })
  kit.assert_failed(result, err, "tls")
  lu.assertEquals(host.list(server.root), {})
  local done = assert(kit.put(server, file, { tls = "try" }))
  lu.assertFalse(done.tls)
  lu.assertEquals(#done.warnings, 1)
  kit.put(server, file, { tls = "try" })
  result, err = kit.put(server, file, { tls = "try", tls_seen = true })
  kit.assert_failed(result, err, "tls")
end

function T.test_try_takes_tls_and_checks_the_certificate_first()
  local folder <close> = kit.folder()
  local server <close> = kit.start("proftpd", { tls = true })
  local file = kit.file(folder.path, 1000)
  local done = assert(kit.put(server, file, { tls = "try" }))
  lu.assertEquals({ done.tls, done.certificate_verified, done.warnings }, { true, true, {} })
  file = kit.file(folder.path, 2000)
  -- An authority that has nothing to do with this server.
  local other = server.ca_file:gsub("ca.pem$", "other.pem")
  done = assert(kit.put(server, file, { tls = "try", ca_file = other }))
  lu.assertEquals({ done.tls, done.certificate_verified }, { true, false })
  lu.assertStrContains(done.warnings[1], "FTP_CA_FILE")
  local result, err = kit.put(server, kit.file(folder.path, 3000),
    { tls = "require", ca_file = other })
  kit.assert_failed(result, err, "tls")
  lu.assertFalse(err.retryable)
  result, err = kit.put(server, kit.file(folder.path, 3000), { ca_file = folder.path .. "/none" })
  kit.assert_failed(result, err, "tls")
  lu.assertStrContains(err.message, "CA file")
end

function T.test_plain_on_a_server_that_insists_on_tls()
  for _, case in ipairs { { "vsftpd", { tls = true } },
                          { "proftpd", { tls = true, required = true } } } do
    local folder <close> = kit.folder()
    local server <close> = kit.start(case[1], case[2])
    local result, err = kit.put(server, kit.file(folder.path, 10), { tls = "off" })
    kit.assert_failed(result, err, "tls")
    lu.assertStrContains(err.message, "FTP_TLS=require")
  end
end

function T.test_cap_at_tls_1_2_is_lifted_when_the_server_refuses_it()
  local folder <close> = kit.folder()
  local server <close> = kit.start("proftpd", { tls = true, tls_only = "TLSv1.3" })
  local done = assert(kit.put(server, kit.file(folder.path, 307200)))
  lu.assertTrue(done.verified)
  lu.assertStrContains(done.warnings[1], "TLS 1.3")
end

-- Most servers rename over what is there without a word: only our look protects it.
function T.test_taken_name_is_left_alone()
  for _, kind in ipairs { "vsftpd", "proftpd" } do
    local folder <close> = kit.folder()
    local server <close> = kit.start(kind)
    local file = kit.file(folder.path, 5000)
    assert(host.write(server.root .. "/" .. file.name, "somebody else's"))
    local result, err = kit.put(server, file)
    kit.assert_failed(result, err, "remote")
    lu.assertTrue(err.taken)
    lu.assertEquals(err.code, "EEXIST")
    lu.assertEquals(host.read(server.root .. "/" .. file.name), "somebody else's")
    -- The same size proves nothing when the name does not hold our hash.
    file.name = "plain.jpg"
    assert(host.copy(file.path, server.root .. "/plain.jpg"))
    result, err = kit.put(server, file)
    kit.assert_failed(result, err, "remote")
    lu.assertTrue(err.taken)
  end
end

function T.test_folders_are_created()
  for _, kind in ipairs { "vsftpd", "proftpd", "sshd" } do
    local folder <close> = kit.folder()
    local server <close> = kit.start(kind)
    local file = kit.file(folder.path, 5000)
    assert(host.ftp_put(file.path, kit.url(server, "un%20/d%C3%A9j%C3%A0/" .. file.name),
      kit.options(server, file)))
    kit.assert_holds(server.root .. "/un /déjà", { file })
  end
end

-- The login folder of these is not their root.
function T.test_absolute_folder()
  for _, kind in ipairs { "vsftpd", "proftpd" } do
    local folder <close> = kit.folder()
    local server <close> = kit.start(kind)
    for size = 1, 2 do
      local file = kit.file(folder.path, size * 100)
      local url = server.url .. "/%2F" .. server.root:sub(2) .. "/up/load/" .. file.name
      assert(host.ftp_put(file.path, url, kit.options(server, file)))
      kit.assert_holds(server.root .. "/up/load", { file })
      assert(host.ftp_delete(url, kit.options(server)))
    end
  end
end

function T.test_leftovers_are_removed_and_the_temporary_name_is_ours_to_choose()
  local folder <close> = kit.folder()
  local server <close> = kit.start("proftpd")
  local file = kit.file(folder.path, 5000)
  assert(host.write(server.root .. "/.old.part", "x"))
  local names = { cleanup = { ".old.part", ".gone.part" }, temporary = ".new.part" }
  assert(kit.put(server, file, names))
  kit.assert_holds(server.root, { file })
end

function T.test_without_rename()
  for _, kind in ipairs { "vsftpd", "proftpd" } do
    local folder <close> = kit.folder()
    local server <close> = kit.start(kind)
    local file = kit.file(folder.path, 5000)
    assert(host.write(server.root .. "/" .. file.name, "cut short"))
    local done = assert(kit.put(server, file, { rename = false }))
    lu.assertEquals({ done.verified, done.renamed, done.existed }, { true, false, false })
    kit.assert_holds(server.root, { file })
  end
end

function T.test_many_at_once()
  local folder <close> = kit.folder()
  local server <close> = kit.start("vsftpd", { tls = true })
  local files = {}
  for i = 1, 12 do files[i] = kit.file(folder.path, 20000 + i) end
  host.map(files, { concurrency = 12 }, function(file)
    assert(kit.put(server, file, { connections = 3 }))
  end)
  kit.assert_holds(server.root, files)
end

return T
