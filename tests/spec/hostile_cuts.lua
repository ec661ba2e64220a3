-- hostile_cuts.lua - where the parts of a media file begin, by format, and what can be done to a
-- file there: cut it, lie about a length, flip bits.
local M = {}

local function jpeg(bytes)
  local marks, at = {}, 3
  while at + 3 <= #bytes do
    marks[#marks + 1] = at
    local marker, length = string.unpack(">I2I2", bytes, at)
    if marker < 0xFF00 or marker == 0xFFD9 then break end
    at = at + 2 + length
    if marker == 0xFFDA then
      marks[#marks + 1] = at
      at = bytes:find("\xFF[^\0\xD0-\xD7\xFF]", at) or #bytes
    end
  end
  return marks
end

local function png(bytes)
  local marks, at = {}, 9
  while at + 8 <= #bytes do
    marks[#marks + 1] = at
    at = at + 12 + string.unpack(">I4", bytes, at)
  end
  return marks
end

local function webp(bytes)
  local marks, at = { 5 }, 13
  while at + 8 <= #bytes do
    marks[#marks + 1] = at + 4
    local kind, length = string.unpack("c4<I4", bytes, at)
    at = at + 8 + (kind == "ANMF" and 16 or length + length % 2)
  end
  return marks
end

-- Blocks of a GIF: extensions, frames, and the pieces of their data.
local function gif(bytes)
  local function colours(flags) return flags & 0x80 ~= 0 and 3 * 2 ^ ((flags & 7) + 1) or 0 end
  local marks, at = {}, 14 + colours(bytes:byte(11)) // 1 | 0
  while at <= #bytes do
    marks[#marks + 1] = at
    local kind = bytes:byte(at)
    if kind == 0x21 then
      at = at + 2
    elseif kind == 0x2C and at + 10 <= #bytes then
      at = at + 11 + (colours(bytes:byte(at + 9)) // 1 | 0)
    else
      break
    end
    while bytes:byte(at) and bytes:byte(at) > 0 do
      marks[#marks + 1] = at
      at = at + 1 + bytes:byte(at)
    end
    at = at + 1
  end
  return marks
end

-- Boxes that hold boxes, and where these begin.
local PARENTS = { moov = 8, trak = 8, mdia = 8, minf = 8, stbl = 8, edts = 8, meta = 12, iprp = 8,
  ipco = 8, iinf = 14 }

local function boxes(bytes, marks, at, stop)
  marks, at, stop = marks or {}, at or 1, stop or #bytes
  while at + 7 <= stop do
    marks[#marks + 1] = at
    local length, kind = string.unpack(">I4c4", bytes, at)
    if length < 8 then break end
    if PARENTS[kind] then boxes(bytes, marks, at + PARENTS[kind], at + length - 1) end
    at = at + length
  end
  return marks
end

local READERS = { jpg = jpeg, png = png, webp = webp, gif = gif, mp4 = boxes,
  heic = boxes, avif = boxes }
-- Where a length stands, from the mark on, and how it is packed.
local LENGTHS = { jpg = { 2, ">I2" }, png = { 0, ">I4" }, webp = { 0, "<I4" }, gif = { 0, "B" },
  mp4 = { 0, ">I4" }, heic = { 0, ">I4" }, avif = { 0, ">I4" } }

local function with_length(bytes, at, layout, value)
  local packed = string.pack(layout, value & (1 << 8 * string.packsize(layout)) - 1)
  return bytes:sub(1, at - 1) .. packed .. bytes:sub(at + #packed)
end

local function flip(bytes, at)
  return bytes:sub(1, at - 1) .. string.char(bytes:byte(at) ~ 0x55) .. bytes:sub(at + 1)
end

---Calls fn(what, bytes) for each damaged form of a file.
function M.each(extension, bytes, fn)
  local marks = READERS[extension](bytes)
  local shift, layout = table.unpack(LENGTHS[extension])
  for _, mark in ipairs(marks) do
    for step = -1, 1 do
      local length = math.min(mark - 1 + step, #bytes - 1)
      fn(("cut at %d"):format(length), bytes:sub(1, length))
    end
    for _, value in ipairs { 0, 1, 0x7FFFFFFF, 0xFFFFFFFF } do
      fn(("length %x at %d"):format(value, mark),
        with_length(bytes, mark + shift, layout, value))
    end
  end
  for i = 1, 6 do
    local at = #bytes * i // 7 + 1
    fn(("flip at %d"):format(at), flip(bytes, at))
  end
  return #marks
end

return M
