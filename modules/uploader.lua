-- uploader.lua - puts one file at the place that PUBLIC_BASE_URL shows, under a name made of its
-- own name and a hash of its content, so that nothing there is overwritten by accident.
local errors = require "errors"
local i18n = require "i18n"
local items = require "item"
local remote_name = require "remote_name"
local url = require "url"
local wording = require "lazy" "wording"

local M = {}

local MOST_LEFT = 16  -- names that one connection is asked to delete

local Uploader = {}
Uploader.__index = Uploader

---@param options { target: Target, base: string, cfg: table, journal: table }
function M.new(options)
  local self = setmetatable(options, Uploader)
  self.busy = 0
  self:begin()
  local target = self.target
  self.scope = "target:" .. target.scheme .. "://" .. url.authority(target.host or "", target.port)
  return self
end

---The address under which the platform fetches an uploaded file.
---@param remote string
function Uploader:url(remote)
  return url.join(self.base, remote)
end

local function put_file(self, source, remote, sha256)
  local path = ("%s/%s"):format(self.target.folder, remote)
  local copied, err = host.copy(source, path, { sha256 = sha256 })
  if copied then return {} end
  -- The name holds the content's hash; still, look before believing that it is ours.
  if err.code == "EEXIST" and host.hash(path) == sha256 then return {} end
  return nil, err
end

-- What was learned of this server before: it offers TLS, it cannot rename.
local function learned(self, name)
  return self.journal:fact(self.scope, name) == "1"
end

local function ftp_options(self, sha256)
  local cfg, target = self.cfg, self.target
  return {
    user = target.user, password = target.password, tls = cfg.FTP_TLS, ca_file = cfg.FTP_CA_FILE,
    tls_max = cfg.FTP_TLS_MAX, connections = cfg.FTP_CONNECTIONS, sha256 = sha256,
    tls_seen = learned(self, "tls"), rename = not learned(self, "cannot_rename"),
  }
end

local function put_once(self, source, remote, sha256, extra)
  local options = ftp_options(self, sha256)
  for key, value in pairs(extra()) do options[key] = value end
  local sent, err = host.ftp_put(source, url.target_url(self.target, remote), options)
  local tls = sent and sent.tls or err and err.tls_offered
  if tls and not learned(self, "tls") then self.journal:set_fact(self.scope, "tls", "1") end
  return sent, err
end

local function put_ftp(self, source, remote, sha256, extra)
  local sent, err = put_once(self, source, remote, sha256, extra)
  if not sent and err.rename_refused and not learned(self, "cannot_rename") then
    self.journal:set_fact(self.scope, "cannot_rename", "1")
    sent, err = put_once(self, source, remote, sha256, extra)
  end
  return sent, err
end

---Uploads a file under a name of its own: what the server said of it, or nil and an Error.
---@param source string
---@param remote string
---@param sha256 string of the source
---@param extra fun(): table further options for each call of host.ftp_put
---@return { tls?: boolean, warnings?: string[] }|nil, Error?
function Uploader:send(source, remote, sha256, extra)
  local put = self.target.scheme == "file" and put_file or put_ftp
  return put(self, source, remote, sha256, extra)
end

-- The temporary name is on disk before the server hears it, so that what a crash leaves there is
-- known as ours and deleted on the next connection. A second crash may come before that, so there
-- may be several.
local function name_temporary(item, remote, sha256)
  local left = item.note.temporaries or {}
  local temporary = (".%s.%s.%s.part"):format(remote, sha256:sub(1, 12), host.random(4))
  item:remember { temporaries = { temporary, table.unpack(left, 1, MOST_LEFT - 1) } }
  return { temporary = temporary, cleanup = left[1] and left or nil }
end

-- Each warning once a run: it is about the server, not about the file.
function Uploader:warn(warnings)
  self.warned = self.warned or {}
  for _, text in ipairs(warnings or {}) do
    if not self.warned[text] then
      self.warned[text] = true
      host.log("warn", wording.of(text))
    end
  end
end

-- `{ remote = name }`, or nil and an Error.
function Uploader:put(item)
  -- The hash known of the file, not a new one: the bytes uploaded are the bytes looked at before.
  local original = item.file == item.path
  local sha256 = original and item.sha256 or item.file_sha256
  local size = original and item.size or item.file_size
  local extension = item.file:match("(%.[%w]+)$") or item.ext
  local remote = remote_name.of(item.name, sha256, extension)
  local sent, err = self:send(item.file, remote, sha256, function()
    return name_temporary(item, remote, sha256)
  end)
  if not sent then return nil, err end
  self:warn(sent.warnings)
  return { remote = remote, uploaded_sha256 = sha256, uploaded_size = size }
end

---Removes the public copy once the post is live.
function Uploader:remove(remote)
  if self.target.scheme == "file" then
    return host.remove(("%s/%s"):format(self.target.folder, remote))
  end
  local options = ftp_options(self, nil)
  options.sha256, options.rename = nil, nil
  return host.ftp_delete(url.target_url(self.target, remote), options)
end

-- What the server says when its disk is full, for whatever file.
local DISK_FULL = 452

-- A server that does not answer is left alone after so many failures in a row, of whatever files,
-- over so many seconds: a short outage is for the step's own tries to bridge.
local MOST_SILENT, LONGEST_SILENCE = 3, 10

---A run begins: what stopped the last one may be mended.
function Uploader:begin()
  self.stopped, self.silent, self.silent_since = nil, 0, nil
end

-- Counts failures to be heard at all. Whether there were enough of them.
local function too_silent(self, err)
  if err.kind ~= "network" and err.kind ~= "timeout" then return false end
  self.silent, self.silent_since = self.silent + 1, self.silent_since or host.now()
  return self.silent >= MOST_SILENT and host.now() - self.silent_since >= LONGEST_SILENCE
end

-- What would meet every other file as well: a full disk, a refused login (tried again and again it
-- locks the account), a server that cannot be reached or does not speak. Each file would wait for
-- it anew, so for the rest of the run it is not asked any more.
function Uploader:learn(err)
  if not err then
    self.silent, self.silent_since = 0, nil
  elseif err.code == DISK_FULL or err.kind == "auth" or too_silent(self, err) then
    self.stopped = errors.wrap(err, {})
    self.stopped.retryable = false
  end
end

-- Waits for one of the connections, so that what one file learned of the server is known to the
-- next before it sets out.
local function take_connection(self)
  while self.busy >= self.cfg.FTP_CONNECTIONS do
    self.freed = self.freed or host.gate()
    self.freed:wait()
  end
  self.busy = self.busy + 1
  return setmetatable({}, { __close = function()
    self.busy = self.busy - 1
    if self.freed then self.freed:open() end
    self.freed = nil
  end })
end

---Uploads `item.file`: what the step of that name does. A server that would fail every file is
---asked no more in this run.
---@param item table
---@return { remote: string }|nil, Error?
function M.upload(item)
  local app = items.context(item).app
  local self = app.uploader
  local _ <close> = self.target.scheme ~= "file" and take_connection(self) or nil
  if self.stopped then return nil, self.stopped end
  host.log("info", i18n.t("log.uploading", { name = item.name }), { icon = "📤", file = item.name })
  local result, err = self:put(item)
  self:learn(err)
  if not result then return nil, self.stopped or err end
  host.log("info", i18n.t("log.uploaded", { name = item.name }), { icon = "✅", file = item.name })
  return result
end

return M
