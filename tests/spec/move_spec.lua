-- move_spec.lua - host.move
local lu = require "luaunit"
local support = require "file_support"

local T = support.spec()

-- A folder on another filesystem, or skip.
local function elsewhere(dir)
  local shared = host.stat("/dev/shm")
  if not shared or not shared.writable or shared.device == host.stat(dir).device then
    lu.skip("/dev/shm is no other filesystem here")
  end
  local folder = "/dev/shm/affiche-" .. host.random(6)
  assert(host.mkdir(folder))
  return folder
end

local function with_elsewhere(dir, fn)
  local folder = elsewhere(dir)
  local ok, err = pcall(fn, folder)
  assert(host.remove(folder, { recursive = true }))
  if not ok then error(err, 0) end
end

function T:test_rename_keeps_the_file_and_makes_folders()
  local source, target = support.make(self.dir .. "/a", "abc"), self.dir .. "/x/y/b"
  local inode = host.stat(source).inode
  lu.assertEquals(host.move(source, target), target)
  lu.assertEquals(host.stat(target).inode, inode)
  lu.assertEquals(host.list(self.dir), { "x" })
end

function T:test_a_taken_name_gets_a_suffix()
  for i, name in ipairs { "photo.jpg", "photo-2.jpg", "photo-3.jpg" } do
    local source = support.make(self.dir .. "/in", "content " .. i)
    lu.assertEquals(host.move(source, self.dir .. "/photo.jpg"), self.dir .. "/" .. name)
    lu.assertEquals(support.content(self.dir .. "/" .. name), "content " .. i)
  end
  lu.assertEquals(host.list(self.dir), { "photo-2.jpg", "photo-3.jpg", "photo.jpg" })
end

function T:test_suffixes_of_odd_names()
  local cases = { [".bashrc"] = ".bashrc-2", ["name"] = "name-2", ["a.tar.gz"] = "a.tar-2.gz",
    ["-x\n.jpg"] = "-x\n-2.jpg", ["\xff.jpg"] = "\xff-2.jpg", ["a. b.c"] = "a. b-2.c" }
  for name, expected in pairs(cases) do
    support.make(self.dir .. "/" .. name, "old")
    local source = support.make(self.dir .. "/in", "new")
    lu.assertEquals(host.move(source, self.dir .. "/" .. name), self.dir .. "/" .. expected)
  end
end

-- What holds the name may be anything: it is not touched.
function T:test_taken_by_something_else()
  assert(host.mkdir(self.dir .. "/a.jpg"))
  support.run("ln", "-s", "nowhere", self.dir .. "/b.jpg")
  for name, expected in pairs { ["a.jpg"] = "a-2.jpg", ["b.jpg"] = "b-2.jpg" } do
    local source = support.make(self.dir .. "/in", "x")
    lu.assertEquals(host.move(source, self.dir .. "/" .. name), self.dir .. "/" .. expected)
  end
  lu.assertEquals(host.stat(self.dir .. "/b.jpg").type, "link")
end

function T:test_long_names()
  local long = ("é"):rep(125) .. "x.jpg" -- 255 bytes
  local other = ("é"):rep(125) .. "y.jpg"
  lu.assertEquals(#long, 255)
  local seen = {}
  for i, name in ipairs { long, long, long, other, other } do
    local source = support.make(self.dir .. "/in", "content " .. i)
    local path = assert(host.move(source, self.dir .. "/out/" .. name))
    lu.assertNil(seen[path])
    seen[path] = true
    lu.assertNotNil(utf8.len(path))
    lu.assertStrMatches(path, ".*%.jpg")
    lu.assertEquals(support.content(path), "content " .. i)
  end
end

function T:test_equal_content_beside_it_is_another_file()
  local source = support.make(self.dir .. "/in", "same")
  support.make(self.dir .. "/a.jpg", "same")
  local options = { sha256 = host.digest("same") }
  lu.assertEquals(host.move(source, self.dir .. "/a.jpg", options), self.dir .. "/a-2.jpg")
end

function T:test_expected_content()
  local source = support.make(self.dir .. "/a", "abc")
  local path, err = host.move(source, self.dir .. "/b", { sha256 = host.digest("abd") })
  support.check_failure("move", "ECHANGED", source, path, err)
  lu.assertEquals(host.list(self.dir), { "a" })
  path = host.move(source, self.dir .. "/b", { sha256 = host.digest("abc") })
  lu.assertEquals(path, self.dir .. "/b")
end

-- A second run after a crash: the file has arrived already, perhaps under a suffix.
function T:test_repeated()
  support.make(self.dir .. "/b.jpg", "other")
  local source, options = self.dir .. "/a", { sha256 = host.digest("abc") }
  support.make(source, "abc")
  for _ = 1, 2 do
    lu.assertEquals(host.move(source, self.dir .. "/b.jpg", options), self.dir .. "/b-2.jpg")
  end
  local path, err = host.move(source, self.dir .. "/c.jpg", options)
  support.check_failure("move", "ENOENT", source, path, err)
  path, err = host.move(source, self.dir .. "/none/c.jpg", options)
  support.check_failure("move", "ENOENT", source, path, err)
  path, err = host.move(source, self.dir .. "/b.jpg")
  support.check_failure("move", "ENOENT", source, path, err)
end

function T:test_onto_itself_and_second_links()
  local path = support.make(self.dir .. "/a.jpg", "x")
  lu.assertEquals(host.move(path, path), path)
  lu.assertEquals(host.move(path, self.dir .. "/./a.jpg"), self.dir .. "/./a.jpg")
  lu.assertEquals(support.content(path), "x")
  support.run("ln", path, self.dir .. "/b.jpg")
  lu.assertEquals(host.move(path, path), path)
  lu.assertEquals(host.move(path, self.dir .. "/b.jpg"), self.dir .. "/b.jpg")
  lu.assertEquals(host.list(self.dir), { "b.jpg" })
  lu.assertEquals(support.content(self.dir .. "/b.jpg"), "x")
end

function T:test_across_filesystems()
  local text = ("\0\xff picture"):rep(60000)
  with_elsewhere(self.dir, function(other)
    local source = support.make(self.dir .. "/a.jpg", text)
    support.run("touch", "-d", "@1000000000.5", source)
    support.run("chmod", "640", source)
    support.make(other .. "/a.jpg", "taken")
    lu.assertEquals(host.move(source, other .. "/a.jpg"), other .. "/a-2.jpg")
    lu.assertEquals(support.content(other .. "/a-2.jpg"), text)
    local facts = host.stat(other .. "/a-2.jpg")
    lu.assertEquals(facts.mtime, 1000000000.5)
    lu.assertEquals(facts.mode, 416)
    lu.assertEquals(host.list(self.dir), {})
    lu.assertEquals(host.list(other), { "a-2.jpg", "a.jpg" })
  end)
end

function T:test_across_filesystems_a_difference_moves_nothing()
  with_elsewhere(self.dir, function(other)
    local source = support.make(self.dir .. "/a.jpg", "abc")
    local path, err = host.move(source, other .. "/a.jpg", { sha256 = host.digest("abd") })
    support.check_failure("move", "ECHANGED", source, path, err)
    lu.assertEquals(support.content(source), "abc")
    lu.assertEquals(host.list(other), {})
  end)
end

-- A crash between the copy and the unlink leaves both: no second copy is made.
function T:test_across_filesystems_both_there()
  with_elsewhere(self.dir, function(other)
    local source = support.make(self.dir .. "/a.jpg", "abc")
    support.make(other .. "/a.jpg", "abc")
    lu.assertEquals(host.move(source, other .. "/a.jpg"), other .. "/a.jpg")
    lu.assertEquals(host.list(self.dir), {})
    lu.assertEquals(host.list(other), { "a.jpg" })
  end)
end

function T:test_across_filesystems_stopped()
  with_elsewhere(self.dir, function(other)
    local source = support.endless(self.dir .. "/large")
    local path, err = host.move(source, other .. "/large", { timeout = 0.05 })
    lu.assertNil(path)
    lu.assertEquals(err.kind, "timeout")
    lu.assertTrue(support.exists(source))
    lu.assertEquals(host.list(other), {})
  end)
end

function T:test_across_filesystems_full_disk()
  if support.run("id", "-u") ~= "0\n" then lu.skip("only root can mount a small filesystem") end
  local small = self.dir .. "/small"
  assert(host.mkdir(small))
  local mounted = host.exec { "mount", "-t", "tmpfs", "-o", "size=64k", "none", small }
  if not mounted or mounted.status ~= 0 then lu.skip("mounting is not allowed here") end
  local source = support.make(self.dir .. "/a", ("x"):rep(200000))
  local path, err = host.move(source, small .. "/a")
  local names = host.list(small)
  support.run("umount", small)
  support.check_failure("move", "ENOSPC", small .. "/a", path, err)
  lu.assertEquals(err.kind, "limit")
  lu.assertEquals(names, {})
  lu.assertEquals(host.stat(source).size, 200000)
end

function T:test_failures()
  local source = support.make(self.dir .. "/a", "x")
  local function fails(code, path, ...)
    support.check_failure("move", code, path, host.move(...))
  end
  fails("ENOENT", self.dir .. "/none", self.dir .. "/none", self.dir .. "/b")
  fails("EISDIR", self.dir, self.dir, self.dir .. "/b")
  fails("EISDIR", self.dir .. "/b/", source, self.dir .. "/b/")
  fails("ENOTDIR", source .. "/b", source, source .. "/b")
  local long = self.dir .. "/" .. ("n"):rep(256)
  fails("ENAMETOOLONG", long, source, long)
  support.run("mkfifo", self.dir .. "/fifo")
  fails("EFTYPE", self.dir .. "/fifo", self.dir .. "/fifo", self.dir .. "/b")
  support.run("ln", "-s", "a", self.dir .. "/link")
  fails("ELOOP", self.dir .. "/link", self.dir .. "/link", self.dir .. "/b")
  lu.assertEquals(support.content(source), "x")
end

function T:test_arguments()
  support.check_arguments(host.move, self.dir, self.dir)
  lu.assertErrorMsgContains("string expected", host.move, self.dir)
  lu.assertErrorMsgContains("sha256", host.move, "a", "b", { sha256 = "abc" })
end

function T:test_timeout()
  local source = support.make(self.dir .. "/a", "x")
  support.check_timeout(self.dir, function(timeout)
    return host.move(source, self.dir .. "/b", { timeout = timeout })
  end)
  lu.assertTrue(support.exists(source))
end

function T:test_killed()
  local source = support.make(self.dir .. "/a", "x")
  support.check_killed(self.dir, function() host.move(source, self.dir .. "/b") end)
  lu.assertTrue(support.exists(source))
end

return T
