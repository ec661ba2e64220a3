-- session.lua - what every command begins with: settings read, secrets registered, log opened,
-- scripts compiled. Also one run from its start to its result, for `run` and for the server.
local apps = require "app"
local config = require "config"
local i18n = require "i18n"
local report = require "report"
local run = require "run"
local status = require "status"

local M = {}

---Reads the settings and opens the log.
---@param options table from cli.parse
---@return table|nil app, Error?
function M.open(options)
  local cfg, problems = config.load { file = options.env, overrides = options.overrides }
  if not cfg then return nil, problems end
  i18n.use(cfg.AFFICHE_LANG)
  for _, secret in ipairs(config.secrets(cfg)) do host.secret(secret.value, secret.options) end
  local opened, err = host.log_open { level = cfg.LOG_LEVEL, format = cfg.LOG_FORMAT,
    file = cfg.LOG_FILE }
  if not opened then return nil, err end
  for _, problem in ipairs(problems) do
    if not problem.fatal then M.say_problem("warn", problem) end
  end
  return apps.new { cfg = cfg, problems = problems }
end

function M.say_problem(level, problem)
  local text = problem.message
  if problem.next_action then text = text .. " — " .. problem.next_action end
  host.log(level, text, { key = problem.key })
end

---An Error on the log, with its traceback and what to do.
function M.say_error(err, t)
  local errors = require "errors"
  err = errors.of(err)
  local action = errors.next_action(err, t or i18n.get(i18n.detect(host.env())))
  host.log("error", err.message .. (action and " — " .. action or ""))
  if err.kind == "script" and err.traceback then host.log("error", err.traceback) end
end

---Says all that is wrong with the settings of `command`; true when something is.
function M.refuse(app, command)
  local fatal = config.fatal(app.problems, command)
  for _, problem in ipairs(fatal) do M.say_problem("error", problem) end
  return #fatal > 0
end

-- Why a run cannot start, as one sentence, or nil.
local function obstacle(app)
  local problems = status.problems(app)
  if #problems == 0 then return nil end
  local texts = {}
  for i, problem in ipairs(problems) do
    texts[i] = problem.message .. (problem.next_action and " — " .. problem.next_action or "")
  end
  return table.concat(texts, "; "), problems
end

---One run. The result object, and whether it could not even start.
---@param app table
---@param flow table
---@param only? table<string, boolean> names of the files to which the run is restricted
function M.run(app, flow, only)
  local reason, problems = obstacle(app)
  if reason then return report.cannot_start(app, reason, problems) end
  local connected, err = apps.connect(app)
  if not connected then return report.cannot_start(app, err.message) end
  if flow.folder then apps.learn(app, flow.folder) end
  return run.pass(app, flow, only)
end

return M
