-- doctor/machine.lua - what can be seen on this machine: settings, scripts, folders, journal.
local apps = require "app"
local heif = require "heif"
local i18n = require "i18n"
local keys = require "config.keys"

local M = {}

local SHORT = 8 -- bytes; a shorter secret cannot be cut out of every text

-- Texts that are shown as they are: a secret that equals one cannot be hidden.
local function shown_values(cfg)
  local shown = {}
  for _, key in ipairs(keys) do
    if not key.secret and cfg[key.name] ~= nil then shown[tostring(cfg[key.name])] = true end
  end
  return shown
end

local function secrets_of(app)
  local list = {}
  for _, key in ipairs(keys) do
    local value = key.secret and app.cfg[key.name]
    if value then list[#list + 1] = { name = key.name, value = value } end
  end
  local password = app.target and app.target.password
  if password and password ~= app.cfg.FTP_PASS then
    list[#list + 1] = { name = "UPLOAD_URL", value = password }
  end
  return list
end

local function check_secrets(visit)
  local shown = shown_values(visit.app.cfg)
  for _, secret in ipairs(secrets_of(visit.app)) do
    if #secret.value < SHORT then
      visit:warn("settings", "short_secret", { key = secret.name, length = SHORT })
    elseif shown[secret.value] then
      visit:warn("settings", "shown_secret", { key = secret.name })
    end
  end
end

---The settings. True when no problem stops a run.
function M.settings(visit)
  local fine = true
  for _, problem in ipairs(visit.app.problems) do
    if problem.fatal then fine = false end
    visit:say(problem.fatal and "failed" or "warning", "settings", problem.message,
      problem.next_action)
  end
  check_secrets(visit)
  if fine then visit:ok("settings", "settings_fine") end
  return fine
end

---All scripts compile.
function M.scripts(visit)
  local flow, err = apps.load(visit.app, "poster_media")
  if not flow then
    visit:problem("scripts", err)
    return false
  end
  visit.flow = flow
  local names = {}
  for i, step in ipairs(flow.steps) do names[i] = step.name end
  visit:ok("scripts", "scripts_fine", { steps = table.concat(names, " > ") })
  return true
end

local function is_folder(path)
  local stat = host.stat(path .. "/.")
  if stat and stat.type == "folder" then return stat end
end

-- A folder that is there must be writable, one that is not must be possible in `parent`.
local function check_inner(visit, parent, name)
  local path = parent .. "/" .. name
  local stat = is_folder(path)
  if stat and not stat.writable then
    visit:fail("folder", "not_writable", { path = path })
  elseif not stat and host.stat(path) then
    visit:fail("folder", "no_folder", { path = path })
  end
end

---The folder of the media: there, readable, and with room for processed/ beside the files.
function M.folder(visit)
  local path = visit.flow and visit.flow.folder or visit.app.cfg.AUTO_DOWNLOAD_DIR
  if not path then return end
  local stat = is_folder(path)
  if not stat then
    local there = host.stat(path)
    return visit:fail("folder", there and "no_folder" or "folder_missing", { path = path })
  end
  local entries, err = host.scan(path)
  if not entries then return visit:problem("folder", err) end
  if not stat.writable then return visit:fail("folder", "not_writable", { path = path }) end
  local before = visit:count("failed")
  check_inner(visit, path, "processed")
  check_inner(visit, path, "failed")
  if visit:count("failed") == before then
    visit:ok("folder", "folder_fine", { path = path, count = #entries })
  end
end

---What reads pictures that are not read by the program itself.
function M.decoders(visit)
  local state, whole = heif.state()
  if whole then return visit:ok("decoders", "heif", { state = state }) end
  visit:warn("decoders", "heif", { state = state })
end

-- The nearest folder above that is there: in it the missing ones would be made.
local function nearest(path)
  while path and path ~= "" do
    local stat = is_folder(path)
    if stat then return path, stat end
    path = path:match("^(.*)/[^/]*$")
  end
  return "/", is_folder("/")
end

---The state folder and the journal in it. What depends on the journal is ready afterwards.
function M.journal(visit)
  local app = visit.app
  local path = app.cfg.AFFICHE_JOURNAL and app.cfg.AFFICHE_JOURNAL:gsub("^sqlite:", "")
  if not path then return end
  local folder = path:match("^(.*)/[^/]*$") or "."
  local opened, err = apps.look(app)
  if err then return visit:problem("journal", err) end
  if opened then return visit:ok("journal", "journal_fine", { path = path }) end
  local place, stat = nearest(folder)
  if not (stat and stat.writable) then
    return visit:fail("journal", "not_writable", { path = place })
  end
  visit:ok("journal", "journal_new", { path = path })
end

---A private path for a file of ours, in the folder for such things.
---@param extension string
function M.temporary(extension)
  return ("%s/affiche-doctor-%s%s"):format(host.env("TMPDIR") or "/tmp", host.random(8), extension)
end

---What a person reads of a number of bytes and of a time.
function M.time(seconds)
  return os.date(i18n.t("doctor.time_format"), math.floor(seconds))
end

return M
