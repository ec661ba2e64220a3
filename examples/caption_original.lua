-- caption_original.lua: the caption as the original system wrote it: the file's name, the date and
-- time, and its three hashtags.
--
-- How to use: copy this file as captions.lua into the folder of your scripts, for example
--   cp caption_original.lua ~/.config/affiche/scripts/captions.lua
-- and look at the words with `affiche preview` before the first run.

return function(item)
  return item.name .. "\n" ..
    date("%d/%m/%Y %H:%M") .. "\n\n" ..
    hashtags { "auto", "gizmobbs", "publication" }
end
