-- archive.lua - originals move to a folder beside them, sidecars with the last medium of a stem.
local i18n = require "i18n"
local items = require "item"

local M = {}

local function parent(path)
  return path:match("^(.*)/[^/]*$")
end

-- No other medium of the stem is left in the folder.
local function is_last_of_stem(app, item, names)
  for _, name in ipairs(names) do
    local stem, extension = name:match("^(.+)(%.[^.]*)$")
    if stem == item.stem and name ~= item.name and app.extensions[extension:lower()] then
      return false
    end
  end
  return true
end

local function move_sidecars(app, item, source, target)
  local names = item.sidecar and item.sidecar.files or {}
  if #names == 0 then return true end
  local present, err = host.list(source)
  if not present then return nil, err end
  if not is_last_of_stem(app, item, present) then return true end
  for _, name in ipairs(names) do
    local moved, move_err = host.move(source .. "/" .. name, target .. "/" .. name)
    if not moved and move_err.code ~= "ENOENT" then return nil, move_err end
  end
  return true
end

-- After a crash between the move and its record: the file stands in the archive already.
local function find_moved(item, target)
  local path = target .. "/" .. item.name
  return host.hash(path) == item.sha256 and path or nil
end

---@param item table
---@param name string of the folder, beside the original
---@return { archived: string }|nil, Error?
function M.move(item, name)
  local app = items.context(item).app
  local source = parent(item.path)
  local target = source .. "/" .. name
  local sides, side_err = move_sidecars(app, item, source, target)
  if not sides then return nil, side_err end
  local path, err = host.move(item.path, target .. "/" .. item.name, { sha256 = item.sha256 })
  if not path and err.code == "ENOENT" then path = find_moved(item, target) end
  if not path then return nil, err end
  local text = name == "processed" and "log.archived" or "log.moved"
  host.log("info", i18n.t(text, { name = item.name, folder = name }),
    { icon = "✅", file = item.name })
  return { archived = path }
end

return M
