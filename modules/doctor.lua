-- doctor.lua - asks everything end to end without posting: settings, folders, upload, the way back
-- through the public URL, account. Each check is one line: how it went, why, what to do.
--
-- It creates no folder and leaves nothing behind. A check whose ground is missing is left out.
local account = require "doctor.account"
local errors = require "errors"
local i18n = require "i18n"
local machine = require "doctor.machine"
local upload = require "doctor.upload"

local M = {}
local Visit = {}
Visit.__index = Visit

---@class Finding
---@field level "ok"|"warning"|"failed"
---@field check string what was looked at
---@field message string
---@field next_action? string

local function add(self, level, check, message, action)
  local finding = { level = level, check = i18n.t("doctor.check." .. check),
    message = host.redact(message), next_action = action }
  self.findings[#self.findings + 1] = finding
  self.on_finding(finding)
end

---@param check string
---@param key string of the text: "doctor." .. key
function Visit:ok(check, key, words)
  add(self, "ok", check, i18n.t("doctor." .. key, words))
end

---A warning of the catalogue, with "action.doctor." .. key when there is one.
function Visit:warn(check, key, words)
  add(self, "warning", check, i18n.t("doctor." .. key, words), self:action(key, words))
end

function Visit:fail(check, key, words)
  add(self, "failed", check, i18n.t("doctor." .. key, words), self:action(key, words))
end

function Visit:action(key, words)
  key = "action.doctor." .. key
  return self.app.t.has(key) and i18n.t(key, words) or nil
end

---An Error as a finding. The cause is the error's own sentence.
---@param level? "failed"|"warning"
function Visit:problem(check, err, level)
  err = errors.of(err)
  add(self, level or "failed", check, errors.text(err), errors.next_action(err, self.app.t))
end

---A sentence that is at hand already, such as a warning of the FTP server's.
function Visit:say(level, check, message, action)
  add(self, level, check, message, action)
end

---How many findings there are of a level.
function Visit:count(level)
  local count = 0
  for _, finding in ipairs(self.findings) do
    if finding.level == level then count = count + 1 end
  end
  return count
end

---Looks at everything. The exit status is 0 when nothing failed, 2 when settings or scripts are at
---fault, else 1. Waits.
---@param app table not yet loaded
---@param on_finding fun(finding: Finding)
---@return integer status, table visit
function M.visit(app, on_finding)
  local visit = setmetatable({ app = app, findings = {}, on_finding = on_finding }, Visit)
  local settings_fine = machine.settings(visit)
  local scripts_fine = machine.scripts(visit)
  machine.folder(visit)
  machine.journal(visit)
  machine.decoders(visit)
  upload.check(visit)
  account.check(visit)
  if not (settings_fine and scripts_fine) then return 2, visit end
  return visit:count("failed") > 0 and 1 or 0, visit
end

return M
