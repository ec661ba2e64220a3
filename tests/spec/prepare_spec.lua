-- Prepare: the words are checked before anything is sent, the file is made fit.
local items = require "item"
local lu = require "luaunit"
local made = require "item_support"
local prepare = require "prepare"
local support = require "file_support"

local T = support.spec()
local folder_setup, folder_teardown = T.setUp, T.tearDown

function T:setUp()
  folder_setup(self)
  self.app = made.app(self.dir)
  self.item = made.item(self.app, self.dir, "a.jpg")
end

function T:tearDown()
  self.app.journal:close()
  folder_teardown(self)
end

local function refused(kind, expected, result, err)
  lu.assertNil(result)
  lu.assertEquals(err.kind, kind)
  lu.assertStrContains(err.message, expected)
end

function T:test_a_caption_is_a_text_or_a_table()
  local function words(item) return "words of " .. item.name end
  lu.assertEquals(prepare.caption(self.item, words), { caption = "words of a.jpg" })
  local result = prepare.caption(self.item, function()
    return { caption = "words", alt_text = "a boat", place = "harbour" }
  end)
  lu.assertEquals(result, { caption = "words", alt_text = "a boat", place = "harbour" })
end

function T:test_a_caption_that_cannot_be_sent_is_refused()
  local function check(kind, expected, value)
    refused(kind, expected, prepare.caption(self.item, function() return value end))
  end
  check("script", "caption", nil)
  check("script", "caption", 12)
  check("script", "caption", { text = "words" })
  check("limit", "2200", ("x"):rep(2201))
  check("limit", "30", ("#tag "):rep(31))
  check("limit", "20", ("@name "):rep(21))
  check("format", "UTF-8", "caf\xE9")
  check("script", "alt_text", { caption = "words", alt_text = 12 })
  check("limit", "1000", { caption = "words", alt_text = ("é"):rep(1001) })
end

function T:test_a_rule_that_raises_is_told_with_its_place()
  local result, err = prepare.caption(self.item, function(item) return item.sidecar.text end)
  lu.assertNil(result)
  lu.assertStrContains(err.message, "prepare_spec.lua")
  lu.assertStrContains(err.traceback, "prepare_spec.lua")
end

local function picture(self)
  local source = host.info().root .. "/examples/media/dusk.webp"
  local file <close> = assert(io.open(source, "rb"))
  return made.item(self.app, self.dir, "b.webp", file:read("a"))
end

function T:test_a_picture_is_made_a_jpeg_in_a_private_place()
  local item = picture(self)
  local result = assert(prepare.file(item, { send = "jpeg", quality = 80, fit = "pad",
    min_ratio = 0.8, max_ratio = 1.91, max_width = 400, extensions = { ".webp" } }))
  lu.assertEquals(result.file:sub(1, #self.app.work_folder), self.app.work_folder)
  local facts = assert(host.probe(result.file))
  lu.assertEquals({ facts.format, facts.width, facts.height },
    { "jpeg", result.target_width, result.target_height })
  lu.assertTrue(facts.width <= 400)
  items.discard(item)
end

function T:test_a_fit_picture_goes_as_it_is_and_an_earlier_step_counts()
  local rules = { send = "jpeg", passthrough = true, max_width = 1440, min_ratio = 0.8,
    max_ratio = 1.91 }
  local file <close> = assert(io.open(host.info().root .. "/examples/media/morning.jpg", "rb"))
  local item = made.item(self.app, self.dir, "c.jpg", file:read("a") .. "behind the end")
  local result = assert(prepare.file(item, rules))
  lu.assertEquals({ result.untouched, result.removed }, { true, { "trailer" } })
  lu.assertEquals(host.hash(result.file),
    host.hash(host.info().root .. "/examples/media/morning.jpg"))
  assert(items.merge(item, "watermark", { file = host.info().root .. "/examples/media/dusk.webp" }))
  result = assert(prepare.file(item, rules))
  lu.assertEquals({ result.untouched, result.target_width }, { false, 1080 })
  items.discard(item)
end

function T:test_what_is_sent_as_it_is_is_only_measured()
  lu.assertEquals(prepare.file(self.item, { send = "as_is", max_bytes = 5 }), {})
  refused("limit", "4", prepare.file(self.item, { send = "as_is", max_bytes = 4 }))
end

function T:test_a_file_that_changed_since_it_was_hashed_is_put_off()
  for _, rules in ipairs({ { send = "as_is" }, { send = "jpeg", quality = 80 } }) do
    local item = picture(self)
    local file <close> = assert(io.open(item.path, "ab"))
    file:write("more")
    file:flush()
    local result, err = prepare.file(item, rules)
    lu.assertNil(result)
    lu.assertEquals({ err.kind, err.code, err.deferred, err.retryable },
      { "io", "ECHANGED", true, true })
    lu.assertStrContains(err.message, "b.webp changed")
    items.discard(item)
  end
end

function T:test_a_format_without_an_entry_is_refused()
  refused("format", "jpeg", prepare.file(self.item, nil))
end

return T
