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

local function convert(formats, facts, options)
  local refused = refusal(facts, options)
  if refused then return nil, refused end
  local entry = formats[facts.format] or formats.jpeg or {}
  return host.convert(options.input, options.output, {
    quality = options.quality or entry.quality, fit = options.fit or entry.fit,
    background = entry.background, min_width = entry.min_width,
    max_width = options.max_width or entry.max_width, min_ratio = entry.min_ratio,
    max_ratio = entry.max_ratio, max_bytes = entry.max_bytes,
    durable = false, -- as of any program in a shell: whole or not at all, but not synced
  })
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
  print(("%s %dx%d %d"):format(made.path, made.width, made.height, made.size))
  return 0
end
