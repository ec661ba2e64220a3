-- doctor/upload.lua - a probe file goes the whole way that a picture goes: converted, uploaded,
-- fetched back through the public URL as Instagram would, and removed again.
local errors = require "errors"
local machine = require "doctor.machine"
local preflight = require "preflight"
local uploader = require "uploader"
local wording = require "lazy" "wording"

local M = {}

-- The smallest picture there is: one white dot.
local GIF = "GIF89a\1\0\1\0\128\0\0\255\255\255\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;"
local TIMEOUT = 60

-- Facts about servers are learned in the journal; without one they are forgotten.
local function without_journal()
  return { fact = function() return nil end, set_fact = function() end }
end

local function uploader_of(app)
  if app.uploader then return app.uploader end
  return uploader.new { target = app.target, base = app.cfg.PUBLIC_BASE_URL, cfg = app.cfg,
    journal = without_journal() }
end

local function remove_file(path)
  return setmetatable({}, { __close = function() os.remove(path) end })
end

-- A real JPEG by the real converter: its path, hash and size.
local function make_probe(visit, path)
  local source = machine.temporary(".gif")
  local _ <close> = remove_file(source)
  local written, err = host.write(source, GIF)
  local made
  if written then made, err = host.convert(source, path, { min_width = 320 }) end
  local sha256, size
  if made then sha256, size = host.hash(path) end
  if not sha256 then
    visit:problem("converter", err or size)
    return nil
  end
  visit:ok("converter", "converter_fine", { width = made.width, height = made.height })
  return { path = path, sha256 = sha256, size = size }
end

-- With file:// nothing else would say so: a copy would make the folder.
local function folder_there(visit)
  local target = visit.app.target
  if target.scheme ~= "file" then return true end
  local stat = host.stat(target.folder .. "/.")
  if stat and stat.type == "folder" then return true end
  visit:fail("upload", "upload_folder", { path = target.folder })
  return false
end

local function send(visit, up, probe, remote)
  local sent, err = up:send(probe.path, remote, probe.sha256, function()
    return { make_folders = false, timeout = TIMEOUT }
  end)
  if not sent then
    visit:problem("upload", err)
    return false
  end
  for _, text in ipairs(sent.warnings or {}) do
    visit:say("warning", "upload", wording.of(text))
  end
  local words = { target = visit.app.target.label, folder = visit.app.target.folder }
  local way = sent.tls and "upload_tls" or sent.tls == false and "upload_plain" or "upload_file"
  visit:ok("upload", way, words)
  return true
end

local function fetch_back(visit, up, probe, remote)
  local address = up:url(remote)
  if preflight.is_private(address) then
    visit:warn("public", "private_url", { url = up.base })
  elseif address:find("^http://") then
    visit:warn("public", "plain_url", { url = up.base })
  end
  local fine, err = preflight.fetch(visit.app, address,
    { type = "image/jpeg", size = probe.size, sha256 = probe.sha256 })
  if not fine then return visit:problem("public", err) end
  -- A certificate that is not known here may be known to Instagram, but hardly is.
  if err then visit:problem("public", err, err.kind == "tls" and "failed" or "warning") end
  if not (err and err.unreachable) then
    visit:ok("public", "public_fine", { url = up.base, size = probe.size })
  end
end

local function remove(visit, up, remote)
  local removed, err = up:remove(remote)
  if removed then return visit:ok("cleanup", "cleanup_fine") end
  visit:fail("cleanup", "not_removed", { name = remote, reason = errors.text(err) })
end

-- Not to be cut: whatever happens in between, the probe is removed. Its calls are all bounded.
local function round_trip(visit, up, probe, remote)
  host.shield(function()
    if not send(visit, up, probe, remote) then return end
    local ok, err = pcall(fetch_back, visit, up, probe, remote)
    remove(visit, up, remote)
    if not ok then error(err, 0) end
  end)
end

---Uploads, fetches back, removes.
function M.check(visit)
  local app = visit.app
  if not (app.target and app.cfg.PUBLIC_BASE_URL) then return end
  local path = machine.temporary(".jpg")
  local _ <close> = remove_file(path)
  local probe = make_probe(visit, path)
  if not probe or not folder_there(visit) then return end
  local remote = ("affiche-doctor-%s.jpg"):format(host.random(8))
  round_trip(visit, uploader_of(app), probe, remote)
end

return M
