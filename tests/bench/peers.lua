-- peers.lua - other converters, as whole commands and as long-running programs. What is not
-- installed is left out, and named.
local json = require "json"

local M = {}

local PILLOW = [[
import sys
from PIL import Image
width, target, files = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
def convert(path):
    image = Image.open(path)
    if image.mode == "RGBA":
        under = Image.new("RGB", image.size, "white")
        under.paste(image, mask=image.getchannel("A"))
        image = under
    image = image.convert("RGB")
    if image.width > width:
        size = (width, round(image.height * width / image.width))
        image = image.resize(size, Image.LANCZOS)
    image.save(target, "JPEG", quality=90, subsampling="4:2:0")
]]
local PILLOW_LOOP = PILLOW .. [[
import time
best = 1e9
for _ in range(2):
    start = time.monotonic()
    for path in files: convert(path)
    best = min(best, time.monotonic() - start)
print(best * 1000 / len(files))
]]
local SHARP = [[
const sharp = require("sharp");
sharp.cache(false); sharp.concurrency(1);
const [width, target, ...files] = process.argv.slice(1);
const convert = (path) => sharp(path).flatten({ background: "#fff" })
  .resize({ width: +width, withoutEnlargement: true })
  .jpeg({ quality: 90, chromaSubsampling: "4:2:0" }).toFile(target);
]]
local SHARP_LOOP = SHARP .. [[
(async () => {
  let best = 1e9;
  for (let i = 0; i < 2; i++) {
    const start = performance.now();
    for (const path of files) await convert(path);
    best = Math.min(best, performance.now() - start);
  }
  console.log(best / files.length);
})();
]]

local sharp_folder, vips_program

local function node(script, ...) return { "node", "-e", script, ... } end

local function pipe(source, target, width)
  local scale = width and ("-resize %d 0 "):format(width) or ""
  return { "sh", "-c", ('dwebp -quiet %s-ppm "$1" -o - | cjpeg -quality 90 -outfile "$2"'):format(
    scale), "sh", source, target }
end

local function vips(source, target, width)
  local save = target .. "[Q=90,subsample_mode=on,background=255]"
  if width then return { "vipsthumbnail", source, "-s", width .. "x", "-o", save } end
  return { "vips", "copy", source, save }
end

local function magick(source, target, width)
  local argv = { "convert", source, "-background", "white", "-flatten" }
  local scale = { "-filter", "Lanczos", "-resize", ("%sx"):format(width) }
  if width then table.move(scale, 1, 4, #argv + 1, argv) end
  return table.move({ "-quality", "90", "-sampling-factor", "2x2", target }, 1, 5, #argv + 1, argv)
end

local function ffmpeg(source, target, width)
  local argv = { "ffmpeg", "-v", "error", "-y", "-i", source }
  local scale = { "-vf", ("scale=%s:-2:flags=lanczos"):format(width) }
  if width then table.move(scale, 1, 2, #argv + 1, argv) end
  return table.move({ "-q:v", "2", target }, 1, 3, #argv + 1, argv)
end

local ALL = {
  { name = "dwebp | cjpeg", argv = pipe, version = { "dwebp", "-version" }, needs = "cjpeg" },
  { name = "ImageMagick", argv = magick, version = { "convert", "-version" } },
  { name = "vips", argv = vips, version = { "vips", "--version" },
    loop = function(target, files)
      return vips_program and table.move(files, 1, #files, 3, { vips_program, target })
    end },
  { name = "Pillow", version = { "/usr/bin/python3", "-c", "import PIL; print(PIL.__version__)" },
    argv = function(source, target, width)
      return { "/usr/bin/python3", "-c", PILLOW .. "convert(files[0])", tostring(width or 20000),
        target, source }
    end,
    loop = function(target, files)
      return table.move(files, 1, #files, 6,
        { "/usr/bin/python3", "-c", PILLOW_LOOP, "1440", target })
    end },
  { name = "ffmpeg", argv = ffmpeg, version = { "ffmpeg", "-version" } },
  { name = "sharp", version = node 'console.log(require("sharp").versions.sharp)',
    argv = function(source, target, width)
      return node(SHARP .. "convert(files[0]);", tostring(width or 20000), target, source)
    end,
    loop = function(target, files)
      return table.move(files, 1, #files, 6, node(SHARP_LOOP, "1440", target))
    end },
}

---Runs a command. Its stdout, or nil and why not.
function M.run(argv)
  local env = { PATH = "/usr/bin:/bin:/usr/local/bin", HOME = "/tmp", NODE_PATH = sharp_folder }
  local done, err = host.exec(argv, { timeout = 120, env = env })
  if not done then return nil, err.message end
  if done.status ~= 0 then return nil, done.stderr:match "[^\n]*" end
  return done.stdout
end

---Runs a command. The milliseconds it took, or nil and why not. `measure` is the program that
---starts it and looks at the clock: done from here, our own part would be as long as the shortest
---of these commands.
function M.took(measure, argv)
  local out, err = M.run { measure, "took", table.unpack(argv) }
  return out and json.decode(out).ms, err
end

---Those that are here, with their versions, and the names of the others. `sharp` is the folder of
---node's modules, `vips_loop` where the program for many pictures is, if it could be built.
function M.find(sharp, vips_loop)
  local found, missing = {}, {}
  sharp_folder = sharp
  vips_program = host.stat(vips_loop) and vips_loop
  if not vips_program then missing[1] = "libvips in process (its headers)" end
  for _, peer in ipairs(ALL) do
    local out = M.run(peer.version)
    if out and (not peer.needs or M.run { "sh", "-c", "command -v " .. peer.needs }) then
      peer.release = out:match "%d[%w.-]*"
      found[#found + 1] = peer
    else
      missing[#missing + 1] = peer.name
    end
  end
  return found, missing
end

return M
