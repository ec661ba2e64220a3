-- commands/status.lua - configuration, folder, files ready, token.
local apps = require "app"
local session = require "session"
local status = require "status"

local function show(t, object)
  local settings, found = object.configuration, object.source_analysis
  print(t("status.folder", { folder = tostring(settings.source_directory),
    exists = settings.source_exists and t("status.yes") or t("status.no") }))
  print(t("status.server", { server = settings.ftp_server }))
  print(t("status.files", { ready = found.files_count, size = found.total_size_mb,
    ignored = found.files_ignored, deferred = found.files_deferred,
    uncertain = found.files_uncertain }))
  for _, file in ipairs(found.files_ready) do
    print(("  %s  %.2f MB"):format(file.filename, file.size_mb))
  end
  print(t("status.sandbox", { sandbox = settings.sandbox }))
  print(t("status.heif", { state = settings.heif }))
  local token = object.token
  print(t("status.token", { state = not token.checked and t("status.unknown")
    or token.valid and t("status.valid") or t("status.invalid") }))
  if math.type(object.quota.total) then
    print(t("status.quota", { used = object.quota.used, total = object.quota.total }))
  end
  for _, problem in ipairs(settings.problems) do
    print("  ❌ " .. problem.message .. (problem.next_action and " — " .. problem.next_action or ""))
  end
  print(object.ready_to_process and t("status.ready") or t("status.not_ready"))
end

return function(app, options)
  local flow, err = apps.load(app, "poster_media")
  if not flow then
    return session.give_up(options, err, app)
  end
  apps.look(app)
  local object = status.of(app)
  if options.json then
    io.stdout:write(status.encode(object), "\n")
  else
    show(app.t, object)
  end
  return object.configuration.config_valid and 0 or 2
end
