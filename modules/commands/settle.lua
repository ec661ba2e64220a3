-- commands/settle.lua - a person decides an uncertain file: it is live, or it may be sent again.
local apps = require "app"
local decision = require "decision"
local session = require "session"

-- `--live NAME` without an id in between: what follows is no number, so it is the file.
local function arguments(options)
  local live = options.live
  local media_id = live and live[1]
  local file = options.file
  if media_id and not file and not media_id:find("^%d+$") then
    file, media_id = media_id, nil
  end
  return file, live ~= nil, media_id
end

return function(app, options)
  local file, live, media_id = arguments(options)
  if not file or live == (options.again == true) then
    host.log("error", app.t("settle.usage"))
    return 2
  end
  if session.refuse(app, "settle", options) then return 2 end
  local opened, err = apps.look(app)
  if not opened and not err then
    err = host.error { kind = "format", op = "settle",
      message = app.t("settle.unknown", { name = file }),
      next_action = app.t("action.settle.unknown", { name = file }) }
  end
  local post
  if opened then
    if live then
      post, err = decision.live(app, file, media_id)
    else
      post, err = decision.again(app, file)
    end
  end
  if not post then
    session.say_error(err, app.t)
    return 2
  end
  print(app.t(live and "settle.done_live" or "settle.done_again",
    { name = post.name, container = post.container or "?" }))
  return 0
end
