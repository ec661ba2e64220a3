-- guardian.lua - keeps an account from harm: its rests after a block, its quota. Persistent, and
-- able to say "slower" only. The server's answer at the start of a run beats any stored time.
local i18n = require "i18n"

local M = {}
local Guardian = {}
Guardian.__index = Guardian

---@param options { journal: table, account: string, cooldown: number }
function M.new(options)
  local self = setmetatable(options, Guardian)
  self.scope = "account:" .. self.account
  self.rest_until = tonumber(self.journal:fact(self.scope, "rest_until"))
  return self
end

---An Error that puts a file off until the account may go on, or nil.
function Guardian:hold()
  local now = host.now()
  if self.rest_until and self.rest_until > now then
    return host.error { kind = "limit", op = "publish", retryable = true, deferred = true,
      wait_until = self.rest_until,
      message = i18n.t("guardian.rest", { time = os.date("%Y-%m-%d %H:%M:%S",
        math.ceil(self.rest_until)) }) }
  end
  if self.quota_total and self.quota_used >= self.quota_total then
    return host.error { kind = "limit", op = "publish", retryable = true, deferred = true,
      message = i18n.t("guardian.quota", { used = self.quota_used, total = self.quota_total }) }
  end
end

---The account met a limit or a block while publishing: it rests.
---@param seconds? number what the server named
function Guardian:rest(seconds)
  self.rest_until = host.now() + (seconds or self.cooldown)
  self.journal:set_fact(self.scope, "rest_until", tostring(self.rest_until))
end

-- Seconds until the server says that calls are possible again (X-Business-Use-Case-Usage, minutes).
local function named_wait(headers)
  local most = 0
  for minutes in (headers["x-business-use-case-usage"] or "")
    :gmatch('"estimated_time_to_regain_access"%s*:%s*(%d+)') do
    most = math.max(most, tonumber(minutes) * 60)
  end
  return most > 0 and most or nil
end

---Remembers what the usage headers of an answer say.
function Guardian:observe(headers)
  self.named = named_wait(headers) or self.named
end

---Asks the server anew: true, or nil and an Error that stops the run (a dead token). A failed read
---is "unknown", not "none left": it holds nothing back.
function Guardian:ask(graph)
  local quota, err = graph:quota()
  if quota then
    self.quota_used, self.quota_total = tonumber(quota.used) or 0, tonumber(quota.total)
    return true
  end
  if err.kind == "auth" then return nil, err end
  return true
end

---One more post of the window is used.
function Guardian:count()
  if self.quota_used then self.quota_used = self.quota_used + 1 end
end

return M
