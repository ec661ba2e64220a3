-- commands/run.lua - one pass over the folder; with --dry-run, what it would do.
local apps = require "app"
local session = require "session"

return function(app, options)
  if options.dry_run then return require "commands.preview" (app, options) end
  local flow, err = apps.load(app, options.workflow)
  if not flow then
    return session.give_up(options, err, app)
  end
  local object, not_started = session.run(app, flow)
  session.print_result(options, object)
  if not_started then return 2 end
  return object.success and 0 or 1
end
