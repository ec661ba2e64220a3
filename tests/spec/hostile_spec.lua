-- hostile_spec.lua - any file that a download folder can hold: an error that names it and the
-- cause, or a good picture; never a dead decoder, and never more memory than is allowed.
local lu = require "luaunit"
local media = require "media"
local bombs = require "hostile_bombs"
local cuts = require "hostile_cuts"

local T = { deadline = 900 }
local MOST = (768 + 64) * 1024 -- kB: what one worker may have, and 64 MB for all the rest
local OPTIONS = { max_width = 1440, min_ratio = 0.8, max_ratio = 1.91, max_bytes = 8 << 20,
  timeout = 60 }
local set, out, count, refused

local function status_of(pid, key)
  local file <close> = io.open("/proc/" .. pid .. "/status")
  local text = file and file:read "a" or ""
  return tonumber(text:match(key .. ":%s*(%d+) kB")) or 0
end

---Peak of the process tree in kB: that of the host and of each worker, as if all were at once.
local function tree_peak()
  local pid = host.info().pid
  local peak = status_of(pid, "VmHWM")
  local file <close> = io.open(("/proc/%d/task/%d/children"):format(pid, pid))
  for child in (file and file:read "a" or ""):gmatch "%d+" do
    peak = peak + status_of(child, "VmHWM")
  end
  return peak
end

function T:setUp()
  set = media.make()
  out = set.path .. "/out.jpeg"
  count, refused = 0, 0
end

function T:tearDown()
  if host.info().sandbox ~= "process" then -- a sanitizer has memory of its own
    lu.assertTrue(tree_peak() <= MOST, tree_peak() .. " kB")
  end
  media.remove(set)
end

local function assert_refused(name, err)
  local kinds = { format = true, limit = true }
  refused = refused + 1
  lu.assertTrue(kinds[err.kind], name .. ": " .. tostring(err))
  lu.assertEquals(err.path, set.path .. "/" .. name)
  local cause = err.message:match("^" .. name:gsub("%p", "%%%0") .. ": (.+)$")
  lu.assertNotNil(cause, name .. ": " .. err.message)
  lu.assertNotStrContains(cause, "the decoder")
end

---The file is refused by name and cause, or becomes a good picture.
local function try(name, bytes, what)
  local path = set.path .. "/" .. name
  media.write(path, bytes)
  count = count + 1
  local facts, probe_err = host.probe(path)
  if not facts then
    assert_refused(name, probe_err)
  elseif facts.kind == "image" then
    local done, err = host.convert(path, out, OPTIONS)
    if done then
      local made = assert(host.probe(out))
      lu.assertEquals({ made.format, made.width, made.height, made.icc },
        { "jpeg", done.width, done.height, made.icc }, name .. " " .. (what or ""))
    else
      assert_refused(name, err)
    end
  end
  assert(host.remove(path))
end

local function fixtures()
  local names = {}
  for _, name in ipairs(host.list(set.path)) do
    local extension = name:match "%.(%w+)$"
    if extension ~= "jpeg" and host.stat(set.path .. "/" .. name).size > 64 then
      names[#names + 1] = { name, extension, assert(host.read(set.path .. "/" .. name)) }
    end
  end
  local clip = assert(host.read(host.info().root .. "/examples/media/clip.mp4"))
  names[#names + 1] = { "clip.mp4", "mp4", clip }
  for _, extension in ipairs { "heic", "avif" } do
    local name = "small." .. extension
    if host.exec({ "heif-enc", "rgb.png", "-o", name }, { cwd = set.path }) then
      names[#names + 1] = { name, extension, assert(host.read(set.path .. "/" .. name)) }
    end
  end
  return names
end

function T:test_each_fixture_damaged_at_each_boundary()
  local marks = 0
  for _, fixture in ipairs(fixtures()) do
    local name, extension, bytes = table.unpack(fixture)
    if #bytes < 200000 or extension == "mp4" then
      marks = marks + cuts.each(extension, bytes, function(what, damaged)
        try("x-" .. name, damaged, what)
      end)
    end
  end
  lu.assertTrue(marks > 200, marks .. " boundaries")
  lu.assertTrue(refused > count / 2, refused .. " of " .. count .. " refused")
end

function T:test_bombs()
  bombs.each(assert(host.read(set.path .. "/plain.jpg")), try)
  lu.assertTrue(count >= 40)
end

function T:test_disguises()
  local files = {}
  for kind, name in pairs { jpg = "plain.jpg", png = "rgb.png", webp = "lossy.webp",
                            gif = "first.gif" } do
    files[kind] = assert(host.read(set.path .. "/" .. name))
  end
  files.mp4 = assert(host.read(host.info().root .. "/examples/media/clip.mp4"))
  bombs.each_disguise(files, try)
  lu.assertTrue(count >= 80)
end

---A picture that would take long is ended, and the next one does not notice.
function T:test_a_deadline_ends_a_decoder()
  local found, err = host.convert(set.path .. "/1600x1200.jpg", out, { timeout = 0.001 })
  lu.assertNil(found)
  lu.assertEquals(err.kind, "timeout")
  assert(host.convert(set.path .. "/plain.jpg", out))
end

return T
