-- folder.lua - what lies in the folder: media, their sidecars, and what is passed over.
local i18n = require "i18n"
local json = require "json"

local M = {}

local LOOK_EVERY, LOOK_FOR = 0.1, 3  -- seconds between two looks, and for a file that still grows

---With its dot, in small letters; "" when there is none.
---@param name string
function M.extension(name)
  return (name:match("^.+(%.[^.]*)$") or ""):lower()
end

---@param name string
function M.stem(name)
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
  if M.extension(entry.name) == ".txt" then
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
local function add_unreadable(entries, skipped, folder)
  for _, passed in ipairs(skipped) do
    local path = folder .. "/" .. passed.name
    local stat = passed.reason == "unreadable" and host.stat(path)
    if stat and stat.type == "file" then
      entries[#entries + 1] = { name = passed.name, path = path, size = stat.size,
        mtime = stat.mtime, growing = false }
    end
  end
end

---Sorts what was found into media and the rest.
---@param folder string
---@param entries Entry[]
---@param skipped Skipped[]
---@param formats table
---@return table { media = {…}, ignored = n, sidecars = { [stem] = Entry[] }, found = n }
function M.sort(folder, entries, skipped, formats)
  add_unreadable(entries, skipped, folder)
  local extensions = M.extensions(formats)
  local found = { media = {}, others = {}, sidecars = {}, found = 0 }
  local stems = {}
  for _, entry in ipairs(entries) do
    if extensions[M.extension(entry.name)] then
      stems[M.stem(entry.name)] = true
      found.media[#found.media + 1] = entry
    end
  end
  for _, entry in ipairs(entries) do
    local extension, stem = M.extension(entry.name), M.stem(entry.name)
    local is_sidecar = (extension == ".txt" or extension == ".json") and stems[stem]
    if is_sidecar then
      local list = found.sidecars[stem] or {}
      found.sidecars[stem] = list
      list[#list + 1] = entry
    elseif not extensions[extension] then
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
    if M.extension(entry.name) == ".txt" or not merged.text then
      merged.text = content.text or merged.text
    end
  end
  return merged or false
end

return M
