-- The examples do what their comments say, used as these say.
local json = require "json"
local lu = require "luaunit"
local scene = require "scene"

local T = {}

local EXAMPLES = host.info().root .. "/examples/"
local SHIPPED = host.info().root .. "/scripts/"

local function use(world, example, name)
  assert(host.copy(EXAMPLES .. example, ("%s/%s.lua"):format(world.scripts, name)))
end

-- The sentence of the comment tells how to use it, so it has to be there.
local function says_how(example, ...)
  local text = assert(host.read(EXAMPLES .. example))
  lu.assertStrContains(text, "-- How to use: ")
  for _, words in ipairs({ ... }) do lu.assertStrContains(text, words) end
end

function T.test_caption_original()
  says_how("caption_original.lua", "captions.lua")
  local world <close> = scene.new()
  use(world, "caption_original.lua", "captions")
  scene.pictures(world, "été à la mer.jpg")
  local before = os.date("%d/%m/%Y %H:%M")
  local result = scene.pass(world)
  lu.assertEquals(result.status, 0, result.stderr)
  local after = os.date("%d/%m/%Y %H:%M")
  local caption = world:posts()[1].caption
  lu.assertStrContains(caption, "été à la mer.jpg\n")
  lu.assertTrue(caption:find(before, 1, true) ~= nil or caption:find(after, 1, true) ~= nil)
  lu.assertStrContains(caption, "#auto #gizmobbs #publication")
end

function T.test_filter_by_size()
  says_how("filter_by_size.lua", "filters.lua")
  local world <close> = scene.new()
  use(world, "filter_by_size.lua", "filters")
  world:put("large.jpg", { sample = "morning.jpg" })
  world:put("film.mp4", { sample = "clip.mp4" })
  local small = world.media .. "/small.jpg"
  local done = world:run({ "convert", "--max-width", "400", EXAMPLES .. "media/dusk.webp", small })
  lu.assertEquals(done.status, 0, done.stderr)
  local result = scene.pass(world)
  lu.assertEquals({ result.status, scene.counts(result) }, { 0, "3 2 2 2 1 0 0" }, result.stderr)
  lu.assertStrContains(result.stderr, "smaller than 600 pixels")
  lu.assertEquals(world:names(), { "small.jpg" })
end

function T.test_announce()
  says_how("steps/announce.lua", "steps/", '"announce"')
  local world <close> = scene.new()
  use(world, "steps/announce.lua", "steps/announce")
  local shipped = assert(host.read(SHIPPED .. "poster_media.lua"))
  local example = assert(host.read(EXAMPLES .. "steps/announce.lua"))
  local line = example:match("%-%-   (steps = [^\n]*)\n")
  local changed, count = shipped:gsub("steps +=[^\n]*\n", function() return line .. "\n" end)
  lu.assertEquals(count, 1)
  scene.script(world, "poster_media", changed)
  scene.pictures(world, "a.jpg", "two\nlines.jpg")
  local result = scene.pass(world)
  lu.assertEquals(result.status, 0, result.stderr)
  local text = assert(host.read(world.state .. "/announced.txt"))
  local day = "%d%d%d%d%-%d%d%-%d%d "
  lu.assertStrMatches(text, day .. "a%.jpg https://%S+\n" .. day .. "two lines%.jpg https://%S+\n")
  lu.assertEquals(#world:names("processed"), 2)
  lu.assertEquals(scene.pass(world).status, 0)
  lu.assertEquals(host.read(world.state .. "/announced.txt"), text)
end

-- The workflow that the comment of an example asks for.
local function use_steps(world, example)
  local shipped = assert(host.read(SHIPPED .. "poster_media.lua"))
  local line = assert(host.read(EXAMPLES .. example)):match("%-%-   (steps = [^\n]*)\n")
  local changed, count = shipped:gsub("steps +=[^\n]*\n", function() return line .. "\n" end)
  lu.assertEquals(count, 1)
  scene.script(world, "poster_media", changed)
end

-- In place of ImageMagick: notes what it is given and makes another picture of it.
local function stand_in(world, sample)
  local folder = world.folder .. "/bin"
  assert(host.mkdir(folder))
  assert(host.write(folder .. "/composite", ([[#!/bin/sh
echo "$@" > '%s/arguments'
for last; do :; done
cp '%s' "$last"
]]):format(folder, EXAMPLES .. "media/" .. sample)))
  assert(host.exec { "chmod", "+x", folder .. "/composite" })
  return folder
end

function T.test_watermark()
  says_how("steps/watermark.lua", "steps/", '"watermark"', "imagemagick")
  local world <close> = scene.new()
  use(world, "steps/watermark.lua", "steps/watermark")
  use_steps(world, "steps/watermark.lua")
  local folder = stand_in(world, "night.png")
  world:put("dusk.webp", { sample = "dusk.webp" })
  world:put("film.mp4", { sample = "clip.mp4" })
  local result = scene.pass(world, { prefix = { "env", "PATH=" .. folder .. ":/usr/bin:/bin" } })
  lu.assertEquals(result.status, 0, result.stderr)
  lu.assertEquals(#world:posts(), 2)
  local arguments = assert(host.read(folder .. "/arguments"))
  lu.assertStrContains(arguments, "-gravity southeast -geometry +24+24 ")
  lu.assertStrContains(arguments, world.scripts .. "/steps/logo.png ")
  lu.assertNil(arguments:find("dusk.webp", 1, true), "it never sees the file itself")
  local receipt = json.decode(assert(host.read(world.media
    .. "/processed/.receipts/dusk.webp.json")))
  for _, step in ipairs(receipt.steps) do
    -- night.png is 480 pixels wide, the original 1080.
    if step.name == "prepare" then lu.assertEquals(step.result.target_width, 480) end
  end
  lu.assertEquals(receipt.steps[1].name, "watermark")
end

return T
