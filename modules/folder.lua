-- folder.lua - what lies in the folder: media, their sidecars, and what is passed over.
local i18n = require "i18n"
local json = require "json"

local M = {}

local LOOK_EVERY, LOOK_FOR = 0.1, 3  -- seconds between two looks, and for a file that still grows

local function extension_of(name)
  return (name:match("^.+(%.[^.]*)$") or ""):lower()
end

local function stem_of(name)
  return name:match("^(.+)%.[^.]*$") or name
end

---The extensions that make a file a candidate, each with its entry in formats.lua.
---@param formats table
function M.extensions(formats)
  local map = {}
  for format, entry in pairs(formats) do
    for _, extension in ipairs(type(entry) == "table" and entry.extensions or {}) do
      map[extension:lower()] = format
    end
  end
  return map
end

local function any_growing(entries)
  for _, entry in ipairs(entries) do
    if entry.growing then return true end
  end
  return false
end

---Two looks, and more for up to 3 s while a file grows.
---@return Entry[]|nil entries, table skipped_or_err
function M.look(folder, order)
  local entries, skipped = host.scan(folder, { order = order })
  if not entries then return nil, skipped end
  local deadline = host.now("monotonic") + LOOK_FOR
  repeat
    host.sleep(LOOK_EVERY)
    entries, skipped = host.scan(folder, { order = order, previous = entries })
    if not entries then return nil, skipped end
  until not any_growing(entries) or host.now("monotonic") >= deadline
  return entries, skipped
end

-- Without what is only space at its end. Not by a pattern: that would be slow on a hostile file.
local function trimmed(text)
  local last = text:reverse():find("%S")
  return last and text:sub(1, #text - last + 1) or ""
end

local function read_sidecar(entry)
  local text, err = host.read(entry.path, { max = 1 << 20 })
  if not text then return nil, err end
  text = text:gsub("^\xEF\xBB\xBF", "")
  if extension_of(entry.name) == ".txt" then
    return { text = trimmed(text:gsub("\r\n", "\n")) }
  end
  local value, message = json.decode(text)
  if type(value) ~= "table" or json.is_list(value) then
    local why = message or i18n.t("sidecar.no_object")
    return nil, host.error { kind = "format", op = "sidecar", path = entry.path,
      message = i18n.t("sidecar.json", { name = entry.name, reason = why }),
      next_action = i18n.t("action.sidecar.json", { name = entry.name }) }
  end
  return { fields = value, text = type(value.caption) == "string" and value.caption or nil }
end

-- A file that cannot even be opened is found all the same; what is done with it says why not.
local function with_unreadable(entries, skipped, folder)
  local all = table.move(entries, 1, #entries, 1, {})
  for _, passed in ipairs(skipped) do
    local path = folder .. "/" .. passed.name
    local stat = passed.reason == "unreadable" and host.stat(path)
    if stat and stat.type == "file" then
      all[#all + 1] = { name = passed.name, path = path, size = stat.size, mtime = stat.mtime,
        growing = false }
    end
  end
  return all
end

---Sorts what was found into media and the rest.
---@param folder string
---@param entries Entry[]
---@param skipped Skipped[]
---@param formats table
---@return table { media = {…}, ignored = n, sidecars = { [stem] = Entry[] }, found = n }
function M.sort(folder, entries, skipped, formats)
  entries = with_unreadable(entries, skipped, folder)
  local extensions = M.extensions(formats)
  local found = { media = {}, others = {}, sidecars = {}, found = 0 }
  local stems = {}
  for _, entry in ipairs(entries) do
    entry.ext, entry.stem = extension_of(entry.name), stem_of(entry.name)
    if extensions[entry.ext] then
      stems[entry.stem] = true
      found.media[#found.media + 1] = entry
    end
  end
  for _, entry in ipairs(entries) do
    local is_sidecar = (entry.ext == ".txt" or entry.ext == ".json") and stems[entry.stem]
    if is_sidecar then
      local list = found.sidecars[entry.stem] or {}
      found.sidecars[entry.stem] = list
      list[#list + 1] = entry
    elseif not extensions[entry.ext] then
      found.others[#found.others + 1] = entry
    end
  end
  local partial = 0
  for _, passed in ipairs(skipped) do
    if passed.reason == "partial" then partial = partial + 1 end
  end
  found.ignored = #found.others + partial
  found.found = #found.media + found.ignored
  return found
end

---Leaves only the media of these names; nothing else was asked about, so nothing else is counted.
---@param found table from `sort`
---@param names table<string, boolean>
function M.restrict(found, names)
  local media = {}
  for _, entry in ipairs(found.media) do
    if names[entry.name] then media[#media + 1] = entry end
  end
  found.media, found.others, found.ignored, found.found = media, {}, 0, #media
  found.only = names
end

---Text and fields of the sidecars of a stem, or nil and an Error. `.txt` gives the caption.
---@param list Entry[]|nil
function M.sidecar(list)
  local merged = nil
  for _, entry in ipairs(list or {}) do
    local content, err = read_sidecar(entry)
    if not content then return nil, err end
    merged = merged or { files = {} }
    merged.files[#merged.files + 1] = entry.name
    merged.fields = content.fields or merged.fields
    if extension_of(entry.name) == ".txt" or not merged.text then
      merged.text = content.text or merged.text
    end
  end
  return merged or false
end

return M
