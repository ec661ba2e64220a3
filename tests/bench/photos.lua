-- photos.lua - the pictures of the bench: photographs out of Debian packages, brought to the sizes
-- that are measured; made-up ones when the packages cannot be had.
local M = {}

local MOST_ENLARGED = 1.06
local SETS = {
  { name = "small", width = 1080, height = 1350, count = 50 },
  { name = "wide", width = 1920, height = 1080, count = 10 },
  { name = "large", width = 4032, height = 3024, count = 5 },
  { name = "tiny", width = 16, height = 16, count = 1 },
  { name = "lossless", width = 1080, height = 1350, count = 4, options = { "-lossless" } },
}

local function run(argv)
  local done = assert(host.exec(argv, { timeout = 300, max_output = 256 << 20 }))
  assert(done.status == 0, argv[1] .. ": " .. done.stderr)
  return done.stdout
end

-- Every JPEG below a folder. What the packages have as PNG is drawn, not photographed.
local function collect(folder, found)
  for _, name in ipairs(host.list(folder) or {}) do
    local path = folder .. "/" .. name
    local stat = assert(host.stat(path))
    if stat.type == "folder" then
      collect(path, found)
    elseif stat.type == "file" and name:find("%.%a+$") then
      local facts = host.probe(path)
      if facts and facts.format == "jpeg" then
        local detail = facts.size / facts.width / facts.height
        found[#found + 1] =
          { path = path, width = facts.width, height = facts.height, detail = detail }
      end
    end
  end
  return found
end

-- Smooth shades with texture on them: about as many bytes as a photograph.
local function make_scene(path, width, height, seed)
  local rows, wave = { ("P6\n%d %d\n255\n"):format(width, height) }, {}
  math.randomseed(seed)
  for x = 1, width do wave[x] = math.sin(x / (40 + seed)) * 50 + math.random(-12, 12) end
  for y = 1, height do
    local row, shade = {}, math.sin(y / (70 - seed)) * 50 + math.random(-12, 12)
    for x = 1, width do
      local value = 120 + (wave[x] + shade + math.random(-6, 6)) // 1 | 0
      row[x] = string.char(value, value * 3 // 4, 255 - value)
    end
    rows[#rows + 1] = table.concat(row)
  end
  assert(host.write(path, table.concat(rows)))
end

local function sources(root)
  local found = collect(root .. "/source", {})
  if #found == 0 then
    for seed = 1, 4 do
      local path = ("%s/scene%d.ppm"):format(root, seed)
      make_scene(path, 4032, 3024, seed)
      found[seed] = { path = path, width = 4032, height = 3024, detail = seed }
    end
    M.made_up = true
  end
  return found
end

-- The part of a source that has the set's ratio: at its left, its right, or in the middle.
local function cut(source, set, place)
  local height = math.min(source.height, source.width * set.height // set.width)
  local width = height * set.width // set.height
  if width * MOST_ENLARGED < set.width then return nil end
  local x = ((source.width - width) * place) // 1 | 0
  return { "-crop", x, (source.height - height) // 2, width, height }
end

local function make(source, part, set, path)
  local argv = { "cwebp", "-quiet", "-q", "80", "-m", "4", "-metadata", "none" }
  table.move(set.options or {}, 1, #(set.options or {}), #argv + 1, argv)
  table.move(part, 1, #part, #argv + 1, argv)
  local rest = { "-resize", set.width, set.height, source.path, "-o", path }
  table.move(rest, 1, #rest, #argv + 1, argv)
  for i, word in ipairs(argv) do argv[i] = tostring(word) end
  run(argv)
end

local function fill(set, found, root)
  local files = {}
  for _, place in ipairs { 0.5, 0, 1, 0.25, 0.75, 0.1, 0.9 } do
    for _, source in ipairs(found) do
      local part = #files < set.count and cut(source, set, place)
      if part then
        local path = ("%s/%s%02d.webp"):format(root, set.name, #files + 1)
        if not host.stat(path) then make(source, part, set, path) end
        files[#files + 1] = path
      end
    end
  end
  return files
end

-- The picture with as much alpha as `alpha_at` says for each height.
local function with_alpha(source, path, alpha_at)
  if host.stat(path) then return path end
  local pam = run { "dwebp", "-quiet", source, "-pam", "-o", "-" }
  local head, pixels = pam:match "^(.-ENDHDR\n)(.*)$"
  local width, height = tonumber(head:match "WIDTH (%d+)"), tonumber(head:match "HEIGHT (%d+)")
  local rows = { head }
  for y = 0, height - 1 do
    local alpha = string.char(alpha_at(y / height))
    local row = pixels:sub(y * width * 4 + 1, (y + 1) * width * 4)
    rows[#rows + 1] = row:gsub("(...).", function(rgb) return rgb .. alpha end)
  end
  assert(host.write(path .. ".pam", table.concat(rows)))
  run { "cwebp", "-quiet", "-q", "80", "-m", "4", path .. ".pam", "-o", path }
  assert(host.remove(path .. ".pam"))
  return path
end

-- Fades out downwards, with a hole.
local function fade(y)
  return (y > 0.148 and y < 0.296) and 0 or 255 - 255 * y // 1 | 0
end

local function bands(y)
  return y % 0.2 < 0.1 and 0 or 255
end

---Whether the alpha of a WebP begins with a palette, which libwebp then decodes in single bytes.
function M.has_palette_alpha(path)
  local bytes = assert(host.read(path))
  local at = 13
  while at + 10 <= #bytes do
    local name, size = ("<c4I4"):unpack(bytes, at)
    local compression, first = bytes:byte(at + 8) & 3, bytes:byte(at + 9)
    if name == "ALPH" then return compression == 1 and first & 7 == 7 end
    at = at + 8 + size + size % 2
  end
  return false
end

-- PNG of what two sets hold, without and with alpha.
local function as_png(root, set)
  local files = {}
  for i = 1, math.min(4, #set) do
    files[i] = root .. "/" .. set[i]:match "([^/]*)%.webp$" .. ".png"
    if not host.stat(files[i]) then run { "dwebp", "-quiet", set[i], "-o", files[i] } end
  end
  return files
end

-- The same picture as a camera stores it: a JPEG of 4:2:0.
local function as_jpeg(source, path)
  if host.stat(path) then return path end
  run { "dwebp", "-quiet", source, "-ppm", "-o", path .. ".ppm" }
  run { "cjpeg", "-quality", "92", "-sample", "2x2", "-outfile", path, path .. ".ppm" }
  assert(host.remove(path .. ".ppm"))
  return path
end

---Sets of paths by name: small, wide, large, tiny, lossless, alpha, cutout, as PNG rgb and rgba,
---and as JPEG jpeg. Made once; `root` is kept.
function M.prepare(root)
  local found, sets = sources(root), {}
  table.sort(found, function(a, b) return a.detail > b.detail end) -- the drawn ones come last
  for _, set in ipairs(SETS) do sets[set.name] = fill(set, found, root) end
  sets.alpha, sets.cutout = {}, {}
  for i = 1, math.min(4, #sets.small) do
    sets.alpha[i] = with_alpha(sets.small[i], ("%s/alpha%02d.webp"):format(root, i), fade)
  end
  sets.cutout[1] = with_alpha(sets.small[1], root .. "/cutout01.webp", bands)
  sets.rgb, sets.rgba = as_png(root, sets.small), as_png(root, sets.alpha)
  sets.jpeg = {}
  for i, source in ipairs(sets.large) do
    sets.jpeg[i] = as_jpeg(source, ("%s/jpeg%02d.jpg"):format(root, i))
  end
  return sets
end

return M
