-- commands/new.lua - a commented starting point for a step or a workflow of one's own.
local config = require "config"
local i18n = require "i18n"
local scaffold = require "scaffold"
local script = require "script"
local settings = require "settings"

-- No app is opened: the scripts folder that is named may not exist yet.
return function(_, options)
  local cfg, problems = config.load { file = options.env, overrides = options.overrides }
  if not cfg then
    settings.say_error(problems)
    return 2
  end
  local t = i18n.use(cfg.AFFICHE_LANG)
  local folder = script.user_folder(cfg)
  if not folder then
    host.log("error", t("new.no_folder"))
    return 2
  end
  local path, err = scaffold.write(options.kind, options.name, folder)
  if not path then
    settings.say_error(err, t)
    return 2
  end
  print(path)
  host.log("info", t("new.next." .. options.kind, { name = options.name }))
  return 0
end
