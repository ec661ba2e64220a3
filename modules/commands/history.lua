-- commands/history.lua - what was done, newest first; or the journal filled from the receipts.
local apps = require "app"
local history = require "history"
local json = require "json"
local session = require "session"

local function rebuild(app, options)
  if session.refuse(app, "run", options) then return 2 end
  local connected, err = apps.connect(app)
  if not connected then return session.give_up(options, err, app) end
  local source = app.cfg.AUTO_DOWNLOAD_DIR
  local counts = apps.rebuild(app, source)
  if counts.restored + counts.damaged == 0 then
    host.log("info", app.t("journal.no_receipts", { folder = source }))
  end
  if options.json then print(json.encode(counts)) end
  return counts.damaged == 0 and 0 or 1
end

return function(app, options)
  if session.refuse(app, "history", options) then return 2 end
  if options.rebuild then return rebuild(app, options) end
  local opened, err = apps.look(app)
  if opened == nil and err then return session.give_up(options, err, app) end
  local items = history.items(app.journal, { state = options.failed and "failed" or nil })
  if options.json then
    io.stdout:write(json.encode({ items = items }, { order = history.ORDER, indent = 2 }), "\n")
    return 0
  end
  for _, item in ipairs(items) do
    local tail = item.permalink ~= json.null and item.permalink or item.error ~= json.null
      and item.error.message or item.media_id ~= json.null and item.media_id or ""
    print(("%s  %-10s %s  %s"):format(item.updated, item.state, item.file, tail))
  end
  return 0
end
