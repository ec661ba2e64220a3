-- commands/retry.lua - failed files now: a new start for each, then one run of these files alone.
local apps = require "app"
local retry = require "retry"
local session = require "session"

-- What they are, brought back and reset; nil and an Error when one of them cannot be.
local function prepare(app, flow, wanted)
  local connected, err = apps.connect(app)
  if not connected then return nil, err end
  local files, find_err = retry.find(app, flow, wanted)
  if not files then return nil, find_err end
  return retry.reset(app, flow, files)
end

return function(app, options)
  local flow, err = apps.load(app, "poster_media")
  if not flow then
    return session.give_up(options, err, app)
  end
  if session.refuse(app, "run", options) then return 2 end
  local names, problem = prepare(app, flow, options.files or {})
  if not names then
    return session.give_up(options, problem, app)
  end
  if not next(names) then host.log("info", app.t("retry.none")) end
  local object, not_started = session.run(app, flow, names)
  session.print_result(options, object)
  if not_started then return 2 end
  return object.success and 0 or 1
end
