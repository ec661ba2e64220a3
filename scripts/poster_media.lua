-- poster_media.lua: the order of work. Reorder, remove or add lines.
--
-- Each name in `steps` is a file in the folder steps/. To add a step of your own, write
-- steps/NAME.lua and put "NAME" where it should run.
return workflow {
  name   = "poster_media",
  folder = env.AUTO_DOWNLOAD_DIR,   -- where the files are (from .env)
  accept = require "filters",       -- which of them are published: see filters.lua
  order  = "name",                  -- order on the feed: "name", or "age" (oldest first)
  steps  = { "prepare", "upload", "publish", "archive" },
}
