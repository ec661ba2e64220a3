-- item_support.lua - items on a real journal, for the specs of what carries them.
local items = require "item"
local journal = require "journal"
local support = require "file_support"
local turns = require "turns"
local uploader = require "uploader"

local M = {}

---What an app has of it that items need. Close its journal.
function M.app(dir)
  local app = { journal = assert(journal.open(dir .. "/state/journal.db")),
    work_folder = dir .. "/state/work" }
  app.turns = turns.new { patience = 60, on_overtake = function() end }
  app.uploader = uploader.new { target = { scheme = "file", folder = dir .. "/public" },
    base = "https://example.org/a b", cfg = {}, journal = app.journal }
  return app
end

---An item of a file made here, begun in the journal.
function M.item(app, dir, name, content)
  local path = support.make(dir .. "/" .. name, content or name)
  local sha256, size = host.hash(path)
  local context = { app = app, flow = { name = "flow" }, results = {}, place = 1,
    post_kind = "feed", inputs = "inputs", step = "here" }
  local item = items.new({ name = name, stem = name:match("^[^.]*"), ext = ".jpg", path = path,
    size = size, sha256 = sha256, account = "1", kind = "image", format = "jpeg" }, context)
  context.id = app.journal:begin_item("flow", "1", item)
  context.notes = app.journal:notes(context.id)
  return item
end

return M
