-- receipt.lua - what was done to each archived file, beside the archive: processed/.receipts/; and
-- what is being done to one that is not archived yet (underway.lua): .receipts/ beside the media.
-- The journal is rebuilt from them when it is lost, so that nothing is ever posted again.
local errors = require "errors"
local items = require "item"
local json = require "json"

local M = {}

local FOLDER, SUFFIX = ".receipts", ".json"
local NAME_BYTES, HASH_DIGITS = 255, 12
local VERSION = 1

local ORDER = { "version", "name", "state", "sha256", "size", "kind", "account", "post_kind",
  "workflow", "container", "media_id", "permalink", "published", "created", "sent", "sends",
  "fingerprint", "caption", "steps" }

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

---@param folder string that holds media
function M.folder(folder)
  return folder .. "/" .. FOLDER
end

---@param archive string the folder that holds the archived files
---@param name string
function M.path(archive, name)
  return ("%s/%s"):format(M.folder(archive), M.file_name(name, SUFFIX))
end

local function parsed(path)
  local content = host.read(path)
  return content and json.decode(content)
end

-- An older file of this name may have been taken out of the archive. Its receipt stays.
local function free_path(archive, name, sha256)
  local path = M.path(archive, name)
  local other = parsed(path)
  if type(other) ~= "table" or other.sha256 == sha256 then return path end
  local suffix = "-" .. sha256:sub(1, HASH_DIGITS) .. SUFFIX
  return ("%s/%s"):format(M.folder(archive), M.file_name(name, suffix))
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

local function state_of(context, post)
  if context.duplicate then return "duplicate" end
  if not post then return "archived" end
  return post.state == "live" and "published" or "sent"
end

local function content(item, post)
  local context = items.context(item)
  return {
    version = VERSION, program = host.info().version, name = item.name,
    state = state_of(context, post),
    sha256 = item.sha256, size = item.size, kind = item.kind or json.null,
    account = item.account, post_kind = post and post.post_kind or json.null,
    workflow = context.flow.name, container = post and post.container or json.null,
    media_id = post and post.media_id or json.null,
    permalink = post and post.permalink or json.null,
    published = post and post.published or json.null,
    created = post and post.created or json.null, sent = post and post.sent or json.null,
    sends = post and post.sends or json.null, fingerprint = post and post.fingerprint or json.null,
    caption = post and post.caption or item.caption or json.null, steps = steps_of(context),
  }
end

---The receipt of an item, as it stands in its file.
---@param item table
---@param post table|nil the claim
---@return string
function M.text(item, post)
  return host.redact(json.encode(content(item, post), { order = ORDER, indent = 2 })) .. "\n"
end

---Writes the receipt of an item that will lie in `archive` as `name`.
---@param item table
---@param post table|nil the claim
---@return string|nil path, Error?
function M.write(item, archive, name, post)
  local made, err = host.mkdir(M.folder(archive))
  if not made then return nil, err end
  local path = free_path(archive, name, item.sha256)
  local written, write_err = host.write(path, M.text(item, post))
  if not written then return nil, write_err end
  return path
end

local function text(value)
  return type(value) == "string" and value or nil
end

local function number(value)
  return type(value) == "number" and value or nil
end

---Whether a receipt says enough to be taken over.
function M.is_whole(receipt)
  return type(receipt) == "table" and text(receipt.sha256) ~= nil and text(receipt.account) ~= nil
end

-- The item: done with an archived file, on its way with one that still lies among the media.
local function item_statement(receipt, entry)
  local state = receipt.state == "sent" and "uncertain" or "published"
  return { [[INSERT OR IGNORE INTO item (workflow, account, sha256, name, path, kind, size,
      state, done, created, updated) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)]],
    entry.workflow, receipt.account, receipt.sha256, entry.name, entry.path, text(receipt.kind),
    number(receipt.size), state, entry.done and 1 or 0, host.now(),
    number(receipt.published) or host.now() }
end

-- A journal that knows less is set right: the receipt was written once the post was live, or just
-- before it was sent.
local function claim_statements(receipt, entry)
  local live, sent = receipt.state ~= "sent", number(receipt.sent) or host.now()
  local insert = { [[INSERT OR IGNORE INTO post (account, post_kind, sha256, name, state, container,
      fingerprint, media_id, permalink, published, caption, created, sent, sends)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)]],
    receipt.account, receipt.post_kind, receipt.sha256, entry.name, live and "live" or "sent",
    text(receipt.container), text(receipt.fingerprint), text(receipt.media_id),
    text(receipt.permalink), number(receipt.published), text(receipt.caption),
    number(receipt.created), sent, math.max(1, math.tointeger(number(receipt.sends)) or 1) }
  if live then
    return insert, { [[UPDATE OR IGNORE post SET state = 'live', media_id = coalesce(?, media_id),
        permalink = coalesce(?, permalink), published = coalesce(?, published)
        WHERE account = ? AND post_kind = ? AND sha256 = ? AND state <> 'live']],
      text(receipt.media_id), text(receipt.permalink), number(receipt.published), receipt.account,
      receipt.post_kind, receipt.sha256 }
  end
  return insert, { [[UPDATE post SET state = 'sent', container = ?, fingerprint = ?, caption = ?,
      created = ?, sent = ?, sends = 1
      WHERE account = ? AND post_kind = ? AND sha256 = ? AND state = 'new']],
    text(receipt.container), text(receipt.fingerprint), text(receipt.caption),
    number(receipt.created), sent, receipt.account, receipt.post_kind, receipt.sha256 }
end

-- What the steps of an item on its way had made: nothing before the publish runs again.
local function step_statement(receipt, entry, step)
  return { [[INSERT OR IGNORE INTO step (item, name, inputs, result, started, finished)
      SELECT id, ?, '', ?, ?, ? FROM item WHERE workflow = ? AND account = ? AND sha256 = ?]],
    step.name, json.encode(step.result), step.started, step.finished, entry.workflow,
    receipt.account, receipt.sha256 }
end

local function is_step(step)
  return type(step) == "table" and text(step.name) and type(step.result) == "table"
    and number(step.started) and number(step.finished)
end

-- The rows that a receipt stands for.
local function statements(receipt, entry)
  local list = { item_statement(receipt, entry) }
  if text(receipt.post_kind) then list[2], list[3] = claim_statements(receipt, entry) end
  local steps = not entry.done and type(receipt.steps) == "table" and receipt.steps or {}
  for _, step in ipairs(steps) do
    if is_step(step) then list[#list + 1] = step_statement(receipt, entry, step) end
  end
  return list
end

-- Takes over one receipt; false when it is damaged. `media`: the folder in which the files lie, if
-- they are on their way.
local function restore(journal, path, media)
  local receipt = parsed(path)
  if not M.is_whole(receipt) then return false end
  local name = text(receipt.name) or path
  local entry = { name = name, workflow = text(receipt.workflow) or "poster_media",
    path = media and media .. "/" .. name or path, done = not media }
  local written, err = journal.store:write(statements(receipt, entry))
  if not written then error(errors.of(err), 0) end
  return true
end

-- Every folder of receipts below the media: a step may archive under another name.
local function archives_in(source)
  local names, found = host.list(source) or {}, {}
  host.map(names, { concurrency = 32 }, function(name)
    local folder = M.folder(source .. "/" .. name)
    local stat = host.stat(folder)
    if stat and stat.type == "folder" then found[#found + 1] = folder end
  end)
  return found
end

local function restore_all(journal, folder, counts, media)
  local names = {}
  for _, name in ipairs(host.list(folder) or {}) do
    if name:sub(-#SUFFIX) == SUFFIX then names[#names + 1] = name end
  end
  host.map(names, { concurrency = 32 }, function(name)
    local key = restore(journal, folder .. "/" .. name, media) and "restored" or "damaged"
    counts[key] = counts[key] + 1
  end)
end

---Fills a journal from the receipts of a media folder: the archived files first, since what is
---known of them is the last word.
---@return { restored: integer, damaged: integer }
function M.rebuild(journal, source)
  local counts = { restored = 0, damaged = 0 }
  for _, folder in ipairs(archives_in(source)) do restore_all(journal, folder, counts) end
  restore_all(journal, M.folder(source), counts, source)
  return counts
end

return M
