-- retry.lua - failed files get a new start: back from failed/, counters and waits at zero.
local errors = require "errors"
local i18n = require "i18n"
local json = require "json"
local locate = require "locate"

local M = {}

local REPORT = ".error.json"
local NAME_MAX = 255

local function refuse(key, words)
  return nil, errors.new { kind = "format", op = "retry", retryable = false,
    message = i18n.t(key, words), next_action = i18n.t("action." .. key, words) }
end

local function stem_and_extension(name)
  local stem, extension = name:match("^(.+)(%.[^.]*)$")
  return stem or name, (extension or ""):lower()
end

local function media_in(app, folder)
  local list = {}
  for _, name in ipairs(host.list(folder) or {}) do
    local _, extension = stem_and_extension(name)
    if name:sub(1, 1) ~= "." and app.extensions[extension] then list[#list + 1] = name end
  end
  return list
end

-- The newest item of this workflow and account at that path, or nil.
local function item_at(app, flow, path)
  return app.journal:row([[SELECT * FROM item WHERE path = ? AND workflow = ? AND account = ?
    ORDER BY updated DESC, id DESC LIMIT 1]], path, flow.name, app.cfg.IG_USER_ID)
end

-- Every file that failed: in the folder by what the journal says, in failed/ by lying there.
local function all_failed(app, flow, source)
  local list = {}
  for _, name in ipairs(media_in(app, source)) do
    local path = source .. "/" .. name
    local row = item_at(app, flow, path)
    if row and row.state == "failed" then
      list[#list + 1] = { name = name, path = path, folder = source, place = "folder" }
    end
  end
  for _, name in ipairs(media_in(app, source .. "/failed")) do
    local folder = source .. "/failed"
    list[#list + 1] = { name = name, path = folder .. "/" .. name, folder = folder,
      place = "failed" }
  end
  return list
end

local function named(app, source, wanted)
  local file = locate.file(source, wanted)
  if not file then return refuse("retry.unknown", { name = wanted }) end
  if file.place ~= "folder" and file.place ~= "failed" then
    return refuse("retry.elsewhere", { name = wanted, folder = file.folder })
  end
  for _, row in ipairs(locate.items(app, wanted, file)) do
    if row.state == "uncertain" then return refuse("retry.uncertain", { name = file.name }) end
  end
  return file
end

---The files that are meant; all are checked before one is touched.
---@param app table connected
---@param flow table
---@param wanted string[] names or paths; none means all that failed
---@return Located[]|nil, Error?
function M.find(app, flow, wanted)
  local source = flow.folder or app.cfg.AUTO_DOWNLOAD_DIR
  if not wanted[1] then return all_failed(app, flow, source) end
  local list = {}
  for _, name in ipairs(wanted) do
    local file, err = named(app, source, name)
    if not file then return nil, err end
    list[#list + 1] = file
  end
  return list
end

-- Its name is cut when the suffix does not fit; then the report itself tells whose it is.
local function report_of(folder, name)
  if #name + #REPORT <= NAME_MAX then return folder .. "/" .. name .. REPORT end
  for _, other in ipairs(host.list(folder) or {}) do
    if other:sub(-#REPORT) == REPORT then
      local content = json.decode(host.read(folder .. "/" .. other) or "")
      if type(content) == "table" and content.file == name then return folder .. "/" .. other end
    end
  end
end

-- Sidecars went along with the last medium of their stem, so they come back with the first.
local function restore_sidecars(source, folder, name)
  local stem = stem_and_extension(name)
  for _, extension in ipairs { ".txt", ".json" } do
    local side = stem .. extension
    if host.stat(folder .. "/" .. side) then
      local moved, err = host.move(folder .. "/" .. side, source .. "/" .. side)
      if not moved then return nil, err end
    end
  end
  return true
end

-- The medium last: as long as it is in failed/, a second `retry` finds all that is left to do.
local function restore(source, file)
  local sha256, err = host.hash(file.path)
  if not sha256 then return nil, err end
  local sides, side_err = restore_sidecars(source, file.folder, file.name)
  if not sides then return nil, side_err end
  local path, move_err = host.move(file.path, source .. "/" .. file.name, { sha256 = sha256 })
  if not path then return nil, move_err end
  host.log("info", i18n.t("retry.restored", { name = file.name }),
    { icon = "✅", file = file.name })
  return path
end

local function reset_item(app, flow, sha256)
  app.journal:write { [[UPDATE item SET failures = 0, wait_until = NULL, error = NULL,
      state = 'active', updated = ?
      WHERE workflow = ? AND account = ? AND sha256 = ? AND state IN ('failed', 'deferred')]],
    host.now(), flow.name, app.cfg.IG_USER_ID, sha256 }
end

local function reset(app, flow, source, file)
  local path = file.path
  if file.place == "failed" then
    local moved, err = restore(source, file)
    if not moved then return nil, err end
    path = moved
  end
  local sha256, err = host.hash(path)
  if not sha256 then return nil, err end
  reset_item(app, flow, sha256)
  local report = report_of(source .. "/failed", file.name)
  -- Another file of this name may have failed meanwhile: then the report is its own.
  if report and not host.stat(source .. "/failed/" .. file.name) then
    local removed, remove_err = host.remove(report)
    if not removed then return nil, remove_err end
  end
  return locate.base(path)
end

---Brings the files back and forgets their failures. Their names in the folder.
---@param app table connected
---@param flow table
---@param files Located[]
---@return table<string, boolean>|nil names, Error?
function M.reset(app, flow, files)
  local source = flow.folder or app.cfg.AUTO_DOWNLOAD_DIR
  local names = {}
  for _, file in ipairs(files) do
    local name, err = reset(app, flow, source, file)
    if not name then return nil, errors.wrap(err, { file = file.name }) end
    names[name] = true
  end
  return names
end

return M
