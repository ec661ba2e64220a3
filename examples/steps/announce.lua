-- announce.lua: a step of one's own. It writes a line about each new post to announced.txt in the
-- state folder, where another program may read it.
--
-- How to use: copy this file into the folder steps/ of your scripts, copy the shipped
-- poster_media.lua beside that folder, and name the step after "publish":
--   steps = { "prepare", "upload", "publish", "announce", "archive" },

return function(item)
  local path = env.AFFICHE_STATE_DIR .. "/announced.txt"
  local file <close> = assert(io.open(path, "a"))
  local line = ("%s %s %s\n"):format(os.date("%Y-%m-%d"), item.name:gsub("%c", " "),
    item.permalink or item.media_id)
  assert(file:write(line))
  -- What is returned is remembered with the item, and later steps see it as item.announced.
  return { announced = path }
end
