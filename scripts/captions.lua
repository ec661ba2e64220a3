-- captions.lua: the words under each post.
--
-- The function below is called once for each file. What it returns is the caption.
--   item.name    "plage_de_sable.webp"      item.stem    "plage_de_sable"
--   item.kind    "image" or "video"         item.width, item.height, item.size, item.mtime
--   item.sidecar what was read from a file of the same name ending in .txt or .json, if any
-- Helpers: title(text), words(text), capitalise(word), hashtags(list), date(format, time).

-- Your hashtags, without "#". At most 30; about five is what works today.
local TAGS = { "photo", "instagood" }

return function(item)
  -- A text file beside the picture (same name, .txt) is the whole caption.
  if item.sidecar and item.sidecar.text then
    return item.sidecar.text
  end

  -- Else the file's name, as words: "plage_de_sable" becomes "Plage De Sable".
  local words = title(item.stem)

  -- ".." joins texts, "\n" is a new line.
  return words .. "\n\n" .. hashtags(TAGS)
end
