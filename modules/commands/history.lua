-- commands/history.lua - what was done, newest first; or the journal filled from the receipts.
local apps = require "app"
local json = require "json"
local session = require "session"

local ORDER = { "items", "file", "state", "media_id", "permalink", "error", "workflow", "account",
  "sha256", "updated" }

local function public(row)
  return { file = json.repair(row.name), path = json.repair(row.path), state = row.state,
    media_id = row.media_id or json.null, permalink = row.permalink or json.null,
    error = row.error and json.decode(row.error) or json.null, workflow = row.workflow,
    account = row.account, sha256 = row.sha256, failures = row.failures,
    updated = os.date("!%Y-%m-%dT%H:%M:%SZ", math.floor(row.updated)) }
end

local function rebuild(app)
  if session.refuse(app, "run") then return 2 end
  local connected, err = apps.connect(app)
  if not connected then
    session.say_error(err, app.t)
    return 2
  end
  local source = app.cfg.AUTO_DOWNLOAD_DIR
  local counts = apps.rebuild(app, source)
  if counts.restored + counts.damaged == 0 then
    host.log("info", app.t("journal.no_receipts", { folder = source }))
  end
  return counts.damaged == 0 and 0 or 1
end

return function(app, options)
  if options.rebuild then return rebuild(app) end
  local opened, err = apps.look(app)
  if opened == nil and err then
    session.say_error(err, app.t)
    return 2
  end
  local rows = app.journal and app.journal:history { failed = options.failed } or {}
  local items = json.list()
  for i, row in ipairs(rows) do items[i] = public(row) end
  if options.json then
    io.stdout:write(json.encode({ items = items }, { order = ORDER, indent = 2 }), "\n")
    return 0
  end
  for _, item in ipairs(items) do
    local tail = item.permalink ~= json.null and item.permalink or item.error ~= json.null
      and item.error.message or item.media_id ~= json.null and item.media_id or ""
    print(("%s  %-10s %s  %s"):format(item.updated, item.state, item.file, tail))
  end
  return 0
end
