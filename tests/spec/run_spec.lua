-- A whole run over a folder: every file is published, or it is said why not, and none is lost.
local apps = require "app"
local job_support = require "job_support"
local json = require "json"
local lu = require "luaunit"
local retry = require "retry"
local support = require "file_support"

local T = {}

function T:setUp() self.job = job_support.new() end
function T:tearDown() self.job:close() end

function T:write(name, text) return support.make(("%s/in/%s"):format(self.job.dir, name), text) end
function T:script(name, text)
  return support.make(("%s/scripts/%s.lua"):format(self.job.dir, name), text)
end

function T:test_counts_add_up_and_originals_stay_as_they_were()
  local hash = host.hash(self.job:add "morning.jpg")
  self.job:add "dusk.webp"
  self:write("notes.txt", "words")
  self:write("broken.webp", "RIFF\0\0\0\0WEBPVP8 ")
  local object, items = self.job:run()
  lu.assertFalse(object.success)
  local stats = object.result.stats
  lu.assertEquals({ stats.files_found, stats.files_processed, stats.files_published,
    stats.files_ignored, stats.files_failed, stats.files_deferred }, { 4, 3, 2, 1, 1, 0 })
  lu.assertEquals({ items["broken.webp"].state, items["broken.webp"].error.kind },
    { "failed", "format" })
  lu.assertStrContains(stats.errors[1], "broken.webp")
  lu.assertEquals(host.hash(self.job.dir .. "/in/processed/morning.jpg"), hash)
  lu.assertTrue(self.job:has "broken.webp" and self.job:has "notes.txt")
end

function T:test_what_is_no_medium_fails_and_stays()
  self:write("empty.jpg", "")
  self:write("text.jpg", "only words")
  local _, items = self.job:run()
  lu.assertEquals({ items["empty.jpg"].state, items["text.jpg"].state }, { "failed", "failed" })
  lu.assertTrue(self.job:has "empty.jpg" and self.job:has "text.jpg")
  lu.assertEquals(#self.job:posts(), 0)
end

function T:test_a_copy_that_pauses_is_put_off_not_failed()
  local whole = assert(host.read(host.info().root .. "/examples/media/morning.jpg"))
  local path = self:write("slow.jpg", whole:sub(1, 20000))
  local copy = host.spawn(function()
    host.sleep(0.6)
    support.make(path, whole)
  end)
  local object, items = self.job:run()
  lu.assertTrue(copy:join())
  lu.assertEquals({ items["slow.jpg"].state, object.success }, { "deferred", true })
  lu.assertEquals(object.result.stats.files_deferred, 1)
  object, items = self.job:run()
  lu.assertEquals({ items["slow.jpg"].state, object.success }, { "published", true })
end

function T:test_the_content_decides_what_a_file_is()
  self.job:add("dusk.webp", "named.jpg")
  local _, items = self.job:run()
  lu.assertEquals(items["named.jpg"].state, "published")
end

function T:test_names_of_all_kinds_arrive()
  local names = { "with space.jpg", "été #1 100%.jpg", "a?b&c=d.jpg", "quote\"'.jpg",
    "new\nline.jpg", "-rf.jpg", ("x"):rep(251) .. ".jpg" }
  for i, name in ipairs(names) do
    local path = self.job:add("morning.jpg", name)
    -- Every one of them another content: bytes after the end of a JPEG change nothing else.
    local file <close> = assert(io.open(path, "ab"))
    assert(file:write(("x"):rep(i)))
  end
  local object, items = self.job:run()
  lu.assertTrue(object.success, object.result.stats.errors[1])
  for _, name in ipairs(names) do
    lu.assertEquals(items[name].state, "published", name)
    lu.assertTrue(self.job:has("processed/" .. name), name)
  end
  lu.assertEquals(#self.job:posts(), #names)
  local receipt = assert(host.read(self.job.dir .. "/in/processed/.receipts/with space.jpg.json"))
  for _, step in ipairs(json.decode(receipt).steps) do
    if step.name == "prepare" then lu.assertEquals(step.result.removed, { "trailer" }) end
  end
  lu.assertStrContains(receipt, '"removed"')
end

function T:test_posts_appear_in_the_order_of_the_folder()
  for i = 1, 6 do
    local path = self.job:add("morning.jpg", ("%d.jpg"):format(i))
    local file <close> = assert(io.open(path, "ab"))
    assert(file:write(("x"):rep(i)))
  end
  self.job:run()
  for i, post in ipairs(self.job:posts()) do lu.assertStrContains(post.caption, tostring(i)) end
  lu.assertEquals(#self.job:posts(), 6)
end

function T:test_a_sidecar_is_archived_with_the_last_of_its_media()
  self.job:add("morning.jpg", "a.jpg")
  self.job:add("dusk.webp", "a.webp")
  self:write("a.txt", "the words")
  self:script("filters", "return function(item) return item.ext == '.jpg', 'not now' end")
  self.job:run()
  lu.assertTrue(self.job:has "a.txt")
  lu.assertEquals(self.job:posts()[1].caption, "the words")
  os.remove(self.job.dir .. "/scripts/filters.lua")
  self.job:run()
  lu.assertTrue(self.job:has "processed/a.txt")
  lu.assertFalse(self.job:has "a.txt")
  lu.assertEquals(#self.job:posts(), 2)
end

function T:test_media_of_one_stem_that_finish_together_take_the_sidecar_along()
  self.job:add("morning.jpg", "a.jpg")
  self.job:add("dusk.webp", "a.webp")
  self:write("a.txt", "the words")
  self.job:run()
  lu.assertTrue(self.job:has "processed/a.txt")
  lu.assertFalse(self.job:has "a.txt")
end

function T:test_a_filter_ignores_with_its_reason()
  self.job:add "morning.jpg"
  self:script("filters", "return function(item) return false, 'not on Sundays' end")
  local object = self.job:run()
  lu.assertTrue(object.success)
  lu.assertEquals({ object.result.stats.files_ignored, #object.result.items }, { 1, 0 })
  lu.assertTrue(self.job:has "morning.jpg")
end

function T:test_a_rule_that_raises_fails_its_file_alone()
  local path = self:script("captions", [[return function(item)
    if item.stem == "bad" then return item.nothing.more end
    return "words of " .. item.stem
  end]])
  self.job:add("morning.jpg", "bad.jpg")
  self.job:add "dusk.webp"
  local _, items = self.job:run()
  lu.assertEquals({ items["bad.jpg"].state, items["dusk.webp"].state }, { "failed", "published" })
  lu.assertStrContains(items["bad.jpg"].error.message, path .. ":2:")
  os.remove(path)
  items = select(2, self.job:run())
  lu.assertEquals(items["bad.jpg"].state, "published")
end

function T:test_a_step_of_the_users_own_runs_where_it_is_named()
  assert(host.mkdir(self.job.dir .. "/scripts/steps"))
  self:script("steps/shout", "return function(item) return { caption = item.caption:upper() } end")
  self:script("mine", [[return workflow { name = "mine", folder = env.AUTO_DOWNLOAD_DIR,
    steps = { "prepare", "shout", "upload", "publish", "archive" } }]])
  self.job:add "morning.jpg"
  lu.assertTrue((self.job:run "mine").success)
  lu.assertStrContains(self.job:posts()[1].caption, "MORNING")
end

function T:test_copies_in_one_run_are_posted_once()
  self.job:add("morning.jpg", "a.jpg")
  self.job:add("morning.jpg", "b.jpg")
  local object, items = self.job:run()
  lu.assertEquals({ items["a.jpg"].state, items["b.jpg"].state }, { "published", "duplicate" })
  lu.assertEquals({ #self.job:posts(), object.result.stats.files_ignored }, { 1, 1 })
  lu.assertTrue(self.job:has "processed/a.jpg" and self.job:has "processed/b.jpg")
end

function T:test_a_copy_is_left_where_it_is_when_the_hook_says_so()
  self:script("filters", [[return { accept = function() return true end,
    on_duplicate = function(item, earlier) return earlier.name == "a.jpg" and "keep" end }]])
  self.job:add("morning.jpg", "a.jpg")
  self.job:run()
  self.job:add("morning.jpg", "b.jpg")
  local _, items = self.job:run()
  lu.assertEquals(items["b.jpg"].state, "duplicate")
  lu.assertTrue(self.job:has "b.jpg")
end

function T:test_a_folder_that_another_run_holds_is_left_alone()
  self.job:add "morning.jpg"
  local lock <close> = assert(host.lock(self.job.dir .. "/in"))
  local object = self.job:run()
  lu.assertFalse(object.success)
  lu.assertStrContains(object.result.error, "another run")
  lu.assertTrue(self.job:has "morning.jpg")
  lock:release()
  lu.assertTrue((self.job:run()).success)
end

function T:test_a_failed_archive_keeps_the_post_and_is_made_good()
  self.job:add "morning.jpg"
  self:write("processed", "a file in the place of the folder")
  local object, items = self.job:run()
  lu.assertFalse(object.success)
  lu.assertEquals(items["morning.jpg"].state, "published")
  lu.assertEquals(items["morning.jpg"].error.step, "archive")
  lu.assertEquals({ object.result.stats.files_published, object.result.stats.files_failed },
    { 1, 1 })
  os.remove(self.job.dir .. "/in/processed")
  object = self.job:run()
  lu.assertTrue(object.success)
  lu.assertEquals({ #self.job:posts(), self.job:publishes() }, { 1, 1 })
  lu.assertTrue(self.job:has "processed/morning.jpg")
end

function T:test_a_mended_address_heals_what_was_not_sent()
  self.job:add "morning.jpg"
  self.job.settings.PUBLIC_BASE_URL = "http://127.0.0.1:" .. self.job.web.port .. "/wrong"
  assert(host.mkdir(self.job.dir .. "/scripts/steps"))
  self:script("steps/publish", [[local instagram = require "instagram"
    return function(item) return assert(instagram.publish(item)) end]])
  local _, items = self.job:run()
  lu.assertEquals({ items["morning.jpg"].state, items["morning.jpg"].error.subcode },
    { "failed", 2207052 })
  self.job.settings.PUBLIC_BASE_URL = nil
  items = select(2, self.job:run())
  lu.assertEquals(items["morning.jpg"].state, "published")
end

-- A day of waiting for a post that was worth an hour: refused until a person wants it all the same.
function T:test_what_waited_too_long_goes_aside_and_retry_posts_it()
  self:script("pacing", "return { max_age = 3600, look_again = {}, settle_after = {} }")
  self.job:add "morning.jpg"
  local switches = self.job.instagram.state.switches
  switches.quota_used = 100
  local _, items = self.job:run()
  lu.assertEquals(items["morning.jpg"].state, "deferred")
  switches.quota_used = 0
  local app = self.job:app()
  assert(apps.connect(app))
  app.journal:write { "UPDATE item SET created = created - 86400" }
  for run = 1, 5 do
    _, items = self.job:run()
    lu.assertEquals(items["morning.jpg"].state, "failed")
    lu.assertStrContains(items["morning.jpg"].error.message, "max_age")
    lu.assertEquals(self.job:has "morning.jpg", run < 5)
  end
  lu.assertTrue(self.job:has "failed/morning.jpg")
  lu.assertEquals(self.job:posts(), {})
  local flow = assert(apps.load(app, "poster_media"))
  assert(retry.reset(app, flow, assert(retry.find(app, flow, { "morning.jpg" }))))
  apps.close(app)
  _, items = self.job:run()
  lu.assertEquals(items["morning.jpg"].state, "published")
end

function T:test_nothing_is_left_in_the_work_folder()
  self.job:add "morning.jpg"
  self.job:add "dusk.webp"
  self.job:run()
  lu.assertEquals(host.list(self.job.dir .. "/state/work"), {})
end

local function assert_complete(err, file)
  for _, field in ipairs({ "kind", "message", "step", "file", "next_action" }) do
    lu.assertEquals(type(err[field]), "string", field)
  end
  for _, field in ipairs({ "code", "subcode" }) do lu.assertNotNil(err[field], field) end
  lu.assertEquals({ type(err.retryable), err.file }, { "boolean", file })
end

-- In the result, in the journal and beside a file that is given up.
function T:test_an_error_is_complete_wherever_it_stands()
  self:script("captions", [[return function() return ("x"):rep(3000) end]])
  self.job:add "morning.jpg"
  local items
  for _ = 1, 5 do items = select(2, self.job:run()) end
  assert_complete(items["morning.jpg"].error, "morning.jpg")
  local beside = self.job.dir .. "/in/failed/morning.jpg.error.json"
  assert_complete(json.decode(assert(host.read(beside))), "morning.jpg")
  local store <close> = assert(host.store(self.job.dir .. "/state/journal.db"))
  assert_complete(json.decode(store:query("SELECT error FROM item")[1].error), "morning.jpg")
end

return T
