-- commands/preview.lua - what a run would do, file by file.
local apps = require "app"
local json = require "json"
local preview = require "preview"
local session = require "session"

local function print_row(row)
  print(("%-9s %s"):format(row.decision, row.file))
  if type(row.reason) == "string" and row.reason ~= "" then print("          " .. row.reason) end
  if row.caption then
    local size = ("%s x %s -> %s x %s"):format(row.width, row.height, row.target.width,
      row.target.height)
    print("          " .. size .. ", " .. table.concat(row.steps, " > "))
    print("          " .. row.caption:gsub("\n", "\n          "))
  end
end

return function(app, options)
  local flow, err = apps.load(app, options.workflow)
  if not flow then
    return session.give_up(options, err, app)
  end
  if session.refuse(app, "run", options) then return 2 end
  local looked, look_err = apps.look(app)
  if looked == nil then
    return session.give_up(options, look_err, app)
  end
  local object, problem = preview.of(app, flow)
  if not object then
    return session.give_up(options, problem, app)
  end
  if options.json then
    io.stdout:write(json.encode(object, { order = preview.ORDER, indent = 2 }), "\n")
  else
    for _, row in ipairs(object.items) do print_row(row) end
  end
  return 0
end
