-- api/paging.lua - long answers in pages: `?limit=` and `?offset=`.
local answers = require "api.answers"
local apps = require "app"
local errors = require "errors"
local history = require "history"

local M = {}

local USUAL, MOST = 50, 500

local function number(text, default, low, high)
  if not text then return default end
  local value = #text <= 9 and text:find("^%d+$") and math.tointeger(tonumber(text))
  return value and value >= low and value <= high and value or nil
end

---@param request Request
---@return { limit: integer, offset: integer }|nil page, Response? refusal
function M.of(request)
  local limit = number(request.query.limit, USUAL, 1, MOST)
  local offset = number(request.query.offset, 0, 0, 999999999)
  if limit and offset then return { limit = limit, offset = offset } end
  return nil, answers.refuse(400, "api.paging", { most = MOST })
end

---One page: what it holds, and where it stands in the whole.
---@param page { limit: integer, offset: integer }
---@param total integer
---@param object table
---@return Response
function M.answer(page, total, object)
  object.success, object.total = true, total
  object.limit, object.offset = page.limit, page.offset
  return answers.json(200, object, history.ORDER)
end

---The journal, which another program may have made meanwhile; nil when there is none yet, and the
---answer when it cannot be read.
---@return table|nil journal, Response? refusal
function M.journal(self)
  local opened, err = apps.look(self.app)
  if opened == nil and err then
    return nil, answers.json(500, { success = false, error = errors.text(err) })
  end
  return self.app.journal
end

return M
