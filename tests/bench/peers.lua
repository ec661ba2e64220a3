-- peers.lua - other converters, as whole commands and as long-running programs. What is not
-- installed is left out, and named.
local json = require "json"

local M = {}

local PILLOW = [[
import sys
from PIL import Image
def convert(path, width, target):
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
local PILLOW_ONE = PILLOW .. "convert(sys.argv[1], int(sys.argv[2]), sys.argv[3])\n"
-- Arguments as those of vips/loop.c, and the same answer.
local PILLOW_LOOP = PILLOW .. [[
import json, threading, time
from concurrent.futures import ThreadPoolExecutor
threads, width, base, files = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:]
def work(path):
    convert(path, width, f"{base}.{threading.get_native_id()}.jpg")
wall = cpu = 1e9
with ThreadPoolExecutor(threads) as pool:
    for _ in range(2):
        start, used = time.monotonic(), time.process_time()
        list(pool.map(work, files))
        wall, cpu = min(wall, time.monotonic() - start), min(cpu, time.process_time() - used)
print(json.dumps({"ms": wall * 1000 / len(files), "cpu": cpu * 1000 / len(files)}))
]]
local SHARP = [[
const sharp = require("sharp");
sharp.cache(false); sharp.concurrency(1);
const convert = (path, width, target) => sharp(path).flatten({ background: "#fff" })
  .resize({ width, withoutEnlargement: true })
  .jpeg({ quality: 90, chromaSubsampling: "4:2:0" }).toFile(target);
const words = process.argv.slice(1);
]]
local SHARP_ONE = SHARP .. "convert(words[0], +words[1], words[2]);"
local SHARP_LOOP = SHARP .. [[
const [threads, width, base, ...files] = words;
let next = 0;
const work = async (number) => {
  while (next < files.length) await convert(files[next++], +width, `${base}.${number}.jpg`);
};
(async () => {
  let ms = 1e9, cpu = 1e9;
  for (let i = 0; i < 2; i++) {
    const start = performance.now(), used = process.cpuUsage();
    next = 0;
    await Promise.all(Array.from({ length: +threads }, (_, number) => work(number)));
    const { user, system } = process.cpuUsage(used);
    ms = Math.min(ms, performance.now() - start);
    cpu = Math.min(cpu, (user + system) / 1000);
  }
  console.log(JSON.stringify({ ms: ms / files.length, cpu: cpu / files.length }));
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
    loop = function() return vips_program and { vips_program } end },
  { name = "Pillow", version = { "/usr/bin/python3", "-c", "import PIL; print(PIL.__version__)" },
    argv = function(source, target, width)
      return { "/usr/bin/python3", "-c", PILLOW_ONE, source, tostring(width or 20000), target }
    end,
    loop = function() return { "/usr/bin/python3", "-c", PILLOW_LOOP } end },
  { name = "ffmpeg", argv = ffmpeg, version = { "ffmpeg", "-version" } },
  { name = "sharp", version = node 'console.log(require("sharp").versions.sharp)',
    argv = function(source, target, width)
      return node(SHARP_ONE, source, tostring(width or 20000), target)
    end,
    loop = function() return node(SHARP_LOOP) end },
}

---Runs a command. Its stdout, or nil and why not.
function M.run(argv)
  local env = { PATH = "/usr/bin:/bin:/usr/local/bin", HOME = "/tmp", NODE_PATH = sharp_folder }
  local done, err = host.exec(argv, { timeout = 120, env = env })
  if not done then return nil, err.message end
  if done.status ~= 0 then return nil, done.stderr:match "[^\n]*" end
  return done.stdout
end

---Many pictures in one process of a peer: best milliseconds of a picture, wall and CPU. Nil when it
---has no way to do that here.
---@return { ms: number, cpu: number }|nil
function M.many(peer, threads, width, target, files)
  local argv = peer.loop and peer.loop()
  if not argv then return nil end
  table.move({ tostring(threads), tostring(width), target }, 1, 3, #argv + 1, argv)
  local out = M.run(table.move(files, 1, #files, #argv + 1, argv))
  return out and json.decode(out)
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
