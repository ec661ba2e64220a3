-- archive.lua - originals move to a folder beside them, with a receipt; sidecars go with the last
-- medium of their stem. What failed too often moves to failed/ with the reason.
local errors = require "errors"
local i18n = require "i18n"
local instagram = require "instagram"
local items = require "item"
local json = require "json"
local mutex = require "mutex"
local receipt = require "receipt"
local underway = require "underway"

local M = {}

local held = {}  -- stems whose files are being moved: the last medium must see the others gone

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

-- The first of the item's names in the archive, suffixes included, that `fits`.
local function name_that(item, fits)
  if fits(item.name) then return item.name end
  for number = 2, 9999 do
    local name = ("%s-%d%s"):format(item.stem, number, item.name:sub(#item.stem + 1))
    local yes, stop = fits(name)
    if yes then return name end
    if stop then return nil end
  end
end

-- The name under which the file will lie in the archive, as host.move will choose it. Nobody else
-- moves into it meanwhile: the folder is locked by the run.
local function planned_name(item, target)
  return name_that(item, function(name) return not host.stat(target .. "/" .. name) end)
    or item.name
end

-- The name under which it lies there since a run that was cut off before it could note so.
local function archived_name(item, target)
  return name_that(item, function(name)
    local sha256 = host.hash(target .. "/" .. name)
    return sha256 == item.sha256, not sha256
  end)
end

-- It is nowhere any more. Its receipt still is what a lost journal is rebuilt from, and takes the
-- place of no other file's.
local function vanished(item, target, post)
  local name = name_that(item, function(name)
    local known = json.decode(host.read(receipt.path(target, name)) or "")
    if type(known) == "table" then return known.sha256 == item.sha256 end
    return not host.stat(target .. "/" .. name)
  end)
  local written, err = receipt.write(item, target, name or item.name, post)
  if not written then return nil, err end
  return nil, errors.new { kind = "io", op = "move", code = "ENOENT", retryable = false,
    message = i18n.t("archive.vanished", { name = item.name, path = item.path }),
    next_action = i18n.t("action.archive.vanished") }
end

-- A medium in the archive always has its receipt, so that is written first.
local function move_medium(item, target, post)
  local present = host.stat(item.path)
  local name = present and planned_name(item, target) or archived_name(item, target)
  if not name then return vanished(item, target, post) end
  local written, err = receipt.write(item, target, name, post)
  if not written then return nil, err end
  local path, move_err = host.move(item.path, target .. "/" .. item.name, { sha256 = item.sha256 })
  if not path then return nil, move_err end
  local actual = path:match("[^/]*$")
  if actual ~= name then
    host.move(written, receipt.path(target, actual))
  end
  return path
end

---@param item table
---@param name string of the folder, beside the original
---@return { archived: string }|nil, Error?
function M.move(item, name)
  local context = items.context(item)
  if context.archived then return { archived = context.archived } end
  local app = context.app
  local source = parent(item.path)
  local target = source .. "/" .. name
  local post = app.journal:post(item.account, instagram.post_kind(item), item.sha256)
  if post and post.state ~= "live" then post = nil end
  local _ <close> = mutex.hold(held, source .. "\0" .. item.stem)
  local sides, side_err = move_sidecars(app, item, source, target)
  if not sides then return nil, side_err end
  local path, err = move_medium(item, target, post)
  if not path then return nil, err end
  underway.drop(item, instagram.post_kind(item))
  local text = name == "processed" and "log.archived" or "log.moved"
  host.log("info", i18n.t(text, { name = item.name, folder = name }),
    { icon = "✅", file = item.name })
  return { archived = path }
end

---Moves a file that failed too often to failed/, with NAME.error.json beside it.
---@return true|nil, Error?
function M.give_up(item, err)
  local target = parent(item.path) .. "/failed"
  local path, move_err = host.move(item.path, target .. "/" .. item.name, { sha256 = item.sha256 })
  if not path then return nil, move_err end
  local name = receipt.file_name(path:match("[^/]*$"), ".error.json")
  local public = errors.public(err)
  public.file, public.sha256, public.time = item.name, item.sha256, host.now()
  local written, write_err = host.write(target .. "/" .. name,
    json.encode(public, { indent = 2 }) .. "\n")
  if not written then return nil, write_err end
  host.log("warn", i18n.t("log.given_up", { name = item.name }), { file = item.name })
  return true
end

return M
