-- pipeline.lua - carries one item through the steps of its workflow, durably.
--
-- A finished step does not run again for the same inputs (content, scripts, settings, the steps
-- before it). Until a publish was sent, a changed input or a lost intermediate file runs it again;
-- afterwards nothing before the publish does.
local errors = require "errors"
local i18n = require "i18n"
local items = require "item"
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

-- Errors of one attempt: whatever was raised or returned as nil, err.
local function attempt(step, item)
  local task <close> = host.spawn(step.run, item)
  local _ <close> = step.timeout and host.spawn(function()
    host.sleep(step.timeout)
    task:cancel()
  end) or nil
  local outcome = table.pack(task:join())
  if not outcome[1] then
    local err = errors.of(outcome[2])
    if err.kind == "cancelled" and step.timeout then
      return nil, host.error { kind = "timeout", op = "step", retryable = true,
        message = i18n.t("step.timeout", { step = step.name, seconds = step.timeout }) }
    end
    return nil, err
  end
  if outcome[2] == nil and outcome[3] ~= nil then return nil, errors.of(outcome[3]) end
  return outcome[2] == nil and {} or outcome[2]
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
    local context = items.context(item)
    if context.turn then context.turn.release() end
    context.turn = nil
    if not err.retryable or err.deferred or err.uncertain or number >= (retry.attempts or 1) then
      return nil, err
    end
    local wait = backoff(retry, number)
    host.log("warn", i18n.t("log.retry", { name = item.name, step = step.name,
      reason = err.message, seconds = ("%.1f"):format(wait) }), { file = item.name })
    host.sleep(wait)
  end
end

-- What a step left in a file is known by its hash from then on.
local function seal_file(item, result)
  if not result.file then return true end
  if result.file == item.path then
    result.file_kept = true
    return true
  end
  local sha256, size = host.hash(result.file)
  if not sha256 then return nil, size end
  result.file_sha256, result.file_size = sha256, size
  return true
end

local function finish(context, item, step, result, inputs, started)
  local sealed, err = seal_file(item, result)
  if not sealed then return nil, err end
  local merged, merge_err = items.merge(item, step.name, result)
  if not merged then return nil, merge_err end
  local ok, journal_err = pcall(context.app.journal.finish_step, context.app.journal, context.id,
    step.name, inputs, result, started)
  if not ok then return nil, errors.of(journal_err) end
  return true
end

local function applies(step, item)
  if not step.when then return true end
  local yes, err = script.call(step.when, item)
  if yes == nil and err then return nil, err end
  return yes and true or false
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
    inputs = host.digest(inputs .. "\0" .. step.name)
    context.step = step.name
    local wanted, when_err = applies(step, item)
    if wanted == nil then
      return nil, errors.wrap(when_err, { step = step.name, file = item.name })
    end
    local record = records[step.name]
    if wanted and usable(context, item, record, inputs) then
      items.merge(item, step.name, record.result)
    elseif wanted then
      local started = host.now()
      local result, err = run_step(step, item)
      local done
      if result then done, err = finish(context, item, step, result, inputs, started) end
      if not done then return nil, errors.wrap(err, { step = step.name, file = item.name }) end
      on_step(step.name, item)
    end
  end
  return true
end

return M
