-- receipt.lua - what was done to each archived file, beside the archive: processed/.receipts/.
-- The journal is rebuilt from them when it is lost, so that nothing is ever posted again.
local errors = require "errors"
local items = require "item"
local json = require "json"

local M = {}

local FOLDER, SUFFIX = ".receipts", ".json"
local NAME_BYTES, HASH_DIGITS = 255, 12
local VERSION = 1

local ORDER = { "version", "name", "state", "sha256", "size", "kind", "account", "post_kind",
  "workflow", "container", "media_id", "permalink", "published", "caption", "steps" }

---`name` with a suffix, cut and given a hash where that is too long for a file name.
---@param name string
---@param suffix string
function M.file_name(name, suffix)
  if #name + #suffix <= NAME_BYTES then return name .. suffix end
  local kept = NAME_BYTES - #suffix - HASH_DIGITS - 1
  -- Not in the middle of a character.
  while kept > 0 and (name:byte(kept + 1) or 0) & 0xC0 == 0x80 do kept = kept - 1 end
  return ("%s-%s%s"):format(name:sub(1, kept), host.digest(name):sub(1, HASH_DIGITS), suffix)
end

---@param archive string the folder that holds the archived files
---@param name string
function M.path(archive, name)
  return ("%s/%s/%s"):format(archive, FOLDER, M.file_name(name, SUFFIX))
end

local function steps_of(context)
  local list = json.list()
  if not context.id then return list end
  for name, step in pairs(context.app.journal:steps(context.id)) do
    list[#list + 1] = { name = name, started = step.started, finished = step.finished,
      result = step.result }
  end
  table.sort(list, function(a, b) return a.started < b.started end)
  return list
end

local function content(item, post)
  local context = items.context(item)
  return {
    version = VERSION, program = host.info().version, name = item.name,
    state = context.duplicate and "duplicate" or post and "published" or "archived",
    sha256 = item.sha256, size = item.size, kind = item.kind or json.null,
    account = item.account, post_kind = post and post.post_kind or json.null,
    workflow = context.flow.name, container = post and post.container or json.null,
    media_id = post and post.media_id or json.null,
    permalink = post and post.permalink or json.null,
    published = post and post.published or json.null,
    caption = post and post.caption or item.caption or json.null, steps = steps_of(context),
  }
end

---Writes the receipt of an item that will lie in `archive` as `name`.
---@param item table
---@param post table|nil the claim
---@return true|nil, Error?
function M.write(item, archive, name, post)
  local made, err = host.mkdir(archive .. "/" .. FOLDER)
  if not made then return nil, err end
  local text = json.encode(content(item, post), { order = ORDER, indent = 2 })
  return host.write(M.path(archive, name), host.redact(text) .. "\n")
end

local function text(value)
  return type(value) == "string" and value or nil
end

local function number(value)
  return type(value) == "number" and value or nil
end

-- The rows that a receipt stands for; damaged ones are passed over, and counted.
local function statements(receipt, path)
  local sha256, account = text(receipt.sha256), text(receipt.account)
  if not sha256 or not account then return nil end
  local now, name = host.now(), text(receipt.name) or path
  local list = { { [[INSERT OR IGNORE INTO item (workflow, account, sha256, name, path, kind, size,
      state, done, created, updated) VALUES (?, ?, ?, ?, ?, ?, ?, 'published', 1, ?, ?)]],
    text(receipt.workflow) or "poster_media", account, sha256, name, path, text(receipt.kind),
    number(receipt.size), now, number(receipt.published) or now } }
  if text(receipt.post_kind) then
    list[2] = { [[INSERT OR IGNORE INTO post (account, post_kind, sha256, name, state, container,
        media_id, permalink, published, caption, sends)
        VALUES (?, ?, ?, ?, 'live', ?, ?, ?, ?, ?, 1)]],
      account, receipt.post_kind, sha256, name, text(receipt.container), text(receipt.media_id),
      text(receipt.permalink), number(receipt.published), text(receipt.caption) }
    -- A journal that knows less: the receipt was written once the post was live.
    list[3] = { [[UPDATE OR IGNORE post SET state = 'live', media_id = coalesce(?, media_id),
        permalink = coalesce(?, permalink), published = coalesce(?, published)
        WHERE account = ? AND post_kind = ? AND sha256 = ? AND state <> 'live']],
      text(receipt.media_id), text(receipt.permalink), number(receipt.published), account,
      receipt.post_kind, sha256 }
  end
  return list
end

local function restore(journal, folder, name)
  local content_text = host.read(folder .. "/" .. name)
  local receipt = content_text and json.decode(content_text)
  local list = type(receipt) == "table" and statements(receipt, folder .. "/" .. name)
  if not list then return false end
  local written, err = journal.store:write(list)
  if not written then error(errors.of(err), 0) end
  return true
end

-- Every folder of receipts beside the media: a step may archive under another name.
local function archives_in(source)
  local names, found = host.list(source) or {}, {}
  host.map(names, { concurrency = 32 }, function(name)
    local folder = ("%s/%s/%s"):format(source, name, FOLDER)
    local stat = host.stat(folder)
    if stat and stat.type == "folder" then found[#found + 1] = folder end
  end)
  return found
end

---Fills a journal from the receipts of a media folder.
---@return { restored: integer, damaged: integer }
function M.rebuild(journal, source)
  local counts = { restored = 0, damaged = 0 }
  for _, folder in ipairs(archives_in(source)) do
    local names = {}
    for _, name in ipairs(host.list(folder) or {}) do
      if name:sub(-#SUFFIX) == SUFFIX then names[#names + 1] = name end
    end
    host.map(names, { concurrency = 32 }, function(name)
      local key = restore(journal, folder, name) and "restored" or "damaged"
      counts[key] = counts[key] + 1
    end)
  end
  return counts
end

return M
