-- The journal: what it remembers is there after it was closed and opened again.
local journal = require "journal"
local json = require "json"
local lu = require "luaunit"
local support = require "file_support"

local T = support.spec()

local function path_of(self) return self.dir .. "/state/journal.db" end

-- The journal of this spec; what `fn` returns.
local function with(self, fn)
  local opened = assert(journal.open(path_of(self)))
  local _ <close> = setmetatable({}, { __close = function() opened:close() end })
  return fn(opened)
end

local function entry(name, sha256)
  return { name = name, path = "/in/" .. name, kind = "image", size = 3, sha256 = sha256 or name }
end

function T:test_it_makes_its_folder_for_nobody_else()
  with(self, function() end)
  lu.assertEquals(host.stat(self.dir .. "/state").mode & 511, tonumber("700", 8))
end

function T:test_the_schema_is_versioned()
  with(self, function(j)
    lu.assertTrue(j:row("PRAGMA user_version").user_version >= 1)
  end)
end

function T:test_several_may_make_it_at_once()
  local opened = host.map({ 1, 2, 3, 4 }, { concurrency = 4 }, function()
    return assert(journal.open(path_of(self)))
  end)
  for _, j in ipairs(opened) do
    lu.assertEquals(#j:rows("SELECT name FROM sqlite_master WHERE name = 'item'"), 1)
    j:close()
  end
end

function T:test_a_newer_schema_is_refused()
  with(self, function(j) j:write({ "PRAGMA user_version = 9999" }) end)
  local opened, err = journal.open(path_of(self))
  lu.assertNil(opened)
  lu.assertEquals(err.kind, "format")
  lu.assertStrContains(err.message, "9999")
end

function T:test_a_file_that_is_no_database_is_set_aside_aloud()
  assert(host.mkdir(self.dir .. "/state"))
  local garbage = ("no database "):rep(500)
  support.make(path_of(self), garbage)
  local lines = {}
  host.log_open { stderr = false, listener = function(line) lines[#lines + 1] = line.message end }
  with(self, function(j) lu.assertTrue(j.fresh) end)
  host.log_open { stderr = true, listener = false }
  local names = host.list(self.dir .. "/state")
  local aside
  for _, name in ipairs(names) do aside = aside or name:match("^journal.db.damaged.*") end
  lu.assertEquals(support.content(self.dir .. "/state/" .. aside), garbage)
  lu.assertEquals(#lines, 1)
  lu.assertStrContains(lines[1], aside)
  with(self, function(j) lu.assertFalse(j.fresh) end)
end

function T:test_a_journal_that_cannot_be_opened_is_an_error()
  assert(host.mkdir(path_of(self)))
  local opened, err = journal.open(path_of(self))
  lu.assertNil(opened)
  lu.assertStrContains(err.message, "journal.db")
end

function T:test_an_item_is_found_again_by_its_content()
  local id = with(self, function(j)
    local first = j:begin_item("flow", "1", entry("a.jpg", "hash"))
    local again, known = j:begin_item("flow", "1", entry("b.jpg", "hash"))
    lu.assertEquals(again, first)
    lu.assertEquals(known.name, "a.jpg")
    lu.assertNotEquals(j:begin_item("flow", "2", entry("a.jpg", "hash")), first)
    lu.assertNotEquals(j:begin_item("story", "1", entry("a.jpg", "hash")), first)
    return first
  end)
  with(self, function(j)
    local row = j:find_item("flow", "1", "hash")
    lu.assertEquals({ row.id, row.name, row.path }, { id, "b.jpg", "/in/b.jpg" })
    lu.assertEquals(row.state, "active")
    lu.assertNil(j:find_item("flow", "1", "other"))
  end)
end

function T:test_the_end_of_an_item_is_recorded()
  with(self, function(j)
    local id = j:begin_item("flow", "1", entry("a.jpg", "h"))
    local err = host.error { kind = "remote", message = "no", code = 4, subcode = 2207051 }
    j:end_item(id, { state = "failed", error = err, failed = true, wait_until = 12.5 })
    j:end_item(id, { state = "failed", error = err, failed = true, wait_until = 12.5 })
    local row = j:find_item("flow", "1", "h")
    lu.assertEquals({ row.state, row.failures, row.done, row.wait_until }, { "failed", 2, 0, 12.5 })
    lu.assertEquals(json.decode(row.error).subcode, 2207051)
    j:put_note(id, "publish", { container = "1" })
    j:end_item(id, { state = "published", done = true })
    row = j:find_item("flow", "1", "h")
    lu.assertEquals({ row.state, row.done, row.error }, { "published", 1 })
    lu.assertEquals(j:notes(id), {})
  end)
end

function T:test_steps_and_notes_are_there_again()
  local id = with(self, function(j)
    local id = j:begin_item("flow", "1", entry("a.jpg"))
    j:finish_step(id, "prepare", "inputs", { caption = "Été", size = 12 }, 1.5)
    assert(j:put_note(id, "publish", { container = "18000000000000201" }))
    return id
  end)
  with(self, function(j)
    local steps = j:steps(id)
    lu.assertEquals(steps.prepare.inputs, "inputs")
    lu.assertEquals(steps.prepare.result, { caption = "Été", size = 12 })
    lu.assertEquals(steps.prepare.started, 1.5)
    lu.assertEquals(j:notes(id), { publish = { container = "18000000000000201" } })
  end)
end

function T:test_content_that_comes_back_takes_the_whole_way_again()
  with(self, function(j)
    local id = j:begin_item("flow", "1", entry("a.jpg"))
    j:finish_step(id, "archive", "inputs", {}, 1)
    j:begin_item("flow", "1", entry("a.jpg"))
    lu.assertNotNil(j:steps(id).archive)
    j:end_item(id, { state = "published", done = true })
    j:begin_item("flow", "1", entry("a.jpg"))
    lu.assertEquals(j:steps(id), {})
  end)
end

local function post(sha256, fields)
  local made = { account = "1", post_kind = "feed", sha256 = sha256, name = sha256 .. ".jpg",
    state = "new", sends = 0 }
  for key, value in pairs(fields or {}) do made[key] = value end
  return made
end

function T:test_a_post_is_kept_whole()
  with(self, function(j)
    lu.assertNil(j:post("1", "feed", "h"))
    local sent = post("h", { state = "sent", container = "18000000000000201", caption = "Été",
      created = 10.25, sent = 20.5, sends = 1, fingerprint = "f" })
    j:put_post(sent)
    lu.assertEquals(j:post("1", "feed", "h"), sent)
    lu.assertNil(j:post("1", "reel", "h"))
    lu.assertNil(j:post("2", "feed", "h"))
    sent.state, sent.sent = "new", nil
    j:put_post(sent)
    lu.assertEquals(j:post("1", "feed", "h"), sent)
  end)
end

function T:test_a_media_id_is_claimed_once()
  with(self, function(j)
    j:put_post(post("h", { state = "live", media_id = "17950000000000301" }))
    lu.assertTrue(j:is_claimed("1", "17950000000000301"))
    lu.assertFalse(j:is_claimed("1", "17950000000000302"))
    lu.assertFalse(j:is_claimed("2", "17950000000000301"))
    lu.assertError(j.put_post, j, post("i", { state = "live", media_id = "17950000000000301" }))
    lu.assertEquals(j:post("1", "feed", "h").state, "live")
    lu.assertNil(j:post("1", "feed", "i"))
    j:put_post(post("i", { state = "live" })) -- live, and the id is not known
    j:put_post(post("j", { state = "live" }))
  end)
end

function T:test_unsettled_posts_are_those_that_were_sent()
  with(self, function(j)
    local mine = post("h", { state = "sent", sent = 1 })
    j:put_post(mine)
    j:put_post(post("i", { state = "sent", sent = 2 }))
    j:put_post(post("j", { state = "live" }))
    j:put_post(post("k"))
    j:put_post(post("l", { state = "sent", post_kind = "reel" }))
    local others = j:unsettled(mine)
    lu.assertEquals(#others, 1)
    lu.assertEquals(others[1].sha256, "i")
  end)
end

function T:test_facts_are_set_and_forgotten()
  with(self, function(j)
    lu.assertNil(j:fact("target:x", "tls"))
    j:set_fact("target:x", "tls", "1")
    j:set_fact("target:x", "tls", "2")
    lu.assertEquals(j:fact("target:x", "tls"), "2")
    lu.assertNil(j:fact("target:y", "tls"))
    j:set_fact("target:x", "tls", nil)
    lu.assertNil(j:fact("target:x", "tls"))
  end)
end

return T
