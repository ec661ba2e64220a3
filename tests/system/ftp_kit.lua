-- ftp_kit.lua - what the specs of host.ftp_put share: files to send, and looks at what arrived.
local lu = require "luaunit"
local servers = require "ftp_servers"

local M = {}

---A folder of our own, removed when it is closed.
function M.folder()
  local path = ("%s/affiche-%s"):format(host.env("TMPDIR") or "/tmp", host.random(6))
  assert(host.mkdir(path))
  return setmetatable({ path = path }, {
    __close = function() host.remove(path, { recursive = true }) end,
  })
end

---A file of so many bytes, no two blocks of them alike.
---@return { path: string, sha256: string, size: integer, name: string }
function M.file(folder, size)
  local filler = {}
  for i = 1, 512 do filler[i] = host.digest(("%d of %d"):format(i, size)) end
  local block, blocks = table.concat(filler), {}
  for i = 1, size // #block + 1 do blocks[i] = ("%8d"):format(i) .. block end
  local path = ("%s/%d.bin"):format(folder, size)
  assert(host.write(path, table.concat(blocks):sub(1, size)))
  local sha256 = assert(host.hash(path))
  local name = ("photo-%s.jpg"):format(sha256:sub(1, 12))
  return { path = path, sha256 = sha256, size = size, name = name }
end

---Options for a server, as somebody would set them who knows it.
function M.options(server, file, more)
  local options = {
    user = server.user, password = server.password, sha256 = file and file.sha256,
    tls = server.tls and "require" or "off", ca_file = server.tls and server.ca_file or nil,
    known_hosts = server.known_hosts, private_key = server.private_key,
  }
  for key, value in pairs(more or {}) do options[key] = value end
  return options
end

---The URL of a name in the folder that the server serves.
function M.url(server, name)
  if server.url:find("^sftp") then return server.url .. server.root .. "/" .. name end
  return server.url .. "/" .. name
end

function M.put(server, file, more)
  return host.ftp_put(file.path, M.url(server, file.name), M.options(server, file, more))
end

---Asserts that the folder on the server holds these files and nothing else.
function M.assert_holds(folder, files)
  local names, wanted = assert(host.list(folder)), {}
  for _, file in ipairs(files) do wanted[#wanted + 1] = file.name end
  table.sort(wanted)
  lu.assertEquals(names, wanted)
  for _, file in ipairs(files) do
    local sha256, size = host.hash(folder .. "/" .. file.name)
    lu.assertEquals({ sha256, size }, { file.sha256, file.size }, file.name)
  end
end

function M.assert_failed(result, err, kind)
  lu.assertNil(result)
  lu.assertEquals(err.kind, kind, err.message)
  lu.assertEquals(err.op, "ftp_put")
end

---A server for this test, or the test is skipped.
function M.start(kind, options)
  local can, why = servers.available(kind)
  lu.skipIf(not can, why)
  return servers.start(kind, options)
end

return M
