-- commands/doctor.lua - one line per check, as it is made: how it went, why, what to do.
local doctor = require "doctor"

local ICONS = { ok = "✅", warning = "⚠️", failed = "❌" }

local function show(finding)
  local text = finding.message:gsub("%s*\n%s*", " ")
  if finding.level ~= "ok" and finding.next_action then
    text = text:gsub("[%.%s]+$", "") .. ". " .. finding.next_action
  end
  io.stdout:write(("%s %s: %s\n"):format(ICONS[finding.level], finding.check, text))
  io.stdout:flush()
end

return function(app)
  local status, visit = doctor.visit(app, show)
  local words = { failed = visit:count("failed"), warnings = visit:count("warning") }
  print(app.t(status == 0 and "doctor.healthy" or "doctor.ill", words))
  return status
end
