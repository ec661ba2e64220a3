-- outlook.lua - what the next run would do with one file, from what the rules and the journal say.
local errors = require "errors"
local i18n = require "i18n"
local instagram = require "instagram"

local M = {}

local function say(decision, key, words)
  return decision, i18n.t("outlook." .. key, words)
end

local function row_of(app, flow, rows)
  for _, row in ipairs(rows) do
    if row.workflow == flow.name and row.account == app.cfg.IG_USER_ID then return row end
  end
end

local function left_to_do(app, flow, row)
  local finished = row and app.journal:steps(row.id) or {}
  local names = {}
  for _, step in ipairs(flow.steps) do
    if not finished[step.name] then names[#names + 1] = step.name end
  end
  return table.concat(names, " > ")
end

-- Where a run would not even look.
local function out_of_sight(file)
  if not file then return say("nothing", "gone") end
  if file.place == "failed" then return say("nothing", "aside", { name = file.name }) end
  if file.place == "processed" then return say("nothing", "archived") end
  if file.place == "elsewhere" then return say("nothing", "elsewhere", { folder = file.folder }) end
end

-- What the claim on this content says, whatever the rules say now.
local function claimed(app, flow, rows, row)
  local known = row or rows[1]
  local post = known and app.journal:post(known.account, instagram.post_kind(known), known.sha256)
  if not post then return end
  if post.state == "live" then
    return say("finish", "finish", { steps = left_to_do(app, flow, row) })
  end
  if post.state == "sent" then
    local key = app.cfg.ON_UNCERTAIN == "resend" and "look_resend" or "look"
    return say("look", key, { name = known.name })
  end
  if post.state == "again" then return say("publish", "again") end
end

local function held(app, row)
  if not app.guardian then return end
  local late = row and app.guardian:stale(row.created)
  if late then return "fail", errors.text(late) end
  local err = app.guardian:hold()
  if err then return "wait", errors.text(err) end
end

---@param seen table what explain found: ignored, growing, problem, earlier
---@param app table
---@param flow table
---@param file Located|nil
---@param rows table[] of the journal
---@return string decision nothing ignore wait fail duplicate finish look publish
---@return string reason
function M.of(seen, app, flow, file, rows)
  local decision, reason = out_of_sight(file)
  if decision then return decision, reason end
  if seen.growing then return say("wait", "growing") end
  if seen.ignored then return say("ignore", "ignore", { reason = seen.ignored }) end
  if seen.earlier then return say("duplicate", "duplicate", { name = seen.earlier.name }) end
  local row = row_of(app, flow, rows)
  decision, reason = claimed(app, flow, rows, row)
  if decision then return decision, reason end
  if seen.problem then return "fail", errors.text(seen.problem) end
  decision, reason = held(app, row)
  if decision then return decision, reason end
  return say("publish", "publish", { steps = left_to_do(app, flow, row) })
end

return M
