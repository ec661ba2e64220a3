-- api/lists.lua - the files that are known, and what a run would do with those that wait.
local answers = require "api.answers"
local errors = require "errors"
local history = require "history"
local json = require "json"
local paging = require "api.paging"
local preview = require "preview"
local status = require "status"

local M = {}

function M.items(self, request)
  local page, refusal = paging.of(request)
  if not page then return refusal end
  local journal, damage = paging.journal(self)
  if damage then return damage end
  page.state = request.query.state
  local items, total = history.items(journal, page)
  return paging.answer(page, total, { items = items })
end

-- As for a run that cannot start, what is wrong is an answer.
local function cannot(message, problems)
  return answers.json(200, { success = false, error = message,
    problems = problems or json.list() }, { "success", "error", "problems" })
end

function M.preview(self, request)
  local page, refusal = paging.of(request)
  if not page then return refusal end
  local _, damage = paging.journal(self)
  if damage then return damage end
  local problems = status.problems(self.app)
  if #problems > 0 then return cannot(problems[1].message, problems) end
  local object, err, total = preview.of(self.app, self.flow, page)
  if not object then return cannot(errors.text(err)) end
  object.total, object.limit, object.offset = total, page.limit, page.offset
  return answers.json(200, object, preview.ORDER)
end

return M
