-- hostile_bombs.lua - small files that want to be large or endless, made here byte by byte.
local M = {}

-- "0110…" to bytes, the first bit lowest.
local function pack_bits(bits)
  bits = bits .. ("0"):rep(-#bits % 8)
  return (bits:gsub("........", function(eight)
    return string.char(tonumber(eight:reverse(), 2))
  end))
end

-- The lowest bit first.
local function number_bits(value, count)
  local bits = {}
  for i = 1, count do bits[i] = value >> (i - 1) & 1 end
  return table.concat(bits)
end

local crc_table = {}
for i = 0, 255 do
  local c = i
  for _ = 1, 8 do c = c & 1 == 1 and 0xEDB88320 ~ (c >> 1) or c >> 1 end
  crc_table[i] = c
end

local function crc(bytes)
  local c = 0xFFFFFFFF
  for i = 1, #bytes do c = crc_table[(c ~ bytes:byte(i)) & 0xFF] ~ (c >> 8) end
  return c ~ 0xFFFFFFFF
end

local function chunk(kind, data)
  return string.pack(">s4", data):sub(1, 4) .. kind .. data .. string.pack(">I4", crc(kind .. data))
end

---`count` zero bytes as a zlib stream: 258 of them in 13 bits.
local function zeros(count)
  local runs = (count - 1) // 258
  local rest = count - 1 - runs * 258
  local bits = "110" .. "00110000" .. ("1100010100000"):rep(runs) .. ("00110000"):rep(rest)
    .. "0000000"
  return "\x78\x9C" .. pack_bits(bits) .. string.pack(">I2I2", count % 65521, 1)
end

local function png(width, height, depth, colour, interlaced, ...)
  local header = string.pack(">I4I4BBBBB", width, height, depth, colour, 0, 0, interlaced)
  return "\x89PNG\r\n\x1A\n" .. chunk("IHDR", header) .. table.concat { ... } .. chunk("IEND", "")
end

-- Every pixel takes no bits at all.
local function vp8l(width, height)
  local bits = number_bits(width - 1, 14) .. number_bits(height - 1, 14) .. "1" .. "000"
    .. "000" .. ("1000"):rep(5)
  local data = "\x2F" .. pack_bits(bits) .. ("\0"):rep(8)
  data = data .. ("\0"):rep(#data % 2)
  return "RIFF" .. string.pack("<s4", "WEBPVP8L" .. string.pack("<s4", data))
end

-- The first bytes of a key frame that claims that size.
local function vp8(width, height)
  local data = "\x10\x0F\0\x9D\x01\x2A" .. string.pack("<I2I2", width, height) .. ("\0"):rep(500)
  return "RIFF" .. string.pack("<s4", "WEBPVP8 " .. string.pack("<s4", data))
end

-- Codes that each stand for one pixel more than the one before, so 8 megapixels take 6 kilobytes.
local function lzw(pixels)
  local bits, left, size = {}, pixels, 3
  while left > 0 do
    bits[#bits + 1] = number_bits(4, size) -- clears the table
    size = 3
    local code, run = 0, 1
    while left > 0 and code < 4094 do
      bits[#bits + 1] = number_bits(code, size)
      left = left - run
      run = run + 1
      code = code == 0 and 6 or code + 1
      if code == 1 << size and size < 12 then size = size + 1 end
    end
  end
  return pack_bits(table.concat(bits) .. number_bits(5, size))
end

local function blocks(data)
  local out = {}
  for at = 1, #data, 255 do out[#out + 1] = string.pack("s1", data:sub(at, at + 254)) end
  return table.concat(out) .. "\0"
end

local function gif(width, height, ...)
  return "GIF89a" .. string.pack("<I2I2", width, height) .. "\x80\0\0" .. "\0\0\0\xFF\xFF\xFF"
    .. table.concat { ... } .. ";"
end

local function frame(x, y, width, height, data)
  return "," .. string.pack("<I2I2I2I2B", x, y, width, height, 0) .. "\2" .. blocks(data)
end

local function segment(marker, payload)
  return string.pack(">I2I2", marker, #payload + 2) .. payload
end

---A JPEG with segments put in behind its first two bytes.
local function jpeg_with(bytes, ...)
  return bytes:sub(1, 2) .. table.concat { ... } .. bytes:sub(3)
end

local function profiles(count, size, total)
  local out = {}
  for i = 1, count do
    out[i] = segment(0xFFE2, "ICC_PROFILE\0" .. string.char(i, total) .. ("p"):rep(size))
  end
  return table.concat(out)
end

local function box(kind, payload)
  return string.pack(">I4", #payload + 8) .. kind .. payload
end

local function nested(depth)
  local inner = ""
  for _ = 1, depth do inner = box("mdia", inner) end
  return box("ftyp", "isom\0\0\0\0isom") .. box("moov", box("trak", inner))
end

local function exif(offset)
  return segment(0xFFE1, "Exif\0\0" .. "II*\0" .. string.pack("<I4", offset)
    .. string.pack("<I2", 0xFFFF) .. string.pack("<I2I2I4I4", 0x112, 4, 1, 6))
end

---Calls fn(name, bytes) for each. `jpg` is a good JPEG.
function M.each(jpg, fn)
  local big = zeros(8000 * 8016)
  fn("flat.png", png(8000, 8000, 8, 0, 0, chunk("IDAT", big)))
  fn("flat-interlaced.png", png(8000, 8000, 8, 0, 1, chunk("IDAT", big)))
  fn("palette-of-none.png", png(7999, 8000, 8, 3, 0, chunk("IDAT", big)))
  fn("too-little.png", png(8000, 8000, 16, 6, 0, chunk("IDAT", zeros(1000))))
  fn("huge.png", png(65535, 65535, 8, 0, 0, chunk("IDAT", zeros(1000))))
  fn("endless.png", png(2147483647, 1, 16, 6, 0, chunk("IDAT", zeros(1000))))
  fn("text.png", png(1, 1, 8, 0, 0, chunk("zTXt", "k\0\0" .. big), chunk("IDAT", zeros(2))))
  fn("international.png", png(1, 1, 8, 0, 0, chunk("iTXt", "k\0\1\0\0\0" .. big),
    chunk("IDAT", zeros(2))))
  fn("profile.png", png(1, 1, 8, 0, 0, chunk("iCCP", "k\0\0" .. big), chunk("IDAT", zeros(2))))
  fn("texts.png", png(1, 1, 8, 0, 0, chunk("tEXt", "k\0v"):rep(5000), chunk("IDAT", zeros(2))))
  for _, side in ipairs { 8000, 16383 } do
    fn("clear-" .. side .. ".webp", vp8l(side, side))
    fn("claim-" .. side .. ".webp", vp8(side, side))
    fn("claim-line-" .. side .. ".webp", vp8l(side, 1))
  end
  fn("flat.gif", gif(8000, 8000, frame(0, 0, 8000, 8000, lzw(8000 * 8000))))
  fn("huge.gif", gif(65535, 65535, frame(0, 0, 65535, 65535, lzw(1000))))
  fn("huge-frame.gif", gif(10, 10, frame(0, 0, 65535, 65535, lzw(1000))))
  fn("outside.gif", gif(10, 10, frame(65535, 65535, 1, 1, lzw(1))))
  fn("frames.gif", gif(1, 1, frame(0, 0, 1, 1, lzw(1)):rep(20000)))
  fn("no-canvas.gif", gif(0, 0, frame(0, 0, 1, 1, lzw(1))))
  fn("profiles.jpg", jpeg_with(jpg, profiles(255, 65000, 255)))
  fn("profiles-of-zero.jpg", jpeg_with(jpg, profiles(3, 10, 0)))
  fn("profiles-wrong.jpg", jpeg_with(jpg, profiles(200, 100, 3)))
  fn("comments.jpg", jpeg_with(jpg, segment(0xFFFE, ("c"):rep(65000)):rep(300)))
  for _, offset in ipairs { 0, 8, 9, 0x7FFFFFFF, 0xFFFFFFF8, 0xFFFFFFFF } do
    fn(("exif-%x.jpg"):format(offset), jpeg_with(jpg, exif(offset)))
  end
  fn("padding.jpg", jpeg_with(jpg, ("\xFF"):rep(2000000)))
  for _, depth in ipairs { 1, 4, 5, 500 } do fn("nested-" .. depth .. ".mp4", nested(depth)) end
  fn("boxes.mp4", box("ftyp", "isom") .. box("free", ""):rep(20000))
  fn("past-the-end.mp4", box("ftyp", "isom") .. "\0\0\0\1mdat" .. ("\xFF"):rep(8))
  fn("tiny-box.mp4", box("ftyp", "isom") .. "\0\0\0\7moov")
end

---Two things at once, and things that are neither.
function M.each_disguise(files, fn)
  local zip = "PK\3\4" .. ("\0"):rep(26) .. "PK\5\6" .. ("\0"):rep(18)
  for kind, bytes in pairs(files) do
    for other in pairs(files) do fn("disguised-" .. kind .. "." .. other, bytes) end
    fn(kind .. "-and-zip." .. kind, bytes .. zip)
    fn("zip-and-" .. kind .. "." .. kind, zip .. bytes)
    fn("html-and-" .. kind .. "." .. kind, "<html><!--" .. bytes .. "--><script>1</script>")
    fn(kind .. "-and-script." .. kind, bytes .. "<?php system($_GET[0]);")
    fn("twice." .. kind, bytes .. bytes)
    fn("magic-alone." .. kind, bytes:sub(1, 12))
    fn("magic-and-zeros." .. kind, bytes:sub(1, 12) .. ("\0"):rep(100000))
    fn("magic-and-ones." .. kind, bytes:sub(1, 12) .. ("\xFF"):rep(100000))
  end
  local starts = { "", "\0", "\xFF", "\xFF\xD8", "\xFF\xD8\xFF", "BM", "II*\0", "MM\0*", "GIF89a/*",
    "RIFF\4\0\0\0WAVE", "RIFF\0\0\0\0WEBP", "RIFF\xFF\xFF\xFF\xFFWEBP", "%PDF-1.7", "\x7FELF",
    "\0\0\0\24ftypheic", "\0\0\0\24ftypavif", "<?xml version='1.0'?><svg/>", "{}", "#!/bin/sh\n" }
  for i, start in ipairs(starts) do
    fn("start-" .. i .. ".jpg", start)
    fn("start-and-more-" .. i .. ".jpg", start .. ("\0\1\2\xFF"):rep(5000))
  end
end

return M
