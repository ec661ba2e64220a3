-- formats.lua: what becomes of each kind of file.
--
-- Instagram takes JPEG pictures, 320 to 1440 wide, between 4:5 (0.8) and 1.91:1, and MP4 or MOV
-- videos. So every other picture is converted. To send one kind as it is, write for example
--   webp = { extensions = { ".webp" }, send = "as_is" },

local picture = {
  send = "jpeg",            -- "jpeg": make it fit; "as_is": send the file untouched
  quality = 90,             -- 1 to 100
  fit = "pad",              -- outside the limits: "pad" adds a border, "crop" cuts, "none" refuses
  background = "#ffffff",   -- of borders and of transparent parts
  min_width = 320, max_width = 1440,
  min_ratio = 0.8, max_ratio = 1.91,
  max_bytes = 8 * 1000 * 1000,
}

-- The same rules for another list of extensions.
local function as(rules, ...)
  local entry = { extensions = { ... } }
  for key, value in pairs(rules) do entry[key] = value end
  return entry
end

local video = { send = "as_is", max_bytes = 300 * 1000 * 1000 }

return {
  jpeg = as(picture, ".jpg", ".jpeg"),
  png  = as(picture, ".png"),
  webp = as(picture, ".webp"),
  gif  = as(picture, ".gif"),
  mp4  = as(video, ".mp4"),
  mov  = as(video, ".mov"),
}
