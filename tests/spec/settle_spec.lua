-- Settling: what counts as evidence that a post went out, against the stand-in's list of media.
local guardian = require "guardian"
local graph = require "graph"
local journal = require "journal"
local lu = require "luaunit"
local settle = require "settle"
local standin = require "standin"
local support = require "file_support"

local T = support.spec()
local folder_setup, folder_teardown = T.setUp, T.tearDown

local ACCOUNT, TOKEN = "17840000000000101", "token-of-the-spec"

function T:setUp()
  folder_setup(self)
  host.log_open { stderr = false }
  self.instagram = assert(standin.start { account = ACCOUNT, token = TOKEN, folder = self.dir })
  self.state = self.instagram.state
  local app = { journal = assert(journal.open(self.dir .. "/state/journal.db")), cfg = {} }
  app.graph = graph.new { url = self.instagram.url, account = ACCOUNT, token = TOKEN }
  app.guardian = guardian.new { journal = app.journal, account = ACCOUNT, cooldown = 10,
    pacing = {} }
  self.app = app
end

function T:tearDown()
  self.app.journal:close()
  self.instagram.stop()
  host.log_open { stderr = true }
  folder_teardown(self)
end

-- A container at the stand-in, and the claim of a post that was sent with it.
local function sent_post(self, fields)
  local form = { caption = fields and fields.caption or "Low tide #harbour" }
  local container = self.state:make_container(form, "/no/file")
  local post = { account = ACCOUNT, post_kind = "feed", sha256 = container.id, name = "a.jpg",
    state = "sent", sends = 1, container = container.id, caption = form.caption,
    created = host.now() - 1, sent = host.now() }
  for key, value in pairs(fields or {}) do post[key] = value end
  self.app.journal:put_post(post)
  return post, container
end

-- A medium on the account that is not of our making.
local function foreign(self, fields)
  local container = self.state:make_container({ caption = "Low tide #harbour" }, "/no/file")
  local media = self.state:publish(container)
  for key, value in pairs(fields or {}) do media[key] = value end
  return media
end

local function look(self, post) return settle.by_evidence(self.app, post, {}) end

local function assert_open(self, post)
  local done, err = look(self, post)
  lu.assertNil(done)
  lu.assertTrue(err.uncertain)
  lu.assertEquals(self.app.journal:post(ACCOUNT, post.post_kind, post.sha256).state, "sent")
  return err
end

function T:test_times_are_read_in_any_zone()
  local utc = 1791015342
  lu.assertEquals(settle.parse_time("2026-10-03T08:15:42+0000"), utc)
  lu.assertEquals(settle.parse_time("2026-10-03T10:15:42+02:00"), utc)
  lu.assertEquals(settle.parse_time("2026-10-03T03:45:42-0430"), utc)
  lu.assertEquals(settle.parse_time("1970-01-01T00:00:00+0000"), 0)
  lu.assertEquals(settle.parse_time("2024-02-29T12:00:00+0000"), 1709208000)
  for _, text in ipairs({ "2026-10-03", "", "soon", "2026-10-03T08:15:42" }) do
    lu.assertNil(settle.parse_time(text))
  end
  lu.assertNil(settle.parse_time(nil))
end

function T:test_one_match_is_live_and_its_id_is_claimed()
  local post, container = sent_post(self)
  self.state.switches.status_lag = 3600
  local media = self.state:publish(container)
  lu.assertTrue((look(self, post)))
  local claim = self.app.journal:post(ACCOUNT, "feed", post.sha256)
  lu.assertEquals({ claim.state, claim.media_id, claim.permalink },
    { "live", media.id, media.permalink })
  lu.assertTrue(self.app.journal:is_claimed(ACCOUNT, media.id))
end

function T:test_a_published_container_is_live()
  local post, container = sent_post(self)
  self.state.switches.list_lag = 3600
  self.state:publish(container)
  lu.assertTrue((look(self, post)))
  lu.assertNil(post.media_id)
end

function T:test_nothing_to_be_seen_is_no_evidence()
  local post = sent_post(self)
  local done, err, unsent = look(self, post)
  lu.assertNil(done)
  lu.assertTrue(unsent)
  lu.assertStrContains(err.message, post.container)
  lu.assertStrContains(err.next_action, "settle")
end

function T:test_captions_are_compared_without_their_spaces()
  local post = sent_post(self, { caption = " Low  tide\n\n#harbour " })
  foreign(self, { caption = "Low tide #harbour" })
  lu.assertTrue((look(self, post)))
end

function T:test_another_caption_type_or_time_is_no_match()
  local post = sent_post(self)
  foreign(self, { caption = "Low tide" })
  foreign(self, { kind = "video" })
  foreign(self, { time = post.created - 5 * 60 - 5 })
  foreign(self, { time = post.sent + 15 * 60 + 5 })
  local err = assert_open(self, post)
  lu.assertStrContains(err.message, "no matching post")
  foreign(self, { time = post.created - 5 * 60 + 5 })
  lu.assertTrue((look(self, post)))
end

function T:test_a_reel_matches_videos()
  local post = sent_post(self, { post_kind = "reel" })
  foreign(self)
  assert_open(self, post)
  foreign(self, { kind = "video" })
  lu.assertTrue((look(self, post)))
end

function T:test_several_matches_are_for_a_person()
  local post = sent_post(self)
  foreign(self)
  foreign(self)
  lu.assertStrContains(assert_open(self, post).message, "several")
end

function T:test_an_id_that_another_post_has_is_no_match()
  local post = sent_post(self)
  local media = foreign(self)
  sent_post(self, { state = "live", media_id = media.id })
  assert_open(self, post)
end

function T:test_two_uncertain_posts_with_the_same_words_claim_nothing()
  local one, two = sent_post(self), sent_post(self)
  self.state.switches.status_lag = 3600
  foreign(self)
  assert_open(self, one)
  assert_open(self, two)
  -- A person knows that it is live, not which medium it is: the one that is seen may be it.
  two.state = "live"
  self.app.journal:put_post(two)
  assert_open(self, one)
  two.media_id = foreign(self).id
  self.app.journal:put_post(two)
  lu.assertTrue((look(self, one)))
end

function T:test_posts_that_look_at_once_never_claim_one_match_together()
  local one, two = sent_post(self, { caption = "one" }), (sent_post(self, { caption = "one" }))
  foreign(self, { caption = "one" })
  -- Each is too far from the other to be its rival; to both the medium is near enough.
  one.sent, one.created = host.now() - 14 * 60, host.now() - 14 * 60
  two.sent, two.created = host.now() + 7 * 60, host.now()
  self.app.journal:put_post(one)
  self.app.journal:put_post(two)
  local done = host.map({ one, two }, { concurrency = 2 }, function(post)
    return (look(self, post)) == true
  end)
  lu.assertEquals({ done[1] and done[2], done[1] or done[2] }, { false, true })
end

function T:test_an_empty_caption_matches_nothing()
  local post, container = sent_post(self, { caption = "" })
  self.state.switches.status_lag = 3600
  self.state:publish(container)
  assert_open(self, post)
  self.state.switches.status_lag = 0
  lu.assertTrue((look(self, post)))
end

function T:test_older_pages_are_looked_at()
  local post, container = sent_post(self)
  self.state.switches.status_lag = 3600
  self.state:publish(container)
  for i = 1, 30 do foreign(self, { caption = "another " .. i }) end
  lu.assertTrue((look(self, post)))
end

function T:test_reads_that_fail_leave_it_open()
  local post, container = sent_post(self)
  self.state:publish(container)
  self.state.switches.token = "463"
  local err = assert_open(self, post)
  lu.assertTrue(err.uncertain)
  self.state.switches.token = "ok"
  lu.assertTrue((look(self, post)))
end

function T:test_later_looks_see_what_the_first_did_not()
  local post, container = sent_post(self)
  self.state.switches.status_lag = 3600
  local later <close> = host.spawn(function()
    host.sleep(0.05)
    self.state:publish(container)
  end)
  lu.assertTrue((settle.by_evidence(self.app, post, { 0.02, 0.2, 1 })))
  lu.assertEquals(later:status(), "dead")
end

return T
