-- scan_spec.lua - host.scan
local lu = require "luaunit"
local support = require "file_support"

local T = support.spec()

local JPEG = "\xff\xd8\xff\xe0 and so on"

local function names(list)
  local out = {}
  for i, entry in ipairs(list) do out[i] = entry.name end
  return out
end

local function reasons(skipped)
  local out = {}
  for _, one in ipairs(skipped) do out[one.name] = one.reason end
  return out
end

local function by_name(entries)
  local out = {}
  for _, entry in ipairs(entries) do out[entry.name] = entry end
  return out
end

function T:test_an_entry()
  local path = support.make(self.dir .. "/a.png", JPEG)
  support.run("touch", "-d", "@1000000000.25", path)
  for _, folder in ipairs { self.dir, self.dir .. "/" } do
    local entries, skipped = host.scan(folder)
    lu.assertEquals(entries, { { name = "a.png", path = path, size = #JPEG, mtime = 1000000000.25,
      format = "jpeg", kind = "image", growing = false } })
    lu.assertEquals(skipped, {})
  end
end

function T:test_content_decides()
  support.make(self.dir .. "/a.jpg", "RIFF\x10\0\0\0WEBPVP8 ")
  support.make(self.dir .. "/b.jpg", "<html>")
  support.make(self.dir .. "/c.jpg")
  support.make(self.dir .. "/d.dat", "\0\0\0\x18ftypmp42\0\0\0\0mp42isom")
  local found = by_name(host.scan(self.dir))
  lu.assertEquals(found["a.jpg"].format, "webp")
  lu.assertNil(found["b.jpg"].format)
  lu.assertNil(found["c.jpg"].kind)
  lu.assertEquals(found["c.jpg"].size, 0)
  lu.assertEquals(found["d.dat"].kind, "video")
end

function T:test_what_is_passed_over()
  support.make(self.dir .. "/good.jpg", JPEG)
  for _, name in ipairs { ".hidden.jpg", "a.part", "b.CrDownload", "c.TMP", "d.jpg.download" } do
    support.make(self.dir .. "/" .. name, JPEG)
  end
  assert(host.mkdir(self.dir .. "/folder.jpg"))
  support.run("mkfifo", self.dir .. "/fifo.jpg")
  support.run("ln", "-s", "good.jpg", self.dir .. "/inside.jpg")
  support.run("ln", "-s", "/etc/passwd", self.dir .. "/outside.jpg")
  support.run("ln", "-s", "loop.jpg", self.dir .. "/loop.jpg")
  local entries, skipped = host.scan(self.dir)
  lu.assertEquals(names(entries), { "good.jpg" })
  lu.assertEquals(reasons(skipped), {
    [".hidden.jpg"] = "hidden", ["a.part"] = "partial", ["b.CrDownload"] = "partial",
    ["c.TMP"] = "partial", ["d.jpg.download"] = "partial", ["folder.jpg"] = "folder",
    ["fifo.jpg"] = "special", ["inside.jpg"] = "link", ["outside.jpg"] = "link",
    ["loop.jpg"] = "link",
  })
end

function T:test_hostile_names()
  local hostile = { "-rf", "a\nb.jpg", "a b#%?'\".jpg", "\xff\xfe.jpg", "e\xcc\x81", "é",
    ("n"):rep(255) }
  for _, name in ipairs(hostile) do support.make(self.dir .. "/" .. name, JPEG) end
  table.sort(hostile)
  local entries = host.scan(self.dir)
  lu.assertEquals(names(entries), hostile)
  for _, entry in ipairs(entries) do lu.assertEquals(support.content(entry.path), JPEG) end
end

function T:test_order()
  for name, time in pairs { B = 30, a = 20, b = 10, c = 20 } do
    support.run("touch", "-d", "@" .. time, self.dir .. "/" .. name)
  end
  lu.assertEquals(names(host.scan(self.dir)), { "B", "a", "b", "c" })
  lu.assertEquals(names(host.scan(self.dir, { order = "name" })), { "B", "a", "b", "c" })
  lu.assertEquals(names(host.scan(self.dir, { order = "age" })), { "b", "a", "c", "B" })
end

function T:test_growing()
  for _, name in ipairs { "same", "longer", "touched" } do
    support.make(self.dir .. "/" .. name, "1234")
    support.run("touch", "-d", "@1000000000", self.dir .. "/" .. name)
  end
  local first = host.scan(self.dir)
  for _, entry in ipairs(first) do lu.assertFalse(entry.growing) end
  support.make(self.dir .. "/longer", "12345")
  support.run("touch", "-d", "@1000000000", self.dir .. "/longer")
  support.run("touch", "-d", "@1000000000.001", self.dir .. "/touched")
  support.make(self.dir .. "/new")
  local second = by_name(host.scan(self.dir, { previous = first }))
  lu.assertFalse(second.same.growing)
  lu.assertTrue(second.longer.growing)
  lu.assertTrue(second.touched.growing)
  lu.assertTrue(second.new.growing)
  local third = host.scan(self.dir, { previous = host.scan(self.dir) })
  for _, entry in ipairs(third) do lu.assertFalse(entry.growing) end
  lu.assertTrue(by_name(host.scan(self.dir, { previous = {} })).same.growing)
end

-- A time to come says nothing: only a difference does.
function T:test_a_time_in_the_future()
  support.run("touch", "-d", "@4000000000", self.dir .. "/a")
  local entries = host.scan(self.dir, { previous = host.scan(self.dir) })
  lu.assertEquals(entries[1].mtime, 4000000000.0)
  lu.assertFalse(entries[1].growing)
end

function T:test_folder_by_a_link()
  assert(host.mkdir(self.dir .. "/real"))
  support.make(self.dir .. "/real/a")
  support.run("ln", "-s", "real", self.dir .. "/link")
  lu.assertEquals(names(host.scan(self.dir .. "/link")), { "a" })
end

function T:test_unreadable()
  local path = support.make(self.dir .. "/secret.jpg", JPEG)
  support.run("chmod", "0", path)
  local entries, skipped = host.scan(self.dir)
  if support.run("id", "-u") == "0\n" then -- nothing is unreadable for root
    lu.assertEquals(names(entries), { "secret.jpg" })
  else
    lu.assertEquals(reasons(skipped), { ["secret.jpg"] = "unreadable" })
  end
end

function T:test_failures()
  local file = support.make(self.dir .. "/file")
  support.check_failure("scan", "ENOENT", self.dir .. "/none", host.scan(self.dir .. "/none"))
  support.check_failure("scan", "ENOTDIR", file, host.scan(file))
end

function T:test_arguments()
  support.check_arguments(host.scan, self.dir)
  lu.assertErrorMsgContains("order", host.scan, self.dir, { order = "size" })
  lu.assertErrorMsgContains("previous", host.scan, self.dir, { previous = "x" })
  lu.assertErrorMsgContains("entry 1", host.scan, self.dir, { previous = { "x" } })
  lu.assertErrorMsgContains("entry 2", host.scan, self.dir,
    { previous = { { name = "a", size = 1, mtime = 1 }, { name = "b" } } })
end

function T:test_timeout()
  support.check_timeout(self.dir, function(timeout)
    return host.scan(self.dir, { timeout = timeout })
  end)
end

function T:test_killed()
  support.check_killed(self.dir, function()
    host.scan(self.dir, { previous = { { name = "a", size = 1, mtime = 1 } } })
  end)
end

return T
