-- api/runs.lua - starting a run by HTTP, one at a time, and what became of each.
local answers = require "api.answers"
local history = require "history"
local json = require "json"
local mutex = require "mutex"
local paging = require "api.paging"
local report = require "report"
local run = require "run"
local session = require "session"

local M = {}

-- What is known of a run first, then its result in the order that a client knows.
local RUN_ORDER = table.move(report.ORDER, 1, #report.ORDER, 6,
  { "id", "state", "workflow", "started", "ended" })

local function path_of(id) return "/api/runs/" .. id end

-- Nil and the answer when it does not begin.
local function begin(self)
  local _ <close> = mutex.hold(self.held, "begin")
  if self.running then
    return nil, answers.refuse(409, "api.running", { id = tostring(self.running) })
  end
  local pass, refusal, busy = session.begin(self.app, self.flow)
  if pass then
    self.running = pass.id
    return pass
  end
  -- One that another program is at: its number is known when it has the same journal.
  local id = busy and history.unfinished(self.app.journal)
  if id then return nil, answers.refuse(409, "api.running", { id = tostring(id) }) end
  return nil, answers.text(busy and 409 or 200, report.encode(refusal))
end

local function carry(self, pass)
  local _ <close> = setmetatable({}, { __close = function() self.running = nil end })
  return run.carry(self.app, self.flow, pass)
end

-- In a task of its own, which outlives the request.
local function carry_on(self, pass)
  self.task = host.spawn(function()
    local ok, err = pcall(carry, self, pass)
    if not ok then session.say_error(err, self.app.t) end
  end)
  local id = tostring(pass.id)
  return answers.json(202, { success = true, id = id, state = "running", location = path_of(id) },
    history.ORDER, { Location = path_of(id), ["Preference-Applied"] = "respond-async" })
end

---Runs now. The answer has the result, unless the client prefers not to wait (RFC 7240).
function M.start(self, request)
  local pass, refusal = begin(self)
  if not pass then return refusal end
  local wishes = (request.headers.prefer or ""):lower()
  if wishes:find("%f[%w]respond%-async%f[^%w%-]") then return carry_on(self, pass) end
  return answers.text(200, report.encode((carry(self, pass))))
end

function M.list(self, request)
  local page, refusal = paging.of(request)
  if not page then return refusal end
  local journal, damage = paging.journal(self)
  if damage then return damage end
  local runs, total = history.runs(journal, page, self.running)
  return paging.answer(page, total, { runs = runs })
end

function M.show(self, _, id)
  local journal, damage = paging.journal(self)
  if damage then return damage end
  local found = history.run(journal, math.tointeger(id) or -1, self.running)
  if not found then return answers.refuse(404, "api.no_run", { id = id }) end
  return answers.text(200, json.encode(found, { order = RUN_ORDER, indent = 2 }))
end

return M
