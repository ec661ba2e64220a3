-- pipeline.lua - carries one item through the steps of its workflow, durably.
--
-- A finished step does not run again for the same inputs (content, scripts, settings, the steps
-- before it). Until a publish was sent, a changed input or a lost intermediate file runs it again;
-- afterwards nothing before the publish does.
local errors = require "errors"
local i18n = require "i18n"
local items = require "item"
local json = require "json"
local script = require "script"

local M = {}

local function settled(context, item)
  local post = context.app.journal:post(item.account, context.post_kind, item.sha256)
  return post ~= nil and (post.state == "live" or post.state == "sent")
end

-- The intermediate file a step left is still what it was.
local function file_intact(result)
  if not result.file or result.file_kept then return true end
  return host.hash(result.file) == result.file_sha256
end

local function usable(context, item, record, inputs)
  if not record then return false end
  if context.sent == nil then context.sent = settled(context, item) end
  if context.sent then return true end
  return record.inputs == inputs and file_intact(record.result)
end

-- The step in a task of its own, ended when its time is up.
local function run_in_time(step, item)
  local task <close> = host.spawn(step.run, item)
  local late = false
  local _ <close> = step.timeout and host.spawn(function()
    host.sleep(step.timeout)
    late = true
    task:cancel()
  end) or nil
  local outcome = table.pack(task:join())
  if outcome[1] or not late then return table.unpack(outcome, 1, outcome.n) end
  return false, host.error { kind = "timeout", op = "step", retryable = true,
    message = i18n.t("step.timeout", { step = step.name, seconds = step.timeout }) }
end

-- One attempt: the table of results, or nil and whatever was raised or returned as nil, err.
local function attempt(step, item)
  local ok, value, err = run_in_time(step, item)
  items.end_turn(item)
  if not ok then return nil, errors.of(value) end
  if value == nil and err ~= nil then return nil, errors.of(err) end
  if value == nil then return {} end
  local fine, problem = items.check(step.name, value)
  if not fine then return nil, problem end
  return value
end

local function backoff(retry, number)
  local wait = math.min(retry.max or 60, (retry.first or 2) * (retry.factor or 2) ^ (number - 1))
  return wait * (0.5 + math.random() / 2)
end

-- Runs a step, again after a retryable failure as often as it says.
local function run_step(step, item)
  local retry = step.retry or {}
  for number = 1, math.huge do
    local result, err = attempt(step, item)
    if result then return result end
    if not err.retryable or err.deferred or err.uncertain or number >= (retry.attempts or 1) then
      return nil, err
    end
    local wait = backoff(retry, number)
    host.log("warn", i18n.t("log.retry", { name = item.name, step = step.name,
      reason = errors.text(err), seconds = ("%.1f"):format(wait) }), { file = item.name })
    host.sleep(wait)
  end
end

-- The results as they are recorded: what a step left in a file is known by its hash from then on.
local function sealed(item, result)
  local record = {}
  for key, value in pairs(result) do record[key] = value end
  if result.file == nil then return record end
  if result.file == item.path then
    record.file_kept = true
    return record
  end
  local sha256, size = host.hash(result.file)
  if not sha256 then return nil, size end
  record.file_sha256, record.file_size = sha256, size
  return record
end

-- Runs a step and records what it returned. The record, or nil and an Error.
local function take_step(step, item, inputs)
  local context = items.context(item)
  local started = host.now()
  local result, err = run_step(step, item)
  if not result then return nil, err end
  local ok, record, problem = pcall(sealed, item, result)
  if not ok then return nil, errors.of(record) end
  if not record then return nil, problem end
  local recorded, failure = pcall(context.app.journal.finish_step, context.app.journal, context.id,
    step.name, inputs, record, started, context.statements)
  context.statements = nil
  if not recorded then return nil, errors.of(failure) end
  return record
end

local function applies(step, item)
  if not step.when then return true end
  local yes, err = script.call(step.when, item)
  if yes == nil and err then return nil, err end
  return yes and true or false
end

-- What a step hands on, as a part of the inputs of those after it. A file counts by its content:
-- its path is another one each time.
local function digest_of(inputs, name, record)
  local parts = {}
  for key, value in pairs(record or {}) do
    if key ~= "file" then parts[key] = value end
  end
  return host.digest(table.concat({ inputs, name, record and json.encode(parts) or "" }, "\0"))
end

-- One step: its record, false when it does not apply, or nil and an Error.
local function advance(step, item, known, inputs, on_step)
  local wanted, err = applies(step, item)
  if not wanted then return wanted, err end
  local record = known and known.result
  if not usable(items.context(item), item, known, inputs) then
    record, err = take_step(step, item, inputs)
    if not record then return nil, err end
    on_step(step.name, item)
  end
  items.merge(item, step.name, record)
  return record
end

---Runs what is left to run. True when every step is finished, else nil and an Error with `step`.
---@param item table
---@param steps table[]
---@param on_step fun(name: string, item: table) called after a step that ran in this run
function M.run(item, steps, on_step)
  local context = items.context(item)
  local records = context.app.journal:steps(context.id)
  local inputs = context.inputs
  for _, step in ipairs(steps) do
    context.step = step.name
    local before = host.digest(inputs .. "\0" .. step.name)
    local record, err = advance(step, item, records[step.name], before, on_step)
    if record == nil then return nil, errors.wrap(err, { step = step.name, file = item.name }) end
    inputs = digest_of(inputs, step.name, record)
  end
  return true
end

return M
