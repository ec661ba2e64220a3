-- watermark.lua: a step of one's own. It lays logo.png over the lower right corner of each picture,
-- by ImageMagick (apt-get install imagemagick).
--
-- How to use: copy this file into the folder steps/ of your scripts, put logo.png beside it, copy
-- the shipped poster_media.lua beside that folder, and name the step before "prepare":
--   steps = { "watermark", "prepare", "upload", "publish", "archive" },

return {
  when = function(item) return item.kind == "image" end,
  run = function(item)
    -- A file from outside is decoded in a locked-in process; ImageMagick gets what came of it.
    local plain, marked = item:temp(".jpg"), item:temp(".jpg")
    assert(host.convert(item.path, plain, { quality = 98, max_width = 1440 }))
    local done = assert(host.exec({ "composite", "-quality", "98", "-gravity", "southeast",
      "-geometry", "+24+24", env.AFFICHE_SCRIPTS .. "/steps/logo.png", plain, marked }))
    if done.status ~= 0 then error("composite: " .. done.stderr, 0) end
    -- The steps that follow take this file; "prepare" makes it fit.
    return { file = marked }
  end,
}
