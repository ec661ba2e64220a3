-- The uploader with a folder as its target: names, content, addresses, what stands there already.
local items = require "item"
local journal = require "journal"
local lu = require "luaunit"
local support = require "file_support"
local uploader = require "uploader"

local T = support.spec()
local folder_setup, folder_teardown = T.setUp, T.tearDown

function T:setUp()
  folder_setup(self)
  host.log_open { stderr = false }
  assert(host.mkdir(self.dir .. "/public"))
  self.app = { journal = assert(journal.open(self.dir .. "/state/journal.db")) }
  self.app.uploader = uploader.new { target = { scheme = "file", folder = self.dir .. "/public" },
    base = "https://example.org/p/", cfg = {}, journal = self.app.journal }
end

function T:tearDown()
  self.app.journal:close()
  host.log_open { stderr = true }
  folder_teardown(self)
end

local function item_of(self, name, content)
  local path = support.make(self.dir .. "/" .. name, content or "the bytes")
  local sha256, size = host.hash(path)
  return items.new({ name = name, ext = name:match("%.[^.]*$"), path = path, sha256 = sha256,
    size = size }, { app = self.app, results = {}, notes = {} })
end

function T:test_a_file_is_copied_under_a_plain_name()
  local item = item_of(self, "Été à la mer #1.JPG")
  local sent = assert(uploader.upload(item))
  lu.assertStrMatches(sent.remote, "[%w._-]+%.jpg")
  lu.assertStrContains(sent.remote, item.sha256:sub(1, 12))
  lu.assertEquals(support.content(self.dir .. "/public/" .. sent.remote), "the bytes")
  lu.assertEquals({ sent.uploaded_sha256, sent.uploaded_size }, { item.sha256, 9 })
  items.merge(item, "upload", sent)
  lu.assertEquals(item.url, "https://example.org/p/" .. sent.remote)
end

function T:test_what_a_step_made_is_uploaded_with_its_own_hash_and_extension()
  local item = item_of(self, "a.webp")
  local file = support.make(self.dir .. "/converted.jpg", "converted")
  local sha256, size = host.hash(file)
  items.merge(item, "prepare", { file = file, file_sha256 = sha256, file_size = size })
  local sent = assert(uploader.upload(item))
  lu.assertStrMatches(sent.remote, "a%-" .. sha256:sub(1, 12) .. "%.jpg")
  lu.assertEquals(support.content(self.dir .. "/public/" .. sent.remote), "converted")
end

function T:test_the_same_content_again_is_there_already()
  local first = assert(uploader.upload(item_of(self, "a.jpg")))
  local again = assert(uploader.upload(item_of(self, "a.jpg")))
  lu.assertEquals(again, first)
  lu.assertEquals(#host.list(self.dir .. "/public"), 1)
end

function T:test_another_content_under_the_name_is_not_believed_nor_replaced()
  local item = item_of(self, "a.jpg")
  local sent = assert(uploader.upload(item))
  support.make(self.dir .. "/public/" .. sent.remote, "cut")
  local done, err = uploader.upload(item)
  lu.assertNil(done)
  lu.assertEquals(err.code, "EEXIST")
  lu.assertEquals(support.content(self.dir .. "/public/" .. sent.remote), "cut")
end

function T:test_a_file_that_changed_since_it_was_looked_at_is_refused()
  local item = item_of(self, "a.jpg")
  support.make(item.path, "other bytes")
  local done, err = uploader.upload(item)
  lu.assertNil(done)
  lu.assertNotNil(err.message)
  lu.assertEquals(host.list(self.dir .. "/public"), {})
end

function T:test_a_target_that_cannot_be_written_is_told()
  self.app.uploader.target.folder = self.dir .. "/a.jpg/below"
  local done, err = uploader.upload(item_of(self, "a.jpg"))
  lu.assertNil(done)
  lu.assertEquals(err.kind, "io")
end

function T:test_the_public_copy_is_removed()
  local sent = assert(uploader.upload(item_of(self, "a.jpg")))
  assert(self.app.uploader:remove(sent.remote))
  assert(self.app.uploader:remove(sent.remote))
  lu.assertEquals(host.list(self.dir .. "/public"), {})
end

function T:test_warnings_come_once()
  local lines = {}
  host.log_open { listener = function(line) lines[#lines + 1] = line.message end }
  self.app.uploader:warn { "one" }
  self.app.uploader:warn { "one", "two" }
  self.app.uploader:warn(nil)
  host.log_open { listener = false }
  lu.assertEquals(lines, { "one", "two" })
end

return T
