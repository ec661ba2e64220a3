-- The guardian of an account: what it holds back, until when, and what it forgets or keeps.
local guardian = require "guardian"
local journal = require "journal"
local lu = require "luaunit"
local support = require "file_support"

local T = support.spec()
local folder_setup, folder_teardown = T.setUp, T.tearDown

local HOUR, DAY = 3600, 86400

function T:setUp()
  folder_setup(self)
  host.log_open { stderr = false }
  self.journal = assert(journal.open(self.dir .. "/state/journal.db"))
end

function T:tearDown()
  self.journal:close()
  host.log_open { stderr = true }
  folder_teardown(self)
end

local function made(self, pacing, account)
  return guardian.new { journal = self.journal, account = account or "1", cooldown = 100,
    pacing = pacing or {} }
end

-- A post of the account that went live so many seconds ago.
local function posted(self, ago, account)
  self.count = (self.count or 0) + 1
  self.journal:put_post { account = account or "1", post_kind = "feed", sends = 1, state = "live",
    sha256 = "hash" .. self.count, name = "a.jpg", media_id = tostring(self.count),
    published = host.now() - ago }
end

local function assert_held(err, seconds)
  lu.assertNotNil(err)
  lu.assertEquals({ err.kind, err.deferred, err.retryable }, { "limit", true, true })
  lu.assertAlmostEquals(err.wait_until - host.now(), seconds, 2)
  lu.assertStrContains(err.message, os.date("%Y-%m-%d", math.ceil(err.wait_until)))
end

-- A graph whose quota reads as told.
local function answering(quota, err)
  return { quota = function() return quota, err end }
end

function T:test_nothing_is_held_back_as_shipped()
  local g = made(self)
  for _ = 1, 60 do posted(self, 1) end
  lu.assertNil(g:hold())
  lu.assertNil(g:stale(0))
end

function T:test_spacing_counts_from_the_last_post_of_this_account()
  local g = made(self, { spacing = HOUR })
  lu.assertNil(g:hold())
  posted(self, 10, "2")
  lu.assertNil(g:hold())
  posted(self, 2 * HOUR)
  lu.assertNil(g:hold())
  posted(self, 600)
  assert_held(g:hold(), HOUR - 600)
end

function T:test_so_many_posts_in_24_hours()
  local g = made(self, { per_day = 2 })
  posted(self, DAY + 10)
  posted(self, 20 * HOUR)
  lu.assertNil(g:hold())
  posted(self, 1 * HOUR)
  assert_held(g:hold(), 4 * HOUR)
end

-- "HH:MM" so many minutes from now, and how many seconds until then.
local function clock(minutes)
  local time = math.floor(host.now()) + minutes * 60
  local t = os.date("*t", time)
  return ("%02d:%02d"):format(t.hour, t.min), time - t.sec - host.now()
end

function T:test_quiet_hours_also_over_midnight()
  for _, span in ipairs({ { -90, 90 }, { -1, 600 }, { -700, 30 } }) do
    local from, _ = clock(span[1])
    local to, left = clock(span[2])
    assert_held(made(self, { quiet_hours = { from = from, to = to } }):hold(), left)
  end
  for _, span in ipairs({ { 30, 90 }, { -90, -30 }, { 60, -60 } }) do
    local quiet = { from = clock(span[1]), to = clock(span[2]) }
    lu.assertNil(made(self, { quiet_hours = quiet }):hold())
  end
end

function T:test_a_rest_outlives_the_program_and_is_of_one_account()
  made(self):put_off(host.error { kind = "limit", op = "x", message = "blocked", retryable = true })
  assert_held(made(self):hold(), 100)
  lu.assertNil(made(self, nil, "2"):hold())
end

function T:test_the_server_may_name_the_time()
  local g = made(self)
  g:observe { ["x-business-use-case-usage"] = [[{"1":[{"type":"instagram","call_count":100,
    "estimated_time_to_regain_access":37},{"type":"pages","estimated_time_to_regain_access":5}]}]] }
  g:rest()
  assert_held(g:hold(), 37 * 60)
  -- A shorter one does not shorten it.
  g:observe {}
  g:rest()
  assert_held(g:hold(), 37 * 60)
end

function T:test_the_last_free_post_is_used_and_no_further()
  local g = made(self)
  lu.assertTrue(g:ask(answering { used = 23, total = 25, duration = DAY }))
  g:count()
  lu.assertNil(g:hold())
  g:count()
  assert_held(g:hold(), DAY)
  -- The server knows better at the next run.
  lu.assertTrue(g:ask(answering { used = 3, total = 25 }))
  lu.assertNil(g:hold())
end

function T:test_a_quota_that_cannot_be_read_holds_nothing_back()
  local g = made(self)
  local err = host.error { kind = "remote", op = "graph_get", message = "down", retryable = true }
  lu.assertTrue(g:ask(answering(nil, err)))
  lu.assertNil(g:hold())
  lu.assertTrue(g:ask(answering {}))
  lu.assertNil(g:hold())
end

function T:test_a_used_up_quota_is_not_remembered()
  local g = made(self)
  g:put_off(host.error { kind = "limit", op = "x", message = "quota", subcode = 2207042,
    retryable = true })
  lu.assertNotNil(g:hold())
  lu.assertNil(made(self):hold())
end

function T:test_a_dead_token_stops_the_run()
  local dead = host.error { kind = "auth", op = "graph_get", code = 190, message = "expired",
    retryable = false }
  local fine, err = made(self):ask(answering(nil, dead))
  lu.assertNil(fine)
  lu.assertEquals(err.code, 190)
end

function T:test_what_waited_too_long_is_not_posted_any_more()
  local g = made(self, { max_age = HOUR })
  lu.assertNil(g:stale(host.now() - HOUR + 10))
  local err = g:stale(host.now() - HOUR - 10)
  lu.assertEquals({ err.kind, err.stale, err.retryable }, { "limit", true, false })
  lu.assertStrContains(err.next_action, "retry")
end

return T
