-- Publishing against the stand-in: exactly one post each, whatever it answers.
local job_support = require "job_support"
local lu = require "luaunit"

local T = {}

function T:tearDown()
  if self.job then self.job:close() end
  self.job = nil
end

local function job(self, options)
  self.job = job_support.new(options)
  return self.job
end

-- One run of one picture that ends live, with one post and one request to publish.
local function assert_live_once(self, options)
  local j = job(self, options)
  j:add "morning.jpg"
  local object, items = j:run()
  lu.assertTrue(object.success, object.result.errors)
  lu.assertEquals(items["morning.jpg"].state, "published")
  lu.assertEquals({ #j:posts(), j:publishes() }, { 1, 1 })
  lu.assertEquals(items["morning.jpg"].media_id, j:posts()[1].id)
  lu.assertTrue(j:has "processed/morning.jpg")
  return j, items["morning.jpg"]
end

function T:test_a_picture_is_published()
  local j, item = assert_live_once(self)
  lu.assertEquals(item.permalink, j:posts()[1].permalink)
  lu.assertStrContains(j:posts()[1].caption, "Morning")
end

function T:test_a_second_run_posts_nothing_again()
  local j = assert_live_once(self)
  local object = j:run()
  lu.assertEquals(object.result.stats.files_found, 0)
  j:add("morning.jpg", "copy.jpg")
  local _, items = j:run()
  lu.assertEquals(items["copy.jpg"].state, "duplicate")
  lu.assertEquals({ #j:posts(), j:publishes() }, { 1, 1 })
end

function T:test_a_video_becomes_a_reel()
  local j = job(self, { switches = { video_seconds = 0.1 } })
  j:add "clip.mp4"
  local _, items = j:run()
  lu.assertEquals(items["clip.mp4"].state, "published", items["clip.mp4"].error)
  lu.assertEquals({ #j:posts(), j:posts()[1].kind }, { 1, "video" })
end

function T:test_a_container_that_is_not_ready_is_asked_again()
  local j = job(self, { switches = { not_ready = 0.5 } })
  j:add "morning.jpg"
  local _, items = j:run()
  lu.assertEquals(items["morning.jpg"].state, "published")
  lu.assertEquals({ #j:posts(), j:publishes(), j:containers() }, { 1, 2, 1 })
end

function T:test_not_yet_is_put_off_and_its_container_kept()
  local j = job(self, { switches = { image_seconds = -1 }, ready_within = 0.1 })
  j:add "morning.jpg"
  local object, items = j:run()
  lu.assertTrue(object.success)
  lu.assertEquals(items["morning.jpg"].state, "deferred")
  lu.assertEquals(object.result.stats.files_deferred, 1)
  lu.assertEquals(j:publishes(), 0)
  for _, container in pairs(j.instagram.state.containers) do container.ready = 0 end
  items = select(2, j:run())
  lu.assertEquals(items["morning.jpg"].state, "published")
  lu.assertEquals({ #j:posts(), j:containers() }, { 1, 1 })
end

function T:test_an_expired_container_is_made_anew()
  local j = job(self, { switches = { image_seconds = -1 }, ready_within = 0.1 })
  j:add "morning.jpg"
  j:run()
  local state = j.instagram.state
  for _, container in pairs(state.containers) do container.made = host.now() - 100000 end
  state.switches.image_seconds = 0
  local _, items = j:run()
  lu.assertEquals(items["morning.jpg"].state, "published")
  lu.assertEquals({ #j:posts(), j:containers() }, { 1, 2 })
end

function T:test_the_state_may_stand_in_the_sentence_alone()
  assert_live_once(self, { switches = { status_only = true } })
end

function T:test_a_fetch_that_fails_once_costs_a_new_container_only()
  local j = job(self, { switches = { fetch = "2207052" } })
  j:add "morning.jpg"
  local _, items = j:run()
  lu.assertEquals(items["morning.jpg"].state, "published")
  lu.assertEquals({ #j:posts(), j:publishes() }, { 1, 1 })
end

function T:test_a_limit_puts_off_every_file_and_a_later_run_goes_on()
  local j = job(self, { switches = { publish = "refuse-2207042" } })
  j:add "morning.jpg"
  j:add "dusk.webp"
  local object, items = j:run()
  lu.assertTrue(object.success)
  lu.assertEquals(items["morning.jpg"].state, "deferred")
  lu.assertEquals(items["dusk.webp"].state, "deferred")
  lu.assertEquals({ #j:posts(), object.result.stats.files_deferred }, { 0, 2 })
  items = select(2, j:run())
  lu.assertEquals(items["dusk.webp"].state, "published")
  lu.assertEquals(#j:posts(), 2)
end

function T:test_a_used_up_quota_sends_nothing()
  local j = job(self, { switches = { quota_used = 100 } })
  j:add "morning.jpg"
  local _, items = j:run()
  lu.assertEquals(items["morning.jpg"].state, "deferred")
  lu.assertEquals({ j:publishes(), j:containers() }, { 0, 0 })
  j.instagram.state.switches.quota_used = 99
  j:add "dusk.webp"
  items = select(2, j:run())
  lu.assertEquals({ #j:posts(), items["dusk.webp"].state }, { 1, "published" })
  lu.assertEquals(items["morning.jpg"].state, "deferred")
end

function T:test_a_limit_on_calls_rests_the_account_also_over_a_restart()
  local j = job(self, { switches = { limit_calls = 1 } })
  j:add "morning.jpg"
  local object, items = j:run()
  lu.assertTrue(object.success)
  lu.assertEquals(items["morning.jpg"].state, "deferred")
  j.instagram.state.switches.limit_calls = 0
  items = select(2, j:run())
  lu.assertEquals(items["morning.jpg"].state, "deferred")
  lu.assertEquals(#j:posts(), 0)
end

function T:test_a_dead_token_fails_each_file_with_what_to_do()
  local j = job(self, { switches = { token = "463" } })
  j:add "morning.jpg"
  j:add "dusk.webp"
  local object, items = j:run()
  lu.assertFalse(object.success)
  lu.assertEquals(object.result.stats.files_failed, 2)
  local err = items["morning.jpg"].error
  lu.assertEquals({ err.kind, err.code, err.subcode }, { "auth", 190, 463 })
  lu.assertStrContains(err.next_action, "ACCESS_TOKEN")
  lu.assertEquals(j:publishes(), 0)
  lu.assertTrue(j:has "morning.jpg")
  j.instagram.state.switches.token = "ok"
  lu.assertTrue((j:run()).success)
  lu.assertEquals(#j:posts(), 2)
end

function T:test_a_block_that_published_all_the_same_is_live()
  assert_live_once(self, { switches = { publish = "ok-then-403" } })
end

function T:test_a_server_error_that_published_all_the_same_is_live()
  assert_live_once(self, { switches = { publish = "ok-then-500" } })
end

function T:test_a_lost_answer_is_found_again()
  assert_live_once(self, { switches = { publish = "ok-then-drop" } })
end

function T:test_an_answer_without_an_id_or_unreadable_is_found_again()
  assert_live_once(self, { switches = { publish = "no-id" } })
  self.job:close()
  assert_live_once(self, { switches = { publish = "html" } })
end

function T:test_reads_that_fail_do_not_undo_a_post()
  local _, item = assert_live_once(self, { switches = { read_outage = "media" } })
  lu.assertEquals(type(item.permalink), "userdata") -- null
end

-- Every lie of media_publish while reads fail as they were seen to: the media list is all that
-- is left, and it is enough.
function T:test_a_post_is_found_whatever_else_cannot_be_read()
  for _, publish in ipairs({ "ok", "ok-then-403", "ok-then-500", "ok-then-drop", "no-id" }) do
    for _, outage in ipairs({ "container", "media", "both" }) do
      assert_live_once(self, { switches = { publish = publish, read_outage = outage } })
      self.job:close()
    end
  end
  self.job = nil
end

function T:test_what_did_not_go_out_is_held_and_never_sent_again()
  local j = job(self, { switches = { publish = "drop" } })
  j:add "morning.jpg"
  for _ = 1, 2 do
    local object, items = j:run()
    lu.assertTrue(object.success)
    lu.assertEquals(items["morning.jpg"].state, "uncertain")
    lu.assertEquals(object.result.stats.files_deferred, 1)
    lu.assertStrContains(items["morning.jpg"].error.next_action, "settle")
  end
  lu.assertEquals({ #j:posts(), j:publishes(), j:containers() }, { 0, 1, 1 })
  lu.assertTrue(j:has "morning.jpg")
end

function T:test_an_unanswered_publish_stays_uncertain_whatever_fails_later()
  local j = job(self, { switches = { publish = "drop" } })
  j:add "morning.jpg"
  j:run()
  j.instagram.state.switches.token = "463"
  local items = select(2, j:run())
  lu.assertEquals(items["morning.jpg"].state, "uncertain")
end

function T:test_what_did_not_go_out_is_sent_once_more_when_so_wished()
  local j = job(self, { switches = { publish = "drop" }, settings = { ON_UNCERTAIN = "resend" } })
  j:add "morning.jpg"
  local _, items = j:run()
  lu.assertEquals(items["morning.jpg"].state, "published")
  lu.assertEquals({ #j:posts(), j:publishes(), j:containers() }, { 1, 2, 1 })
end

function T:test_a_second_run_settles_what_the_first_could_not_see()
  local j = job(self, { switches = { publish = "ok-then-drop", list_lag = 3600,
    status_lag = 3600 } })
  j:add "morning.jpg"
  local _, items = j:run()
  lu.assertEquals(items["morning.jpg"].state, "uncertain")
  j.instagram.state.switches.list_lag = 0
  items = select(2, j:run())
  lu.assertEquals(items["morning.jpg"].state, "published")
  lu.assertEquals(items["morning.jpg"].media_id, j:posts()[1].id)
  lu.assertEquals({ #j:posts(), j:publishes() }, { 1, 1 })
  lu.assertTrue(j:has "processed/morning.jpg")
end

local function states(items) return { items["one.jpg"].state, items["two.webp"].state } end

-- Two pictures with the same words, both sent, both answers lost, nothing to be seen of them yet.
local function lost_twins(self)
  local j = job(self, { switches = { publish = "ok-then-drop", publish_times = 0,
    status_lag = 3600, list_lag = 3600 } })
  for name, sample in pairs({ one = "morning.jpg", two = "dusk.webp" }) do
    local path = j:add(sample, name .. sample:match("%..*"))
    assert(host.write(path:gsub("%.%w+$", ".txt"), "the same words"))
  end
  lu.assertEquals(states(select(2, j:run())), { "uncertain", "uncertain" })
  return j, j.instagram.state.switches
end

function T:test_a_match_that_may_be_anothers_is_no_evidence()
  local j, switches = lost_twins(self)
  switches.list_lag = 0
  lu.assertEquals(states(select(2, j:run())), { "uncertain", "uncertain" })
  lu.assertEquals({ #j:posts(), j:publishes() }, { 2, 2 })
end

function T:test_of_posts_with_the_same_words_the_container_tells()
  local j, switches = lost_twins(self)
  switches.list_lag, switches.status_lag = 0, 0
  lu.assertEquals(states(select(2, j:run())), { "published", "published" })
  lu.assertEquals({ #j:posts(), j:publishes() }, { 2, 2 })
end

function T:test_a_published_container_is_live_without_a_media_id()
  local j = job(self, { switches = { publish = "ok-then-drop", list_lag = 3600 } })
  j:add "morning.jpg"
  local _, items = j:run()
  lu.assertEquals(items["morning.jpg"].state, "published")
  lu.assertEquals(type(items["morning.jpg"].media_id), "userdata") -- null
  lu.assertEquals({ #j:posts(), j:publishes() }, { 1, 1 })
end

return T
