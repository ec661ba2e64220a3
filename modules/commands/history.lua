-- commands/history.lua - what was done, newest first; with --rebuild, first learned anew from the
-- receipts beside the archived files.
local apps = require "app"
local history = require "history"
local json = require "json"
local session = require "session"

-- Only who rebuilds makes a journal where none is.
local function open(app, options)
  if not options.rebuild then return apps.look(app) end
  if not app.cfg.AUTO_DOWNLOAD_DIR then
    session.refuse(app, "run", options)
    return false, nil, true
  end
  local connected, err = apps.connect(app)
  if not connected then return nil, err end
  local counts = apps.rebuild(app)
  if counts.restored + counts.damaged == 0 then
    host.log("info", app.t("journal.nothing_rebuilt"))
  end
  return true
end

return function(app, options)
  local opened, err, refused = open(app, options)
  if refused then return 2 end
  if opened == nil and err then
    return session.give_up(options, err, app)
  end
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
