-- media.lua - pictures for the specs, made by tests/tools/mkmedia, and what it measures of results.
local M = {}

local function run(argv, folder)
  local done = assert(host.exec(argv, { cwd = folder, timeout = 100 }))
  assert(done.status == 0, table.concat(argv, " ") .. ": " .. done.stderr)
  return done.stdout
end

-- The Makefile builds it beside the program under test; failing that, beside the usual one.
local function tool()
  local info = host.info()
  for _, base in ipairs { info.executable:match("^(.*)/[^/]*$"), info.root .. "/build" } do
    local path = base .. "/tests/tools/mkmedia"
    if host.stat(path) then return path end
  end
  error("tests/tools/mkmedia is not built: make test-programs")
end

---A new folder with every fixture in it: { path=, tool= }. `remove` it afterwards.
function M.make()
  local set = { path = (host.env("TMPDIR") or "/tmp") .. "/affiche-" .. host.random(6) }
  set.tool = tool()
  assert(host.mkdir(set.path))
  run({ set.tool, "make" }, set.path)
  return set
end

function M.remove(set)
  assert(host.remove(set.path, { recursive = true }))
end

---Writes a file that a crash may lose: host.write would sync each of the hundreds of a test.
function M.write(path, bytes)
  local file <close> = assert(io.open(path, "wb"))
  assert(file:write(bytes))
end

---The scene in a size of one's own, as shape.jpg, shape.png and shape.webp.
function M.shape(set, width, height)
  run({ set.tool, "shape", tostring(width), tostring(height) }, set.path)
end

---Makes the views of the scene in a size of one's own: scene.*, grey.*, cells.* and veil*.*.
function M.views(set, width, height)
  run({ set.tool, "views", tostring(width), tostring(height) }, set.path)
end

---As psnr, of a view over a colour ("ffffff").
function M.view(set, file, view, under)
  local line = run { set.tool, "view", file, view, under }
  local width, height, psnr, delta = line:match "(%d+) (%d+) (%S+) (%S+)"
  return math.tointeger(width), math.tointeger(height), tonumber(psnr), tonumber(delta)
end

---Width, height, the distance in dB to the scene and the mean one of colours, of a JPEG or the part
---x, y, w, h of it.
function M.psnr(set, file, ...)
  local argv = { set.tool, "psnr", file }
  for i, value in ipairs({ ... }) do argv[3 + i] = tostring(value) end
  local width, height, psnr, delta = run(argv):match("(%d+) (%d+) (%S+) (%S+)")
  return math.tointeger(width), math.tointeger(height), tonumber(psnr), tonumber(delta)
end

---Of each picture that a film shows: width, height, how many times and milliseconds, and the
---distance in dB to what a player shows of the animation on a colour ("ffffff").
function M.film(set, file, source, colour)
  local lines = {}
  for line in run({ set.tool, "film", file, source, colour }):gmatch "[^\n]+" do
    local width, height, times, milliseconds, psnr = line:match "(%d+) (%d+) (%d+) (%d+) (%S+)"
    lines[#lines + 1] = { width = math.tointeger(width), height = math.tointeger(height),
      times = math.tointeger(times), milliseconds = math.tointeger(milliseconds),
      psnr = tonumber(psnr) }
  end
  return lines
end

---Red, green and blue at a place of a JPEG.
function M.pixel(set, file, x, y)
  local argv = { set.tool, "pixel", file, tostring(x), tostring(y) }
  local red, green, blue = run(argv):match("%d+ %d+ (%d+) (%d+) (%d+)")
  return { math.tointeger(red), math.tointeger(green), math.tointeger(blue) }
end

return M
