-- convert_support.lua - what the specs of host.convert share: fixtures, and claims about results.
-- Distances are PSNR in dB to the scene that the fixtures show: a wrong colour, place or turn is
-- below 20, a JPEG of quality 90 above 40.
local lu = require "luaunit"
local media = require "media"

local M = {
  white = { 255, 255, 255 }, red = { 200, 50, 40 }, blue = { 40, 50, 200 }, black = { 0, 0, 0 },
}
local set

---The table of a spec, with its setUp and tearDown. `M.out` is where results go.
function M.spec()
  return {
    setUp = function()
      set = media.make()
      M.folder = set.path
      M.out = set.path .. "/out/result.jpg"
      assert(host.mkdir(set.path .. "/out"))
    end,
    tearDown = function() media.remove(set) end,
  }
end

function M.convert(name, options)
  return host.convert(set.path .. "/" .. name, M.out, options)
end

function M.assert_error(kind, words, name, options)
  local done, err = M.convert(name, options)
  lu.assertNil(done, name)
  lu.assertEquals(err.kind, kind, tostring(err))
  lu.assertStrContains(err.message, words)
  lu.assertEquals(host.list(set.path .. "/out"), {}, "a failure leaves nothing behind")
  return err
end

---The result, or the part x, y, w, h of it, shows the scene.
function M.assert_shows(limit, what, ...)
  local width, height, psnr = media.psnr(set, M.out, ...)
  lu.assertTrue(psnr >= limit, what .. ": " .. psnr .. " dB")
  return width, height
end

---Converts, and the whole result shows the scene.
function M.assert_scene(name, options, limit)
  local done = assert(M.convert(name, options))
  local width, height = M.assert_shows(limit or 42, name)
  lu.assertEquals({ width, height }, { done.width, done.height }, name)
  return done
end

---Size, distance in dB and mean distance of colours of the whole result, to the scene or to a view
---of it over a colour.
function M.measure(view, under)
  if view then return media.view(set, M.out, view, under) end
  return media.psnr(set, M.out)
end

---Makes shape.jpg, shape.png and shape.webp.
function M.shape(width, height) media.shape(set, width, height) end

---Makes the views of the scene; see media.views.
function M.views(width, height) media.views(set, width, height) end

---What mkmedia finds in a film; see media.film.
function M.film(...) return media.film(set, ...) end

---Red, green and blue of the result.
function M.pixel(x, y) return media.pixel(set, M.out, x, y) end

function M.assert_colour(x, y, wanted, what)
  local found = media.pixel(set, M.out, x, y)
  for i = 1, 3 do
    lu.assertAlmostEquals(found[i], wanted[i], 4, (what or "") .. " channel " .. i)
  end
end

return M
