-- commands/serve.lua - the HTTP server, until a signal ends it.
local api = require "api"
local apps = require "app"
local session = require "session"
local url = require "url"

return function(app)
  local flow, err = apps.load(app, "poster_media")
  if not flow then
    session.say_error(err, app.t)
    return 2
  end
  if session.refuse(app, "serve") then return 2 end
  apps.look(app)
  local self, serve_err = api.start(app, flow)
  if not self then
    session.say_error(serve_err, app.t)
    return 2
  end
  host.log("info", app.t("log.serving",
    { address = "http://" .. url.authority(app.cfg.HOST, self.port) }))
  self.stopped = host.gate()
  self.stopped:wait()
  return 0
end
