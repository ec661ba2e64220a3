-- candidate.lua - which files of the folder are to be published, and what is known of each.
local animation = require "animation"
local folder = require "folder"
local i18n = require "i18n"
local instagram = require "instagram"
local items = require "item"
local script = require "script"

local M = {}

---Facts of a candidate: hash, probe, sidecar. The item, and an Error when it is no medium; or nil
---and an Error.
function M.make_item(app, flow, entry, sidecars)
  local sha256, size = host.hash(entry.path)
  if not sha256 then return nil, size end
  local facts, probe_err = host.probe(entry.path)
  local sidecar, sidecar_err = folder.sidecar(sidecars[folder.stem(entry.name)])
  local item = items.new({
    name = entry.name, stem = folder.stem(entry.name), ext = folder.extension(entry.name),
    path = entry.path, size = size, mtime = entry.mtime, sha256 = sha256,
    account = app.cfg.IG_USER_ID, sidecar = sidecar or nil,
    format = facts and facts.format or entry.format,
    kind = facts and animation.kind(app, flow, facts, sha256) or entry.kind,
    width = facts and facts.width, height = facts and facts.height,
    orientation = facts and facts.orientation, duration = facts and facts.duration,
    meta = facts and facts.meta or {},
  }, { app = app, flow = flow, results = {}, notes = {} })
  if not facts then return item, probe_err end
  return item, sidecar == nil and sidecar_err or nil
end

---true; false and the reason; or nil and an Error.
function M.accepted(flow, item)
  local yes, reason = script.call(flow.accept.accept, item)
  if yes == nil and type(reason) == "table" then return nil, reason end
  return yes and true or false, reason
end

---The content decides what a file is. True, or nil and an Error when it is no medium we know.
function M.check_extension(app, item)
  local extensions = app.extensions
  if item.format and extensions[item.ext] ~= item.format
    and app.policy.formats[item.format] then
    host.log("warn", i18n.t("log.other_format", { name = item.name, format = item.format }),
      { file = item.name })
  end
  if not item.format or not app.policy.formats[item.format] then
    return nil, host.error { kind = "format", op = "probe",
      message = i18n.t("error.no_medium", { name = item.name, format = item.format or "?" }) }
  end
  return true
end

---The earlier post when the content is live already, and this is not the file that is still on its
---way to the archive.
function M.duplicate_of(app, flow, item)
  local post = app.journal:post(item.account, instagram.post_kind(item), item.sha256)
  if not post or post.state ~= "live" then return nil end
  local row = app.journal:find_item(flow.name, item.account, item.sha256)
  if row and row.done == 0 and row.state ~= "duplicate" then
    local original_waits = row.path ~= item.path and host.stat(row.path) ~= nil
    if not original_waits then return nil end
  end
  return post
end

local QUIET, LOOK_EVERY = 1, 0.1  -- seconds

---Whether a file that seems damaged is only on its way: a copy may pause for longer than the time
---between two looks. One that was written just now is given a second to go on.
---@param entry Entry
---@param err Error what is wrong with it
---@return boolean
function M.still_arriving(entry, err)
  if err.kind ~= "format" and err.code ~= "ECHANGED" then return false end
  while true do
    local stat = host.stat(entry.path)
    if not stat then return false end
    if stat.size ~= entry.size or stat.mtime ~= entry.mtime then return true end
    local age = host.now() - stat.mtime
    if age < 0 or age >= QUIET then return false end
    host.sleep(LOOK_EVERY)
  end
end

---What is to become of one file: `{ item=, error=, ignored= }`. An ignored one has its reason, one
---with an error has failed already; without an item it could not even be looked at.
function M.judge(app, flow, entry, sidecars)
  local item, err = M.make_item(app, flow, entry, sidecars)
  if not item then return { error = err } end
  local yes, reason = M.accepted(flow, item)
  if yes == nil then return { item = item, error = reason } end
  if not yes then return { item = item, ignored = tostring(reason or "") } end
  if not err then
    local fine, why = M.check_extension(app, item)
    if not fine then err = why end
  end
  return { item = item, error = err }
end

---Items whose file has left the folder before their last step: archived before a crash, or by a
---workflow that archives early. A file that is just gone, with nothing sent, is none of them.
function M.leftovers(app, flow, found)
  local present, list = {}, {}
  for _, entry in ipairs(found.media) do present[entry.path] = true end
  for _, row in ipairs(app.journal:unfinished(flow.name, app.cfg.IG_USER_ID)) do
    local meant = not found.only or found.only[row.name]
    local record = app.journal:steps(row.id).archive
    local archived = record and record.result.archived
    if meant and not present[row.path] and (archived or not host.stat(row.path)) then
      local stem, ext = row.name:match("^(.+)(%.[^.]*)$")
      local facts = archived and host.probe(archived) or {}
      local item = items.new({ name = row.name, stem = stem or row.name, ext = ext or "",
        path = archived or row.path, size = row.size, sha256 = row.sha256, account = row.account,
        kind = row.kind, format = facts.format, width = facts.width, height = facts.height,
        meta = facts.meta or {} },
        { app = app, flow = flow, results = {}, notes = {}, archived = archived, left = true })
      local post = app.journal:post(row.account, instagram.post_kind(item), row.sha256)
      if archived or post and post.state ~= "new" then
        list[#list + 1] = { name = row.name, item = item }
      end
    end
  end
  return list
end

return M
