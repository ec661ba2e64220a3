-- commands/convert.lua - the converter alone, for a shell.
local apps = require "app"
local errors = require "errors"
local session = require "session"

-- What cannot be converted, whatever the converter could make of it.
local function refusal(app, options, facts)
  local function refuse(key)
    return errors.new { kind = "format", op = "convert", file = options.input,
      message = app.t("convert." .. key, { name = options.input }),
      next_action = app.t("action.convert." .. key) }
  end
  if facts.kind == "video" then return refuse("video") end
  local input, output = host.stat(options.input), host.stat(options.output)
  if input and output and input.device == output.device and input.inode == output.inode then
    return refuse("same")
  end
end

return function(app, options)
  local flow, err = apps.load(app, "poster_media")
  if not flow then
    session.say_error(err, app.t)
    return 2
  end
  local facts, probe_err = host.probe(options.input)
  if not facts then
    session.say_error(probe_err, app.t)
    return 1
  end
  local refused = refusal(app, options, facts)
  if refused then
    session.say_error(refused, app.t)
    return 1
  end
  local entry = app.policy.formats[facts.format] or app.policy.formats.jpeg or {}
  local made, convert_err = host.convert(options.input, options.output, {
    quality = options.quality or entry.quality, fit = options.fit or entry.fit,
    background = entry.background, min_width = entry.min_width,
    max_width = options.max_width or entry.max_width, min_ratio = entry.min_ratio,
    max_ratio = entry.max_ratio, max_bytes = entry.max_bytes,
  })
  if not made then
    session.say_error(convert_err, app.t)
    return 1
  end
  print(("%s %dx%d %d"):format(made.path, made.width, made.height, made.size))
  return 0
end
