-- The folder: media and their sidecars, what is counted and what is passed over.
local folder = require "folder"
local lu = require "luaunit"
local support = require "file_support"

local T = support.spec()

local FORMATS = { jpeg = { extensions = { ".jpg", ".JPEG" } }, webp = { extensions = { ".webp" } },
  heic = {} }

local function put(self, ...)
  for _, name in ipairs({ ... }) do support.make(self.dir .. "/" .. name, name) end
end

local function names(entries)
  local list = {}
  for i, entry in ipairs(entries) do list[i] = entry.name end
  return list
end

local function sorted(self)
  local entries, skipped = assert(folder.look(self.dir, "name"))
  return folder.sort(self.dir, entries, skipped, FORMATS)
end

function T:test_extensions_come_from_the_formats()
  lu.assertEquals(folder.extensions(FORMATS), { [".jpg"] = "jpeg", [".jpeg"] = "jpeg",
    [".webp"] = "webp" })
end

function T:test_extensions_count_whatever_their_case()
  put(self, "a.JPG", "b.WebP", "c.txt", "d", "e.", "f.jpg.bak", "g.png")
  local found = sorted(self)
  lu.assertEquals(names(found.media), { "a.JPG", "b.WebP" })
  local name = found.media[1].name
  lu.assertEquals({ folder.extension(name), folder.stem(name) }, { ".jpg", "a" })
  lu.assertEquals({ found.found, found.ignored }, { 7, 5 })
end

function T:test_sidecars_of_a_medium_are_not_counted()
  put(self, "a.jpg", "a.webp", "a.txt", "a.json", "b.txt", "c.json")
  local found = sorted(self)
  lu.assertEquals(names(found.sidecars.a), { "a.json", "a.txt" })
  lu.assertNil(found.sidecars.b)
  lu.assertEquals({ found.found, found.ignored }, { 4, 2 })
  lu.assertEquals(names(found.others), { "b.txt", "c.json" })
end

function T:test_hidden_files_and_folders_are_left_alone_and_partial_downloads_ignored()
  put(self, ".hidden.jpg", "a.jpg", "b.jpg.part", "c.jpg.crdownload")
  assert(host.mkdir(self.dir .. "/processed"))
  local found = sorted(self)
  lu.assertEquals(names(found.media), { "a.jpg" })
  lu.assertEquals({ found.found, found.ignored }, { 3, 2 })
end

function T:test_a_file_that_cannot_be_opened_is_found_all_the_same()
  put(self, "a.jpg", "b.jpg", "c.txt")
  local skipped = { { name = "b.jpg", reason = "unreadable" },
    { name = "gone.jpg", reason = "unreadable" }, { name = "c.txt", reason = "unreadable" } }
  local entries = { assert(host.scan(self.dir))[1] }
  local found = folder.sort(self.dir, entries, skipped, FORMATS)
  lu.assertEquals(names(found.media), { "a.jpg", "b.jpg" })
  lu.assertEquals({ found.found, found.ignored }, { 3, 1 })
end

function T:test_a_file_that_grows_is_waited_for()
  local path = self.dir .. "/a.jpg"
  support.make(path, "x")
  local writer = host.spawn(function()
    for i = 1, 4 do
      host.sleep(0.05)
      support.make(path, ("x"):rep(i + 1))
    end
  end)
  local entries = assert(folder.look(self.dir, "name"))
  lu.assertTrue((writer:join()))
  lu.assertEquals({ entries[1].growing, entries[1].size }, { false, 5 })
end

function T:test_a_file_that_grows_on_is_put_off()
  local path = self.dir .. "/a.jpg"
  support.make(path, "x")
  support.make(self.dir .. "/b.jpg", "x")
  local writer <close> = host.spawn(function()
    for i = 1, math.huge do
      support.make(path, ("x"):rep(i))
      host.sleep(0.02)
    end
  end)
  local before = host.now "monotonic"
  local entries = assert(folder.look(self.dir, "name"))
  lu.assertTrue(host.now "monotonic" - before >= 3)
  lu.assertEquals(writer:status(), "waiting")
  lu.assertEquals({ entries[1].growing, entries[2].growing }, { true, false })
end

function T:test_a_missing_folder_is_an_error()
  local entries, err = folder.look(self.dir .. "/none", "name")
  lu.assertNil(entries)
  lu.assertEquals(err.code, "ENOENT")
end

-- The merged sidecar of files with these contents.
local function sidecar(self, contents)
  local list = {}
  for name, text in pairs(contents) do
    list[#list + 1] = { name = name, path = support.make(self.dir .. "/" .. name, text) }
  end
  table.sort(list, function(a, b) return a.name < b.name end)
  return folder.sidecar(list)
end

function T:test_the_text_of_a_sidecar_is_the_caption()
  local found = sidecar(self, { ["a.txt"] = "\xEF\xBB\xBFÉté\r\n\r\n#mer \r\n\n" })
  lu.assertEquals(found.text, "Été\n\n#mer")
  lu.assertEquals(found.files, { "a.txt" })
  lu.assertEquals(sidecar(self, { ["a.txt"] = " \n " }).text, "")
  local marked = "\xEF\xBB\xBF" .. [[{ "caption": "Lac" }]]
  lu.assertEquals(sidecar(self, { ["a.json"] = marked }).text, "Lac")
end

function T:test_fields_come_from_json()
  local found = sidecar(self, { ["a.json"] = '{"caption":"words","alt_text":"a boat","n":1}' })
  lu.assertEquals(found.text, "words")
  lu.assertEquals(found.fields.alt_text, "a boat")
  lu.assertNil(sidecar(self, { ["a.json"] = '{"caption":null}' }).text)
end

function T:test_the_text_wins_over_the_json()
  local found = sidecar(self, { ["a.txt"] = "text", ["a.json"] = '{"caption":"json","n":1}' })
  lu.assertEquals({ found.text, found.fields.n }, { "text", 1 })
end

function T:test_no_sidecar_is_none()
  lu.assertFalse(folder.sidecar(nil))
  lu.assertFalse(folder.sidecar({}))
end

function T:test_a_broken_sidecar_is_told()
  for text, expected in pairs({ ["{oh"] = "a.json", ["12"] = "braces", ["[1]"] = "braces" }) do
    local found, err = sidecar(self, { ["a.json"] = text })
    lu.assertNil(found)
    lu.assertEquals(err.kind, "format")
    lu.assertStrContains(err.message, expected)
  end
  local found, err = sidecar(self, { ["a.txt"] = ("x"):rep((1 << 20) + 1) })
  lu.assertNil(found)
  lu.assertEquals(err.kind, "limit")
end

function T:test_a_hostile_sidecar_is_read_in_no_time()
  local before = host.now "monotonic"
  local found = sidecar(self, { ["a.txt"] = (" "):rep(1 << 19) .. "x" .. (" "):rep(1 << 18) })
  lu.assertEquals(#found.text, (1 << 19) + 1)
  lu.assertTrue(host.now "monotonic" - before < 2)
end

return T
