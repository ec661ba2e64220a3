-- scene.lua - what the specs of the main job share on top of world.lua: pictures, scripts of a
-- user, a world whose upload target is a real FTP server, and looks at what came of a run.
local lu = require "luaunit"
local ftp = require "ftp_kit"
local pictures = require "pictures"
local world = require "world"

local M = { jpeg = pictures.jpeg }

---A world for this test. Its `scripts` is a folder for scripts of the user, empty at first.
function M.new(options)
  local self = world.new(options)
  self.scripts = self.folder .. "/scripts"
  assert(host.mkdir(self.scripts .. "/steps"))
  return self
end

---Several pictures at once, no two of one content.
function M.pictures(self, ...)
  for _, name in ipairs({ ... }) do self:put(name, pictures.jpeg(name)) end
end

---Writes a script of the user; `run` with `scene.own(world)` to have it read.
function M.script(self, name, text)
  assert(host.write(("%s/%s.lua"):format(self.scripts, name), text))
end

---A workflow with other steps.
function M.steps(self, ...)
  local names = {}
  for i, name in ipairs({ ... }) do names[i] = ("%q"):format(name) end
  M.script(self, "poster_media", ([[
    return workflow { name = "poster_media", folder = env.AUTO_DOWNLOAD_DIR,
      accept = require "filters", steps = { %s } }]]):format(table.concat(names, ", ")))
end

---One run with the user's scripts.
function M.pass(self, options)
  options = options or {}
  options.env = options.env or {}
  options.env.AFFICHE_SCRIPTS = self.scripts
  return self:pass(options)
end

-- Not a chroot for these two, so that a leading "/" is the root of the machine.
local IS_ROOT = { ["pure-ftpd"] = true }

---A world that uploads to a real server by the FTP_* keys, as the original system did; the web
---server shows that upload folder.
---@param kind "vsftpd"|"proftpd"|"pure-ftpd"
---@param options? { tls?: boolean, env?: table }
function M.on_ftp(kind, options)
  options = options or {}
  local server = ftp.start(kind, options)
  local shown = server.root .. "/photos/auto"
  local self = M.new { public = shown }
  self.server = server
  self.env.UPLOAD_URL = nil
  self.env.FTP_HOST, self.env.FTP_PORT = "localhost", tostring(server.port)
  self.env.FTP_USER, self.env.FTP_PASS = server.user, server.password
  self.env.FTP_UPLOAD_DIR = IS_ROOT[kind] and "/photos/auto" or shown
  if options.tls then self.env.FTP_CA_FILE, self.env.FTP_TLS = server.ca_file, "require" end
  for key, value in pairs(options.env or {}) do self.env[key] = value end
  return setmetatable({}, {
    __index = self, __newindex = self,
    __close = function()
      server:close()
      self:close()
    end,
  })
end

---A port on which nobody listens.
function M.free_port()
  local server = assert(host.serve({ port = 0 }, function() return {} end))
  local port = server.port
  server:close()
  return port
end

---The captions' first lines, in the order of the feed.
function M.feed(self)
  local lines = {}
  for i, media in ipairs(self:posts()) do lines[i] = media.caption:match("[^\n]*") end
  return lines
end

---`stats` of a result as "found processed uploaded published ignored failed deferred".
function M.counts(result)
  assert(result.json, result.stderr)
  local s = result.json.result.stats
  return ("%d %d %d %d %d %d %d"):format(s.files_found, s.files_processed, s.files_uploaded,
    s.files_published, s.files_ignored, s.files_failed, s.files_deferred)
end

---Neither the token nor the password stands in anything the program wrote.
function M.assert_no_secret(self, result)
  local secrets = { self.env.ACCESS_TOKEN, self.env.FTP_PASS, self.env.APP_SECRET }
  for _, secret in pairs(secrets) do
    if #secret >= 8 then
      lu.assertNotStrContains(result.stdout .. result.stderr, secret)
    end
  end
end

---A command that a script's mistake stopped: exit 2, its words, and nothing was touched. The folder
---holds a.jpg alone.
function M.assert_stopped(self, ...)
  local result = M.pass(self)
  lu.assertEquals(result.status, 2, result.stderr)
  for _, part in ipairs({ ... }) do lu.assertStrContains(result.stderr, part) end
  lu.assertEquals(self:names(), { "a.jpg" })
  lu.assertEquals(assert(host.list(self.state)), {})
  lu.assertEquals(assert(host.list(self.public)), {})
  lu.assertEquals(self.instagram.state.calls, 0)
  return result
end

return M
