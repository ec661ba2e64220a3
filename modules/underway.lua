-- underway.lua - a post that may have been sent and whose file is not archived yet, written down
-- beside that file: .receipts/KEY.json in the media folder. The journal knows it all, and better;
-- this is for the day on which the journal is lost, when such a file would look like a new one.
local i18n = require "i18n"
local json = require "json"
local receipt = require "receipt"

local M = {}

local function parent(path)
  return path:match("^(.*)/[^/]*$")
end

-- By the claim, not by the name: another file may get that name meanwhile.
local function path_of(item, post_kind)
  local key = host.digest(table.concat({ item.account or "", post_kind, item.sha256 }, "\0"))
  return ("%s/%s.json"):format(receipt.folder(parent(item.path)), key:sub(1, 24))
end

---From here on the post may be sent, or it is live. A folder that cannot be written to is no
---obstacle: the journal stands.
---@param item table
---@param post table the claim
function M.keep(item, post)
  local written, err = host.mkdir(receipt.folder(parent(item.path)))
  if written then
    written, err = host.write(path_of(item, post.post_kind), receipt.text(item, post))
  end
  if not written then
    host.log("warn", i18n.t("log.not_noted", { name = item.name, reason = err.message }),
      { file = item.name })
  end
end

---Certain that nothing went out, or the file has its receipt in the archive.
---@param item table
---@param post_kind string
function M.drop(item, post_kind)
  local removed, err = host.remove(path_of(item, post_kind))
  if not removed then host.log("warn", err.message, { file = item.name }) end
end

-- Of use for as long as the journal, too, has the claim as sent or live: until the file is gone
-- when the item is done, and for ever in a workflow that archives nothing.
local function is_needed(journal, note, source)
  local post = journal:post(note.account, note.post_kind, note.sha256)
  if not post or post.state ~= "sent" and post.state ~= "live" then return false end
  local row = journal:find_item(note.workflow, note.account, note.sha256)
  return not row or row.done == 0 or host.stat(source .. "/" .. note.name) ~= nil
end

---At the start of a run: what a killed one did not come to remove.
---@param journal table
---@param source string the media folder
function M.sweep(journal, source)
  local folder = receipt.folder(source)
  for _, name in ipairs(host.list(folder) or {}) do
    local note = json.decode(host.read(folder .. "/" .. name) or "")
    if receipt.is_whole(note) and not is_needed(journal, note, source) then
      host.remove(folder .. "/" .. name)
    end
  end
end

---At the end of a run: an empty folder is nothing that a user should find.
---@param source string the media folder
function M.tidy(source)
  local folder = receipt.folder(source)
  local stat = host.stat(folder)
  if stat and stat.type == "folder" then host.remove(folder) end  -- refused unless it is empty
end

return M
