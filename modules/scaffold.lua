-- scaffold.lua - commented starting points for scripts of one's own: what `affiche new` writes.
local i18n = require "i18n"

local M = {}

local STEP = [==[
-- NAME.lua: a step of your own. Put "NAME" into `steps` of a workflow, where it should run.
--
-- It is called once for each file. `item` has, among others:
--   item.name, item.stem, item.path, item.kind ("image" or "video"), item.width, item.height
--   item.file      what is uploaded: the original, until a step returns another `file`
--   item.caption, item.url, item.media_id, item.permalink    once the steps before have run
-- The table that you return is kept and joins the item: later steps see its fields. A step that has
-- finished does not run again for the same file.

return {
  -- Which files it is for. Leave it out for all.
  when = function(item)
    return item.kind == "image"
  end,

  -- The work. All of `host` is here: host.read, host.write, host.exec, host.http, host.convert, …
  -- A call that fails returns nil and an error; `assert` ends this file with it, and no other.
  run = function(item)
    host.log("info", "NAME: " .. item.name .. ", " .. item.size .. " bytes")
    return { NAME_IN_LUA_done = true }
  end,

  -- What may work a moment later is tried again: three times, after 2 s and 4 s.
  retry = { attempts = 3, first = 2, factor = 2, max = 60 },

  -- Seconds after which it is given up.
  timeout = 300,
}
]==]

local WORKFLOW = [==[
-- NAME.lua: a workflow of your own. Look first, then run it:
--   affiche preview NAME
--   affiche run NAME
return workflow {
  name   = "NAME",

  -- Where the files are. A text such as "/srv/stories" names another folder than that of .env.
  folder = env.AUTO_DOWNLOAD_DIR,

  -- Which of them are published. `require "filters"` takes the rules of filters.lua instead.
  accept = function(item)
    if item.kind == "video" then return false, "only pictures here" end
    return true
  end,

  -- Order on the feed: "name", or "age" (oldest first).
  order  = "name",

  -- What is done with each file, in this order: the names of files in the folder steps/, or a step
  -- written right here, such as { name = "say", run = function(item) … end }.
  steps  = { "prepare", "upload", "publish", "archive" },
}
]==]

local KINDS = {
  step = { folder = "/steps", text = STEP },
  workflow = { folder = "", text = WORKFLOW },
}

-- Rules are no workflows, though they lie in the same folder.
local RESERVED = { captions = true, filters = true, formats = true, pacing = true }

local function refuse(key, words, fields)
  local err = { kind = "format", op = "new", message = i18n.t(key, words),
    next_action = i18n.t("action." .. key, words) }
  for name, value in pairs(fields or {}) do err[name] = value end
  return nil, host.error(err)
end

local function check_name(kind, name)
  if not name:find("^%a[%w_-]*$") or #name > 64 then
    return refuse("new.name", { name = name })
  end
  local shipped = host.info().root .. "/scripts" .. KINDS[kind].folder .. "/" .. name .. ".lua"
  if kind == "workflow" and RESERVED[name] or host.stat(shipped) then
    return refuse("new.shipped", { name = name, path = shipped })
  end
  return true
end

---Writes a starting point. Its path; or nil and an Error, among others when the name is taken.
---@param kind "step"|"workflow"
---@param name string
---@param folder string of the user's scripts; made when missing
---@return string|nil path, Error?
function M.write(kind, name, folder)
  local fine, err = check_name(kind, name)
  if not fine then return nil, err end
  local inside = folder .. KINDS[kind].folder
  local made, make_err = host.mkdir(inside)
  if not made then return nil, make_err end
  local path = inside .. "/" .. name .. ".lua"
  local text = KINDS[kind].text:gsub("NAME_IN_LUA", (name:gsub("-", "_"))):gsub("NAME", name)
  local written, write_err = host.write(path, text, { replace = false })
  if not written and write_err.code == "EEXIST" then
    return refuse("new.exists", { path = path }, { code = "EEXIST", path = path })
  end
  if not written then return nil, write_err end
  return path
end

return M
