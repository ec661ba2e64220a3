-- retry.lua - failed files get a new start: back from failed/, counters and waits at zero.
local errors = require "errors"
local i18n = require "i18n"
local json = require "json"
local locate = require "locate"
local receipt = require "receipt"

local M = {}

local REPORT = ".error.json"

local function refuse(key, words)
  return nil, errors.new { kind = "format", op = "retry", retryable = false,
    message = i18n.t(key, words), next_action = i18n.t("action." .. key, words) }
end

local function media_in(app, folder)
  local list = {}
  for _, name in ipairs(host.list(folder) or {}) do
    local extension = (name:match("^.+(%.[^.]*)$") or ""):lower()
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

-- The name under which it failed: in failed/ it may have got a suffix.
local function original_name(report, name)
  local content = json.decode(host.read(report) or "")
  local file = type(content) == "table" and content.file
  if type(file) == "string" and not file:find("/") and not file:find("^%.") then return file end
  return name
end

-- The report goes last: until then it says what the name was.
local function restore(source, file)
  local sha256, err = host.hash(file.path)
  if not sha256 then return nil, err end
  local report = file.folder .. "/" .. receipt.file_name(file.name, REPORT)
  local target = source .. "/" .. original_name(report, file.name)
  local path, move_err = host.move(file.path, target, { sha256 = sha256 })
  if not path then return nil, move_err end
  local removed, remove_err = host.remove(report)
  if not removed then return nil, remove_err end
  host.log("info", i18n.t("retry.restored", { name = file.name }),
    { icon = "✅", file = file.name })
  return path
end

local function reset_item(app, flow, sha256)
  app.journal:write { [[UPDATE item SET failures = 0, wait_until = NULL, error = NULL,
      state = 'active', created = ?, updated = ?
      WHERE workflow = ? AND account = ? AND sha256 = ? AND state IN ('failed', 'deferred')]],
    host.now(), host.now(), flow.name, app.cfg.IG_USER_ID, sha256 }
end

local function reset(app, flow, source, file)
  local path, err = file.path, nil
  if file.place == "failed" then path, err = restore(source, file) end
  if not path then return nil, err end
  local sha256, hash_err = host.hash(path)
  if not sha256 then return nil, hash_err end
  reset_item(app, flow, sha256)
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
