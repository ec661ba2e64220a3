-- settings.lua - what every command begins with: settings read, secrets registered, log opened.
local config = require "config"
local i18n = require "i18n"
local errors = require "lazy" "errors"

local M = {}

function M.say_problem(level, problem)
  local text = problem.message
  if problem.next_action then text = text .. " — " .. problem.next_action end
  host.log(level, text, { key = problem.key })
end

---An Error on the log, with its traceback and what to do.
function M.say_error(err, t)
  err = errors.of(err)
  local action = errors.next_action(err, t or i18n.current())
  host.log("error", errors.text(err) .. (action and " — " .. action or ""))
  if err.kind == "script" and err.traceback then host.log("error", err.traceback) end
end

---Reads the settings and opens the log. Waits.
---@param options table from cli.parse
---@param scope? "program" only what concerns every command is checked
---@return table|nil cfg, Problem[]|Error
function M.open(options, scope)
  -- Until the file is read: the language of the command line, else of the surroundings.
  i18n.use(options.overrides.AFFICHE_LANG)
  local cfg, problems =
    config.load { file = options.env, overrides = options.overrides, scope = scope }
  if not cfg then return nil, problems end
  i18n.use(cfg.AFFICHE_LANG)
  for _, secret in ipairs(config.secrets(cfg)) do host.secret(secret.value, secret.options) end
  local opened, err = host.log_open { level = cfg.LOG_LEVEL, format = cfg.LOG_FORMAT,
    file = cfg.LOG_FILE }
  if not opened then
    return nil, errors.new { kind = err.kind, code = err.code, op = "config", path = cfg.LOG_FILE,
      message = i18n.t("config.log_file", { reason = errors.text(err) }),
      next_action = i18n.t("action.config.log_file") }
  end
  for _, problem in ipairs(problems) do
    if not problem.fatal then M.say_problem("warn", problem) end
  end
  return cfg, problems
end

return M
