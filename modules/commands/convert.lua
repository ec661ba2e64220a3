-- commands/convert.lua - the converter alone, for a shell. Of the scripts it needs the formats.
-- The process that decodes starts while the rest is loaded: that is most of what can be saved.

-- What becomes of each format, or nil and an Error.
local function load_formats(options)
  local policy, script = require "policy", require "script"
  host.sleep(0) -- the loop turns: its input is handed to the process as soon as that is there
  local settings = require "settings"
  local cfg, err = settings.open(options, "program")
  if not cfg then return nil, err end
  local loader
  loader, err = script.open(cfg)
  if not loader then return nil, err end
  local ok, rules = pcall(policy.load, loader, { "formats" })
  if not ok then return nil, rules end
  return rules.formats
end

-- What is not converted, whatever the converter could make of it; nil when it may be.
local function refusal(facts, options)
  local function refuse(key)
    local i18n = require "i18n"
    return require "errors".new { kind = "format", op = "convert", file = options.input,
      message = i18n.t("convert." .. key, { name = options.input }),
      next_action = i18n.t("action.convert." .. key) }
  end
  if facts.kind == "video" then return refuse("video") end
  local output = host.stat(options.output)
  local input = output and host.stat(options.input)
  if input and input.device == output.device and input.inode == output.inode then
    return refuse("same")
  end
end

-- As a run would, but for what the command line says; who names a quality wants it encoded.
local function convert(formats, facts, options)
  local refused = refusal(facts, options)
  if refused then return nil, refused end
  local entry = formats[facts.format] or formats.jpeg or {}
  local wanted = { durable = false } -- as of any program in a shell: whole, but not synced
  for _, key in ipairs(require "policy".CONVERT) do wanted[key] = entry[key] end
  if options.quality then wanted.quality, wanted.passthrough = options.quality, false end
  wanted.fit = options.fit or wanted.fit
  wanted.max_width = options.max_width or wanted.max_width
  if options.max_width and (wanted.min_width or 0) > options.max_width then
    wanted.min_width = options.max_width
  end
  return host.convert(options.input, options.output, wanted)
end

return function(_, options)
  local looking = host.spawn(host.probe, options.input)
  host.sleep(0) -- it begins now
  local formats, err = load_formats(options)
  if not formats then
    require "settings".say_error(err)
    return 2
  end
  local _, facts, made
  _, facts, err = assert(looking:join())
  if facts then made, err = convert(formats, facts, options) end
  if not made then
    require "settings".say_error(err)
    return 1
  end
  if made.source.frames > 1 then
    host.log("info", require "i18n".t("animation.first",
      { name = options.input, frames = made.source.frames }))
  end
  print(("%s %dx%d %d"):format(made.path, made.width, made.height, made.size))
  return 0
end
