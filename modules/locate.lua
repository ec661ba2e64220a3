-- locate.lua - which file, and which items of the journal, a person means by a name or a path.
local M = {}

---The folder part of a path, or nil for a plain name.
---@param path string
function M.parent(path)
  local folder = path:match("^(.*)/[^/]*$")
  return folder == "" and "/" or folder
end

---@param path string
function M.base(path)
  return path:match("[^/]+$") or path
end

local function same_folder(a, b)
  local one, other = host.stat(a .. "/."), host.stat(b .. "/.")
  return one ~= nil and other ~= nil and one.device == other.device and one.inode == other.inode
end

-- Where a run takes files from and where it puts them.
local PLACES = {
  { name = "folder", suffix = "" },
  { name = "failed", suffix = "/failed" },
  { name = "processed", suffix = "/processed" },
}

local function place_of(source, folder)
  for _, place in ipairs(PLACES) do
    if same_folder(folder, source .. place.suffix) then return place.name end
  end
  return "elsewhere"
end

---@class Located
---@field name string
---@field path string
---@field folder string
---@field place "folder"|"failed"|"processed"|"elsewhere"

---The file that is meant: a path as it stands, or a name in the folder, in failed/ or processed/.
---Nil when there is none.
---@param source string the folder of the workflow
---@param wanted string
---@return Located|nil
function M.file(source, wanted)
  local name = M.base(wanted)
  local folder = M.parent(wanted)
  if folder and host.stat(wanted) then
    return { name = name, path = wanted, folder = folder, place = place_of(source, folder) }
  end
  -- As somebody who looks at the folder would write it.
  if folder and wanted:sub(1, 1) ~= "/" and host.stat(source .. "/" .. wanted) then
    return M.file(source, source .. "/" .. wanted)
  end
  for _, place in ipairs(PLACES) do
    local inside = source .. place.suffix
    local path = inside .. "/" .. name
    if (not folder or same_folder(folder, inside)) and host.stat(path) then
      return { name = name, path = path, folder = inside, place = place.name }
    end
  end
  return nil
end

local function of_account(rows, account)
  local kept = {}
  for _, row in ipairs(rows) do
    if not account or row.account == account then kept[#kept + 1] = row end
  end
  return kept
end

---The items of the journal under that name or path, newest first, whatever lies there today.
---@param app table connected
---@param wanted string
---@return table[] rows
function M.named(app, wanted)
  local rows = of_account(app.journal:rows(
    "SELECT * FROM item WHERE name = ? ORDER BY updated DESC, id DESC", M.base(wanted)),
    app.cfg.IG_USER_ID)
  local exact = {}
  for _, row in ipairs(rows) do
    if row.path == wanted then exact[#exact + 1] = row end
  end
  return exact[1] and exact or rows
end

---The items of the journal that are meant, newest first: by content when the file is there and its
---content is known, else by name.
---@param app table connected
---@param wanted string
---@param file Located|nil
---@return table[] rows
function M.items(app, wanted, file)
  local journal, account = app.journal, app.cfg.IG_USER_ID
  local sha256 = file and host.hash(file.path)
  if sha256 then
    local rows = of_account(journal:rows(
      "SELECT * FROM item WHERE sha256 = ? ORDER BY updated DESC, id DESC", sha256), account)
    if rows[1] then return rows end
  end
  return M.named(app, wanted)
end

return M
