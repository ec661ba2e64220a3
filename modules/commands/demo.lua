-- commands/demo.lua - the whole job on sample media; no account, no network, no setting needed.
local demo = require "demo"
local i18n = require "i18n"
local session = require "session"
local switches = require "standin.switches"

local function fault_names()
  local names = {}
  for name in pairs(switches.FAULTS) do names[#names + 1] = name end
  table.sort(names)
  return table.concat(names, ", ")
end

return function(_, options)
  local t = i18n.use(options.overrides.AFFICHE_LANG) or i18n.get("en")
  if options.fault and not switches.FAULTS[options.fault] then
    host.log("error", t("demo.fault", { name = options.fault, choices = fault_names() }))
    return 2
  end
  local object, folder = demo.run { overrides = options.overrides, fault = options.fault }
  if not object then
    return session.give_up(options, folder)
  end
  if options.json then
    print(demo.encode(object))
  else
    print(object.result.message)
    print(t("demo.page", { path = folder .. "/page/index.html" }))
    print(t("demo.folder", { path = folder }))
  end
  return object.success and 0 or 1
end
