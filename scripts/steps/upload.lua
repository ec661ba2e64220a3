-- upload.lua: to the place from which Instagram fetches it (FTP_* or UPLOAD_URL in .env).
local resumable = require "resumable"
local uploader = require "uploader"

return {
  -- A video that goes to Instagram itself (formats.lua) needs no public place.
  when = function(item)
    return not resumable.is_wanted(item)
  end,
  run = function(item)
    return assert(uploader.upload(item))
  end,
  -- A network that fails now may work in a moment: three tries, 2 s and 4 s apart.
  retry = { attempts = 3, first = 2, factor = 2, max = 30 },
}
