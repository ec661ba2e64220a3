-- guardian.lua - keeps an account from harm: rests after a block, quota, pacing. Persistent, and it
-- can only say "slower". What it holds back is deferred, with the time at which it will go on.
local i18n = require "i18n"

local M = {}
local Guardian = {}
Guardian.__index = Guardian

local DAY = 86400

---@param options { journal: table, account: string, cooldown: number, pacing: table }
function M.new(options)
  local self = setmetatable(options, Guardian)
  self.scope = "account:" .. self.account
  self.rest_until = tonumber(self.journal:fact(self.scope, "rest_until"))
  return self
end

local function deferred(key, words, time)
  words = words or {}
  words.time = time and os.date("%Y-%m-%d %H:%M:%S", math.ceil(time))
  return host.error { kind = "limit", op = "publish", retryable = true, deferred = true,
    wait_until = time, message = i18n.t(key, words) }
end

-- Seconds since local midnight.
local function time_of_day(now)
  local t = os.date("*t", math.floor(now))
  return t.hour * 3600 + t.min * 60 + t.sec
end

local function clock_seconds(text)
  local hour, minute = tostring(text):match("^(%d%d?):(%d%d)$")
  return hour and tonumber(hour) * 3600 + tonumber(minute) * 60
end

-- The end of the quiet hours that `now` lies in, or nil. They may pass midnight.
local function quiet_until(quiet, now)
  local from, to = clock_seconds(quiet.from), clock_seconds(quiet.to)
  if not from or not to or from == to then return nil end
  local at = time_of_day(now)
  local inside = from < to and at >= from and at < to or from > to and (at >= from or at < to)
  if not inside then return nil end
  return now + (to - at) % DAY
end

-- When the rules of pacing.lua allow the next post: nil for now, else the time and why.
local function paced_until(self, now)
  local pacing = self.pacing
  local quiet = pacing.quiet_hours and quiet_until(pacing.quiet_hours, now)
  if quiet then return quiet, "guardian.quiet" end
  if (pacing.spacing or 0) > 0 then
    local last = self.journal:last_published(self.account)
    local next_time = last and last + pacing.spacing
    if next_time and now < next_time then return next_time, "guardian.spacing" end
  end
  if pacing.per_day then
    local count, first = self.journal:published_since(self.account, now - DAY)
    if count >= pacing.per_day then return first + DAY, "guardian.per_day" end
  end
end

---An Error that puts a file off until the account may go on, or nil.
function Guardian:hold()
  local now = host.now()
  if self.rest_until and self.rest_until > now then
    return deferred("guardian.rest", nil, self.rest_until)
  end
  if self.quota_total and self.quota_used >= self.quota_total then
    return deferred("guardian.quota", { used = self.quota_used, total = self.quota_total },
      now + (self.quota_duration or DAY))
  end
  local time, why = paced_until(self, now)
  if time then return deferred(why, nil, time) end
end

---An Error for a file that has waited for longer than its post is worth, or nil.
---@param since number when a run saw it first
function Guardian:stale(since)
  local most = self.pacing.max_age
  if not most or host.now() - since <= most then return nil end
  return host.error { kind = "limit", op = "publish", retryable = false, stale = true,
    message = i18n.t("guardian.max_age", { time = os.date("%Y-%m-%d %H:%M", math.floor(since)) }),
    next_action = i18n.t("action.guardian.max_age") }
end

---The account was blocked or met a limit while publishing: it rests, also over a restart.
---@param seconds? number what the server named
function Guardian:rest(seconds)
  self.rest_until = math.max(self.rest_until or 0,
    host.now() + (seconds or self.named or self.cooldown))
  self.journal:set_fact(self.scope, "rest_until", tostring(self.rest_until))
end

---The quota is used up, whatever was read before; the next run asks the server again.
function Guardian:exhausted()
  self.quota_total = self.quota_total or 1
  self.quota_used = math.max(self.quota_used or 0, self.quota_total)
end

---Hears of a limit met by a call that makes or publishes: the account rests, the file is put off.
---@param err Error
---@return Error the same, deferred
function Guardian:put_off(err)
  if err.subcode == 2207042 then self:exhausted() else self:rest() end
  host.log("warn", i18n.t("log.account_rests", { reason = err.message }))
  err.deferred, err.retryable, err.wait_until = true, true, self.rest_until
  return err
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
  self.named = named_wait(headers)
end

---Asks the server anew: true, or nil and an Error that stops the run (a dead token). A failed read
---is "unknown", not "none left": it holds nothing back.
function Guardian:ask(graph)
  self.quota_used, self.quota_total = nil, nil
  local quota, err = graph:quota()
  if quota then
    self.quota_used, self.quota_total = tonumber(quota.used) or 0, tonumber(quota.total)
    self.quota_duration = tonumber(quota.duration)
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
