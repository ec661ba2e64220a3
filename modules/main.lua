-- main.lua - the program: reads the command line, runs one command, returns the exit status.
local INTERRUPTED = 130

-- Commands that open nothing beforehand.
local PLAIN = { version = true, test = true, demo = true, console = true, new = true,
  convert = true }

local function run_command(options)
  local command = require("commands." .. options.command)
  if PLAIN[options.command] then return command(nil, options) end
  local session = require "session"
  local app, err = session.open(options)
  if not app then
    return session.give_up(options, err)
  end
  local status = command(app, options)
  require "app".close(app)
  return status
end

return function(args)
  local options, status, text = require "cli".parse(args)
  if not options then
    local sink = status == 0 and io.stdout or io.stderr
    sink:write(text)
    return status
  end
  local task = host.spawn(run_command, options)
  local interrupted = nil
  local watcher = host.spawn(function()
    while true do
      interrupted = host.signal()
      host.log("warn", require "i18n".t("log.interrupted", { signal = interrupted }))
      task:cancel()
    end
  end)
  local ok, result = task:join()
  watcher:cancel()
  if ok then return result end
  local session = require "session"
  if interrupted then
    -- A server is ended by a signal as a matter of course.
    if options.command == "serve" then return 0 end
    session.interrupted(options, interrupted)
    return INTERRUPTED
  end
  return session.give_up(options, result)
end
