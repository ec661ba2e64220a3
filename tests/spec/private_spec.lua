-- Private by default: what stands beside a picture stays behind, is told, and nothing else changes.
local lu = require "luaunit"
local media = require "media"
local our = require "convert_support"

local T = our.spec()

local XMP = "<x:xmpmeta><dc:title><rdf:Alt><rdf:li>Low tide &amp; gulls</rdf:li></rdf:Alt>"
  .. "</dc:title><dc:subject><rdf:Bag><rdf:li>sea</rdf:li><rdf:li>gull</rdf:li></rdf:Bag>"
  .. "</dc:subject>"
  .. "<dc:creator><rdf:Seq><rdf:li>Zoé</rdf:li></rdf:Seq></dc:creator></x:xmpmeta>CANARY"

local function segment(marker, content)
  return (">BBI2"):pack(0xFF, marker, #content + 2) .. content
end

-- A baseline JPEG with everything beside the picture that a camera and an editor leave there.
local function gossip(name)
  local whole = assert(host.read(our.folder .. "/" .. name))
  local extra = segment(0xE1, "http://ns.adobe.com/xap/1.0/\0" .. XMP)
    .. segment(0xED, "Photoshop 3.0\0" .. "8BIM\4\4\0\0\0\0\0\11\x1C\2\x74\0\6(c) me\0")
    .. segment(0xFE, "CANARY comment") .. segment(0xE5, "CANARY of a camera")
    .. segment(0xE0, "JFXX\0\x13\1\1CANARYthumb")
  local path = our.folder .. "/gossip.jpg"
  media.write(path, whole:sub(1, 2) .. extra .. whole:sub(3) .. "PK\3\4CANARY")
  return path, whole
end

-- Reads a JPEG as the strictest reader would: baseline, each segment known and in its place, no
-- byte beside them. Gives name -> bytes of what makes the picture.
local function read_strictly(bytes)
  lu.assertEquals(bytes:sub(1, 2), "\xFF\xD8")
  local at, parts, seen = 3, {}, {}
  while true do
    local lead, marker, length = (">BBI2"):unpack(bytes, at)
    lu.assertEquals(lead, 0xFF, "a marker at " .. at)
    local content = bytes:sub(at + 4, at + 1 + length)
    seen[#seen + 1] = marker
    if marker == 0xE0 then
      lu.assertEquals({ #seen, length, content:sub(1, 5) }, { 1, 16, "JFIF\0" })
      lu.assertEquals(content:sub(-2), "\0\0", "no thumbnail")
    elseif marker == 0xC0 then
      lu.assertEquals(content:byte(1), 8, "bits a sample")
    else
      lu.assertTrue(marker == 0xDB or marker == 0xC4 or marker == 0xDD or marker == 0xDA,
        ("marker %02X"):format(marker))
    end
    if marker ~= 0xE0 then parts[#parts + 1] = bytes:sub(at, at + 1 + length) end
    at = at + 2 + length
    if marker == 0xDA then break end
  end
  parts[#parts + 1] = bytes:sub(at)
  lu.assertEquals(bytes:sub(-2), "\xFF\xD9")
  lu.assertNil(bytes:sub(at, -3):find("\xFF[^\0\xD0-\xD7]"), "one scan and then the end")
  return parts
end

function T:test_words_are_read()
  local path = gossip("turned1.jpg")
  local meta = assert(host.probe(path)).meta
  lu.assertEquals({ meta.title, meta.artist, meta.copyright }, { "Low tide & gulls", "Zoé",
    "(c) me" })
  lu.assertEquals(meta.keywords, { "sea", "gull" })
  lu.assertTrue(meta.gps)
  lu.assertEquals(meta.holds,
    { "gps", "exif", "xmp", "iptc", "thumbnail", "comment", "trailer", "other" })
  local plain = assert(host.probe(our.folder .. "/rgb.png"))
  lu.assertEquals({ plain.meta.gps, plain.meta.holds, plain.meta.title }, { false, {} })
  lu.assertEquals({ plain.colour, plain.depth }, { "rgb", 8 })
  lu.assertEquals(host.probe(our.folder .. "/deep.png").depth, 16)
  lu.assertEquals(host.probe(our.folder .. "/lossless.webp").colour, "rgb")
  lu.assertEquals(host.probe(our.folder .. "/lossy.webp").colour, "ycbcr")
  lu.assertEquals(host.probe(our.folder .. "/cmyk.jpg").colour, "cmyk")
end

function T:test_a_fit_jpeg_keeps_its_picture_byte_for_byte()
  local path, whole = gossip("turned1.jpg")
  local done = assert(host.convert(path, our.out, { passthrough = true }))
  lu.assertTrue(done.passthrough)
  lu.assertEquals(done.removed, done.source.meta.holds)
  local bytes = assert(host.read(our.out))
  for _, word in ipairs({ "CANARY", "Exif", "http", "8BIM", "JFXX", "PK\3\4" }) do
    lu.assertNil(bytes:find(word, 1, true), word)
  end
  local parts = read_strictly(bytes)
  for _, part in ipairs(parts) do lu.assertNotNil(whole:find(part, 1, true)) end
  lu.assertEquals(whole:sub(-#parts[#parts]), parts[#parts], "the scan and the end")
  lu.assertEquals(host.probe(our.out).meta, { gps = false, holds = {} })
end

---Extended JPEG looks nearly the same and is another kind: it is encoded, as all others are.
function T:test_only_baseline_passes()
  local whole = assert(host.read(our.folder .. "/turned1.jpg"))
  local at = whole:find("\xFF\xC0", 1, true)
  for marker, told in pairs({ ["\xC1"] = false, ["\xC3"] = "of this kind cannot be read",
                             ["\xC0"] = true }) do
    media.write(our.folder .. "/kind.jpg", whole:sub(1, at) .. marker .. whole:sub(at + 2))
    local done, err = our.convert("kind.jpg", { passthrough = true })
    if type(told) == "string" then
      lu.assertStrContains(err.message, told)
    else
      lu.assertEquals(done.passthrough, told)
      read_strictly(assert(host.read(our.out)))
    end
  end
  media.write(our.folder .. "/kind.jpg", whole:sub(1, at + 3) .. "\12" .. whole:sub(at + 5))
  local _, err = our.convert("kind.jpg")
  lu.assertStrContains(err.message, "precision 12")
end

---Transposed it may have any size; a mirror needs whole blocks at the edge, else it is encoded.
function T:test_a_turned_one_keeps_its_blocks()
  local path = gossip("turned5.jpg")
  local done = assert(host.convert(path, our.out, { passthrough = true }))
  lu.assertEquals({ done.turned, done.passthrough, done.quality }, { true, false })
  lu.assertEquals({ done.width, done.height }, { 161, 123 })
  lu.assertEquals(done.removed, done.source.meta.holds)
  read_strictly(assert(host.read(our.out)))
  local facts = assert(host.probe(our.out))
  lu.assertEquals({ facts.orientation, facts.meta }, { 1, { gps = false, holds = {} } })
  local width, height, psnr = our.measure()
  lu.assertEquals({ width, height }, { 161, 123 })
  lu.assertTrue(psnr >= 42, psnr .. " dB")
  for orientation = 2, 8 do
    local name = ("turned%d.jpg"):format(orientation)
    done = our.assert_scene(name, { passthrough = true })
    lu.assertEquals(done.turned, orientation == 5, name)
    lu.assertFalse(our.assert_scene(name).turned)
  end
end

---Who made it may stay, written anew: nothing else comes along, whatever way the picture goes.
function T:test_names_may_stay()
  local turned = gossip("turned5.jpg"):gsub("[^/]*$", "turned.jpg")
  assert(host.move(our.folder .. "/gossip.jpg", turned))
  local path = gossip("turned1.jpg")
  for _, case in ipairs({ { path, { passthrough = true } }, { turned, { passthrough = true } },
                          { path, { fit = "pad", max_width = 100 } } }) do
    local options = case[2]
    options.keep = { "artist", "copyright" }
    local done = assert(host.convert(case[1], our.out, options))
    lu.assertEquals(done.kept, { "artist", "copyright" })
    lu.assertEquals(done.removed, done.source.meta.holds)
    local facts = assert(host.probe(our.out))
    lu.assertEquals(facts.meta, { artist = "Zoé", copyright = "(c) me", gps = false,
      holds = { "exif" } })
    local bytes = assert(host.read(our.out))
    lu.assertNil(bytes:find("CANARY", 1, true))
    lu.assertEquals(bytes:sub(21, 22), "\xFF\xE1", "behind the JFIF segment")
  end
  local done = assert(host.convert(path, our.out, { keep = { "copyright" } }))
  lu.assertEquals(done.kept, { "copyright" })
  lu.assertEquals(host.probe(our.out).meta, { copyright = "(c) me", gps = false,
    holds = { "exif" } })
  -- What is not there is not made up, and the limit of size holds with the words.
  lu.assertEquals(assert(our.convert("rgb.png", { keep = { "artist" } })).kept, {})
  done = assert(host.convert(path, our.out, { keep = { "artist" }, max_bytes = 6000 }))
  lu.assertTrue(done.size <= 6000)
  lu.assertErrorMsgContains("option 'keep'", host.convert, path, our.out, { keep = { "gps" } })
  lu.assertErrorMsgContains("option 'keep'", host.convert, path, our.out, { keep = "artist" })
end

function T:test_an_encoded_one_tells_as_well()
  for _, name in ipairs({ "turned3.jpg", "turned3.webp", "turned3.png" }) do
    local done = assert(our.convert(name))
    lu.assertFalse(done.passthrough)
    lu.assertEquals(done.removed[1], "gps", name)
    lu.assertEquals(done.removed[2], "exif")
    read_strictly(assert(host.read(our.out)))
  end
  lu.assertEquals(assert(our.convert("p3.jpg")).removed, { "icc" })
  lu.assertEquals(assert(our.convert("srgb.jpg", { passthrough = true })).removed, { "icc" })
  local kept = assert(our.convert("srgb.jpg", { passthrough = true, keep = { "icc" } }))
  lu.assertEquals({ kept.removed, kept.kept }, { {}, { "icc" } })
  lu.assertEquals(assert(our.convert("badicc.jpg", { passthrough = true })).removed, { "icc" })
  lu.assertEquals(assert(our.convert("rgb.png")).removed, {})
end

return T
