-- session.lua - what most commands begin with: settings read, scripts found; and how they end when
-- that cannot be. Also one run from its start to its result, for `run` and for the server.
local apps = require "app"
local config = require "config"
local errors = require "errors"
local i18n = require "i18n"
local json = require "json"
local report = require "report"
local run = require "run"
local settings = require "settings"
local status = require "status"

local M = {}

M.say_problem, M.say_error = settings.say_problem, settings.say_error

---Reads the settings, opens the log and finds the scripts.
---@param options table from cli.parse
---@return table|nil app, Error?
function M.open(options)
  local cfg, problems = settings.open(options)
  if not cfg then return nil, problems end
  local app, err = apps.new { cfg = cfg, problems = problems }
  options.app = app
  return app, err
end

-- All that is wrong as one sentence.
local function joined(problems)
  local texts = {}
  for i, problem in ipairs(problems) do
    texts[i] = problem.message .. (problem.next_action and " — " .. problem.next_action or "")
  end
  return table.concat(texts, "; ")
end

-- Commands whose result is that of a run.
local RUNS = { run = true, retry = true, demo = true }

-- A program that reads our stdout gets its one document, whatever happened.
local function print_refusal(options, app, message, problems)
  if not options.json then return end
  if RUNS[options.command] and not options.dry_run then
    return report.write(io.stdout, report.refusal(app, message, problems))
  end
  io.stdout:write(json.encode({ success = false, error = host.redact(message),
    problems = problems }, { order = { "success", "error", "problems", "key", "message" },
    indent = 2 }), "\n")
end

---The end of a command that cannot do its work: why, on the log and with --json on stdout as well.
---@param options table from cli.parse
---@param err any
---@param app? table when it could be opened
---@return integer status
function M.give_up(options, err, app)
  local t = app and app.t or i18n.current()
  M.say_error(err, t)
  err = errors.of(err)
  local action = errors.next_action(err, t)
  print_refusal(options, app, errors.text(err) .. (action and " — " .. action or ""))
  return 2
end

---The result object of a run, on stdout when it is asked for.
function M.print_result(options, object)
  if not options.json then return end
  report.write(io.stdout, object)
  options.answered = true
end

---A signal ended the command: what a run had done by then.
---@param signal string
function M.interrupted(options, signal)
  if not RUNS[options.command] or options.answered then return end
  local app, message = options.app, i18n.t("log.interrupted", { signal = signal })
  if not (app and app.under_way) then return print_refusal(options, app, message) end
  M.print_result(options, report.interrupted(app, app.under_way, message))
end

---Says all that is wrong with the settings of `command`, with `--json` on stdout as well; true when
---something is.
---@param options? table from cli.parse
function M.refuse(app, command, options)
  local fatal = config.fatal(app.problems, command)
  for _, problem in ipairs(fatal) do M.say_problem("error", problem) end
  if options and #fatal > 0 then
    print_refusal(options, app, joined(fatal), status.problems(app))
  end
  return #fatal > 0
end

-- Why a run cannot start, as one sentence, or nil.
local function obstacle(app)
  local problems = status.problems(app)
  if #problems == 0 then return nil end
  return joined(problems), problems
end

---Begins a run, for `run.carry`. Nil when it cannot start: the result object that says why, and
---true when that is a run which is at work already.
---@param app table
---@param flow table
---@return table|nil pass, table? result, boolean? busy
function M.begin(app, flow)
  local reason, problems = obstacle(app)
  if reason then return nil, (report.cannot_start(app, reason, problems)), false end
  local connected, err = apps.connect(app)
  if not connected then return nil, (report.cannot_start(app, errors.text(err))), false end
  if flow.folder then apps.learn(app, flow.folder) end
  local pass, busy = run.begin(app, flow)
  if not pass then
    return nil, (report.cannot_start(app, errors.text(busy))), busy.code == "EBUSY"
  end
  return pass
end

---One run. The result object, and whether it could not even start.
---@param app table
---@param flow table
---@param only? table<string, boolean> names of the files to which the run is restricted
function M.run(app, flow, only)
  local pass, refusal = M.begin(app, flow)
  if not pass then return refusal, true end
  return run.carry(app, flow, pass, only)
end

return M
