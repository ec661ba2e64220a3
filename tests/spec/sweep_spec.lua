-- sweep: what a killed run left is removed, and nothing else is.
local journals = require "journal"
local items = require "item"
local lu = require "luaunit"
local sweep = require "sweep"

local T = {}

local PART = ".affiche-0123456789abcdef.part"
local SHA = ("ab"):rep(32)

function T:setUp()
  self.folder = (host.env "TMPDIR" or "/tmp") .. "/affiche-" .. host.random(6)
  for _, name in ipairs { "in/processed/.receipts", "public", "work" } do
    assert(host.mkdir(self.folder .. "/" .. name))
  end
  self.journal = assert(journals.open(self.folder .. "/state/journal.db"))
  self.app = { journal = self.journal, work_folder = self.folder .. "/work",
    target = { scheme = "file", folder = self.folder .. "/public" } }
end

function T:tearDown()
  self.journal:close()
  assert(host.remove(self.folder, { recursive = true }))
end

function T:put(name)
  local path = self.folder .. "/" .. name
  assert(host.mkdir(path:match("^(.*)/")))
  assert(host.write(path, "x"))
  return path
end

function T:run()
  sweep.run(self.app, self.folder .. "/in")
end

function T:test_temporaries_go()
  local paths = {}
  for i, folder in ipairs { "in", "in/processed", "in/processed/.receipts", "public" } do
    paths[i] = self:put(folder .. "/" .. PART)
  end
  self:run()
  for _, path in ipairs(paths) do lu.assertNil(host.stat(path), path) end
end

function T:test_what_is_not_ours_stays()
  local paths = { self:put "in/a.jpg", self:put "in/.affiche-notes", self:put "public/.htaccess",
    self:put "in/film.mp4.part", self:put "work/README", self:put("in/sub/" .. PART) }
  self:run()
  for _, path in ipairs(paths) do lu.assertNotNil(host.stat(path), path) end
end

function T:test_a_temporary_whose_maker_lives_stays()
  local path = self:put("public/" .. PART)
  local lock <close> = assert(host.lock(path))
  self:run()
  lu.assertNotNil(host.stat(path))
  lock:release()
  self:run()
  lu.assertNil(host.stat(path))
end

function T:test_files_of_unfinished_items_stay()
  local entry = { sha256 = SHA, name = "a.jpg", path = self.folder .. "/in/a.jpg", kind = "image",
    size = 1 }
  local id = self.journal:begin_item("poster_media", "1", entry)
  local path = self:put("work/" .. items.work_name("poster_media", "1", SHA) .. "/b.jpg")
  local orphan = self:put("work/" .. items.work_name("story", "1", SHA) .. "/b.jpg")
  self:run()
  lu.assertNotNil(host.stat(path))
  lu.assertNil(host.stat(orphan))
  self.journal:end_item(id, { state = "published", done = true })
  self:run()
  lu.assertNil(host.stat(path))
end

return T
