-- What the journal tells of files and runs: newest first, in pages.
local history = require "history"
local journal = require "journal"
local json = require "json"
local lu = require "luaunit"

local T = {}

function T:setUp()
  self.path = (host.env("TMPDIR") or "/tmp") .. "/affiche-" .. host.random(6) .. ".db"
  self.journal = assert(journal.open(self.path))
  for place, name in ipairs { "a", "b", "c" } do
    local id = self.journal:begin_item("flow", "1", { name = name, path = "/in/" .. name,
      sha256 = name, kind = "image", size = 1 })
    local state = name == "b" and "failed" or "published"
    self.journal:end_item(id, { state = state, done = state == "published" })
    self.journal:write { "UPDATE item SET updated = ? WHERE id = ?", 1700000000 + place, id }
  end
  self.journal:put_post { account = "1", post_kind = "image", sha256 = "c", name = "c",
    state = "live", media_id = "17900000000000001", permalink = "https://x/p", created = 1,
    sends = 1 }
end

function T:tearDown()
  self.journal:close()
  for _, tail in ipairs { "", "-wal", "-shm" } do assert(host.remove(self.path .. tail)) end
end

function T:test_files_come_newest_first_with_their_post()
  local items, total = history.items(self.journal)
  lu.assertEquals({ total, items[1].file, items[2].file, items[3].file }, { 3, "c", "b", "a" })
  lu.assertEquals({ items[1].media_id, items[1].permalink },
    { "17900000000000001", "https://x/p" })
  lu.assertEquals(items[1].updated, "2023-11-14T22:13:23Z")
end

function T:test_a_state_is_asked_for()
  local items, total = history.items(self.journal, { state = "failed" })
  lu.assertEquals({ total, #items, items[1].file }, { 1, 1, "b" })
end

function T:test_pages()
  local items, total = history.items(self.journal, { limit = 1, offset = 1 })
  lu.assertEquals({ total, #items, items[1].file }, { 3, 1, "b" })
  lu.assertEquals(#history.items(self.journal, { offset = 3 }), 0)
end

function T:test_a_run_is_finished_at_work_or_without_an_end()
  local first = self.journal:begin_run("flow")
  local object = { success = true, result = { message = "done", stats = { files_found = 2 } } }
  self.journal:end_run(first, object)
  local second, third = self.journal:begin_run("flow"), self.journal:begin_run("flow")
  local runs, total = history.runs(self.journal, {}, third)
  lu.assertEquals({ total, runs[1].state, runs[2].state, runs[3].state },
    { 3, "running", "unfinished", "finished" })
  lu.assertEquals({ runs[3].message, runs[3].stats.files_found }, { "done", 2 })
  lu.assertEquals(history.unfinished(self.journal), third)
  lu.assertEquals(history.run(self.journal, second).id, tostring(second))
  lu.assertEquals(history.run(self.journal, first).result.result.message, "done")
  lu.assertNil(history.run(self.journal, 99))
end

function T:test_the_result_of_a_run_is_whole_however_long()
  for _, count in ipairs { 0, 1, 100, 101, 250 } do
    local items = json.list()
    for i = 1, count do items[i] = { file = ("%03d"):format(i), error = json.null } end
    local object = { success = true, result = { message = "done", stats = { files_found = count },
      items = items } }
    local id = self.journal:begin_run("flow")
    self.journal:end_run(id, object)
    lu.assertEquals(json.encode(history.run(self.journal, id).result), json.encode(object))
    lu.assertEquals(object.result.items, items)
  end
end

-- As the first schema had it.
function T:test_a_result_that_has_its_items_in_itself()
  local id = self.journal:begin_run("flow")
  local text = '{"result":{"items":[{"file":"a"}]}}'
  self.journal:write { "UPDATE run SET ended = 1, result = ? WHERE id = ?", text, id }
  lu.assertEquals(json.encode(history.run(self.journal, id).result), text)
end

function T:test_without_a_journal_nothing_was_done()
  lu.assertEquals({ history.items(nil) }, { {}, 0 })
  lu.assertEquals({ history.runs(nil, {}) }, { {}, 0 })
  lu.assertNil(history.run(nil, 1))
end

return T
