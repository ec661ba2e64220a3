-- commands/history.lua - what was done, newest first.
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

return function(app, options)
  local opened, err = apps.look(app)
  if opened == nil and err then
    return session.give_up(options, err, app)
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
