-- Items: what scripts see of a medium, and what they may not do to it.
local items = require "item"
local lu = require "luaunit"
local made = require "item_support"
local support = require "file_support"

local T = support.spec()
local clean = T.tearDown

function T:setUp()
  self.dir = (host.env("TMPDIR") or "/tmp") .. "/affiche-" .. host.random(6)
  assert(host.mkdir(self.dir))
  self.app = made.app(self.dir)
  self.item = made.item(self.app, self.dir, "a.jpg")
end

function T:tearDown()
  self.app.journal:close()
  clean(self)
end

function T:test_facts_are_read_and_not_set()
  lu.assertEquals({ self.item.name, self.item.stem, self.item.kind }, { "a.jpg", "a", "image" })
  lu.assertNil(self.item.permalink)
  lu.assertErrorMsgContains("item.name cannot be set", function() self.item.name = "b" end)
  lu.assertErrorMsgContains("item.colour cannot be set", function() self.item.colour = 1 end)
end

function T:test_pairs_shows_facts_and_results()
  items.merge(self.item, "step", { caption = "words" })
  local seen = {}
  for key, value in pairs(self.item) do seen[key] = value end
  lu.assertEquals(seen.name, "a.jpg")
  lu.assertEquals(seen.caption, "words")
end

function T:test_the_file_is_the_original_until_a_step_returns_another()
  lu.assertEquals(self.item.file, self.item.path)
  assert(items.merge(self.item, "prepare", { file = "/else/b.jpg" }))
  lu.assertEquals(self.item.file, "/else/b.jpg")
  lu.assertEquals(self.item.path, self.dir .. "/a.jpg")
end

function T:test_names_with_a_fixed_meaning_are_refused()
  for _, name in ipairs({ "name", "path", "sha256", "account", "note", "remember", "duration" }) do
    local merged, err = items.merge(self.item, "mine", { fine = 1, [name] = "x" })
    lu.assertNil(merged)
    lu.assertEquals(err.kind, "script")
    lu.assertStrContains(err.message, "mine")
    lu.assertStrContains(err.message, ("'%s'"):format(name))
    lu.assertNil(self.item.fine)
  end
end

function T:test_only_tables_of_names_are_results()
  for _, value in ipairs({ "text", 12, true, { "list" } }) do
    local merged, err = items.merge(self.item, "mine", value)
    lu.assertNil(merged)
    lu.assertStrContains(err.message, "step mine returned")
  end
end

function T:test_the_url_is_computed_when_it_is_used()
  lu.assertNil(self.item.url)
  items.merge(self.item, "upload", { remote = "a-1.jpg" })
  lu.assertEquals(self.item.url, "https://example.org/a b/a-1.jpg")
  self.app.uploader.base = "https://mended.example"
  lu.assertEquals(self.item.url, "https://mended.example/a-1.jpg")
end

function T:test_a_note_is_durable_and_belongs_to_its_step()
  lu.assertEquals(self.item.note, {})
  self.item:remember { container = "1", tries = 2 }
  self.item:remember { tries = 3 }
  lu.assertEquals(self.item.note, { container = "1", tries = 3 })
  local context = items.context(self.item)
  lu.assertEquals(self.app.journal:notes(context.id), { here = { container = "1", tries = 3 } })
  context.step = "other"
  lu.assertEquals(self.item.note, {})
  lu.assertErrorMsgContains("a table", self.item.remember, self.item, "text")
end

function T:test_a_note_that_cannot_be_kept_raises_and_is_not_there()
  self.app.journal:close()
  lu.assertError(self.item.remember, self.item, { container = "1" })
  lu.assertEquals(self.item.note, {})
  self.app = made.app(self.dir)
end

function T:test_private_paths_go_with_the_item()
  local one, two = self.item:temp(".jpg"), self.item:temp("/../../x")
  lu.assertNotEquals(one, two)
  lu.assertStrMatches(one, ".*%.jpg")
  for _, path in ipairs({ one, two }) do
    lu.assertEquals(path:sub(1, #self.app.work_folder + 1), self.app.work_folder .. "/")
    support.make(path, "x")
  end
  local other = made.item(self.app, self.dir, "b.jpg"):temp(".jpg")
  support.make(other, "x")
  assert(items.discard(self.item))
  lu.assertFalse(support.exists(one) or support.exists(two))
  lu.assertTrue(support.exists(other))
end

function T:test_a_turn_is_taken_once_and_ended()
  local turn = self.item:turn()
  lu.assertIs(self.item:turn(), turn)
  items.end_turn(self.item)
  lu.assertNil(self.app.turns.held.publish)
  items.end_turn(self.item)
end

function T:test_only_items_have_a_context()
  lu.assertErrorMsgContains("an item expected", items.context, {})
end

return T
