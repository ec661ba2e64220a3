-- The result object: names, counts and shapes that other programs rely on (contract, section 6).
local i18n = require "i18n"
local json = require "json"
local lu = require "luaunit"
local report = require "report"

local T = {}

local SECRET = "a-password-of-the-spec"

function T:setUp()
  host.log_open { stderr = false }
  self.app = { t = i18n.get "en", server_label = "ftp.example.org:21",
    cfg = { AUTO_DOWNLOAD_DIR = "/in", IG_USER_ID = "17840000000000101" } }
  self.result = report.new(self.app)
end

function T:tearDown() host.log_open { stderr = true } end

local function failure(fields)
  local err = { kind = "remote", message = "refused" }
  for key, value in pairs(fields or {}) do err[key] = value end
  return host.error(err)
end

function T:outcome(name, place, fields)
  report.outcome(self.result, self.app, name, fields, place)
end

-- Finished, written and read again, as another program sees it.
function T:finished()
  return assert(json.decode(report.encode(report.finish(self.app, self.result))))
end

function T:test_an_empty_run_has_every_field()
  local object = self:finished()
  lu.assertTrue(object.success)
  lu.assertStrMatches(object.timestamp, "%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d%.%d%d%d%d%d%d")
  lu.assertEquals({ object.source_directory, object.ftp_server, object.instagram_account },
    { "/in", "ftp.example.org:21", "17840000000000101" })
  lu.assertEquals(object.result.stats, { files_found = 0, files_processed = 0, files_uploaded = 0,
    files_published = 0, files_ignored = 0, files_failed = 0, files_deferred = 0,
    errors = json.list() })
  lu.assertTrue(object.result.success)
  lu.assertEquals(object.result.message, "Publishing finished: 0/0 files published")
end

function T:test_empty_lists_are_lists()
  local text = report.encode(report.finish(self.app, self.result))
  lu.assertStrContains(text, '"errors": []')
  lu.assertStrContains(text, '"items": []')
end

function T:test_the_fields_come_in_the_order_of_the_contract()
  self:outcome("a.jpg", 1, { state = "published" })
  local text, at = report.encode(report.finish(self.app, self.result)), 0
  for _, name in ipairs({ "success", "timestamp", "source_directory", "ftp_server",
    "instagram_account", "result", "success", "stats", "files_found", "files_processed",
    "files_uploaded", "files_published", "files_ignored", "files_failed", "files_deferred",
    "errors", "items", "file", "state", "media_id", "permalink", "error", "message" }) do
    local found = text:find(('"%s"'):format(name), at + 1, true)
    lu.assertNotNil(found, name)
    at = found
  end
end

function T:test_a_published_file()
  self:outcome("a.jpg", 1, { state = "published", media_id = "17950000000000301",
    permalink = "https://www.instagram.com/p/x/", ran = { upload = true, publish = true } })
  local object = self:finished()
  lu.assertEquals(object.result.items, json.list { { file = "a.jpg", state = "published",
    media_id = "17950000000000301", permalink = "https://www.instagram.com/p/x/",
    error = json.null } })
  local stats = object.result.stats
  lu.assertEquals({ stats.files_processed, stats.files_uploaded, stats.files_published },
    { 1, 1, 1 })
  lu.assertStrContains(object.result.message, "1/1")
end

function T:test_a_failed_file_has_one_sentence_and_an_error()
  self:outcome("a.jpg", 1, { state = "failed",
    error = failure { code = 9004, subcode = 2207052, op = "graph_post", step = "publish" } })
  local object = self:finished()
  lu.assertFalse(object.success)
  lu.assertFalse(object.result.success)
  local stats = object.result.stats
  lu.assertEquals({ stats.files_failed, stats.files_processed }, { 1, 1 })
  local err = object.result.items[1].error
  lu.assertEquals({ err.kind, err.code, err.subcode, err.message, err.retryable },
    { "remote", 9004, 2207052, "refused", false })
  lu.assertEquals({ err.step, err.file }, { "publish", "a.jpg" })
  lu.assertStrContains(err.next_action, "PUBLIC_BASE_URL")
  lu.assertEquals(#object.result.stats.errors, 1)
  lu.assertStrContains(object.result.stats.errors[1], "a.jpg: refused. ")
end

function T:test_what_has_to_wait_is_no_failure()
  self:outcome("a.jpg", 1, { state = "deferred", error = failure { deferred = true } })
  self:outcome("b.jpg", 2, { state = "uncertain", error = failure { uncertain = true } })
  report.deferred(self.result, "c.jpg", failure())
  local object = self:finished()
  lu.assertTrue(object.success)
  lu.assertEquals({ object.result.stats.files_deferred, object.result.stats.files_processed },
    { 3, 0 })
  lu.assertEquals(object.result.stats.errors, json.list())
  local states = {}
  for _, item in ipairs(object.result.items) do states[item.file] = item.state end
  lu.assertEquals({ states["a.jpg"], states["b.jpg"], states["c.jpg"] },
    { "deferred", "uncertain", "deferred" })
end

function T:test_duplicates_are_ignored_and_stand_in_the_list()
  self:outcome("a.jpg", 1, { state = "duplicate", media_id = "17950000000000301" })
  report.ignored(self.result, "b.jpg", "too small")
  local object = self:finished()
  lu.assertTrue(object.success)
  lu.assertEquals({ object.result.stats.files_ignored, #object.result.items }, { 2, 1 })
  lu.assertEquals(object.result.items[1].media_id, "17950000000000301")
end

function T:test_a_failure_after_the_post_keeps_its_state_and_counts()
  self:outcome("a.jpg", 1, { state = "published", media_id = "1", error = failure() })
  local object = self:finished()
  lu.assertFalse(object.success)
  local stats = object.result.stats
  lu.assertEquals({ stats.files_published, stats.files_failed, stats.files_processed }, { 1, 1, 1 })
  lu.assertEquals(object.result.items[1].state, "published")
end

function T:test_items_stand_in_the_order_of_the_folder()
  for place, name in ipairs({ "c.jpg", "a.jpg", "b.jpg" }) do
    self:outcome(name, 4 - place, { state = "published" })
  end
  local items = self:finished().result.items
  lu.assertEquals({ items[1].file, items[2].file, items[3].file }, { "b.jpg", "a.jpg", "c.jpg" })
end

function T:test_found_is_the_sum_of_the_rest()
  self.result.found, self.result.ignored = 5, 1
  self:outcome("a.jpg", 1, { state = "published" })
  self:outcome("b.jpg", 2, { state = "failed", error = failure() })
  self:outcome("c.jpg", 3, { state = "duplicate" })
  self:outcome("d.jpg", 4, { state = "deferred", error = failure { deferred = true } })
  local stats = self:finished().result.stats
  lu.assertEquals(stats.files_found,
    stats.files_processed + stats.files_ignored + stats.files_deferred)
end

function T:test_names_of_any_bytes_make_valid_json()
  self:outcome("caf\xE9\n\".jpg", 1, { state = "failed", error = failure() })
  local object = self:finished()
  lu.assertEquals(object.result.items[1].file, "caf\u{FFFD}\n\".jpg")
end

function T:test_no_secret_is_told()
  host.secret(SECRET)
  self:outcome("a.jpg", 1, { state = "failed", error = failure { message = "with " .. SECRET } })
  lu.assertNil(report.encode(report.finish(self.app, self.result)):find(SECRET, 1, true))
  local object = report.cannot_start(self.app, "because of " .. SECRET)
  lu.assertNil(report.encode(object):find(SECRET, 1, true))
end

function T:test_a_run_that_cannot_start_says_why()
  local problems = { { key = "ACCESS_TOKEN" } }
  local object, not_started = report.cannot_start(self.app, "no token", problems)
  object = json.decode(report.encode(object))
  lu.assertTrue(not_started)
  lu.assertFalse(object.success)
  lu.assertFalse(object.result.success)
  lu.assertEquals({ object.result.error, object.result.stats.files_found }, { "no token", 0 })
  lu.assertEquals(object.result.problems[1].key, "ACCESS_TOKEN")
end

function T:test_the_french_message_is_the_original_one()
  i18n.use "fr"
  local ok, object = pcall(self.finished, self)
  i18n.use "en"
  lu.assertTrue(ok)
  lu.assertEquals(object.result.message, "Publication terminée: 0/0 fichiers publiés")
end

function T:test_the_timestamp_is_local_time_with_six_digits()
  lu.assertEquals(report.timestamp(0.5), os.date("%Y-%m-%dT%H:%M:%S", 0) .. ".500000")
end

return T
