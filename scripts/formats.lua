-- formats.lua: what becomes of each kind of file.
--
-- Instagram takes JPEG pictures, 320 to 1440 wide, between 4:5 (0.8) and 1.91:1, and MP4 or MOV
-- videos. So every other picture is converted, and nothing but the picture goes out: no place, no
-- device, no name. To send one kind as it is, with all that stands in it, write for example
--   webp = { extensions = { ".webp" }, send = "as_is" },

local picture = {
  send = "jpeg",            -- "jpeg": make it fit; "as_is": send the file untouched
  quality = 90,             -- 1 to 100
  -- Outside the limits: "pad" adds a border, "crop" cuts, "none" refuses; "story" pads to 9:16.
  fit = "pad",
  background = "#ffffff",   -- of borders, also "blur" or "edge"; and of transparent parts
  -- focus_x = 0.5, focus_y = 0.5,   -- what "crop" keeps in the middle; focus_y = 0: the top
  min_width = 320, max_width = 1440,
  min_ratio = 0.8, max_ratio = 1.91,
  max_bytes = 8 * 1000 * 1000,
  passthrough = true,       -- a JPEG that is fit already keeps its picture, byte for byte
  -- What may go out beside the picture. "artist" and "copyright": who made it, if the file says so;
  -- "icc": the profile of a JPEG that passes, which then shows the same colours as sRGB.
  keep = { "icc" },
  -- animation = "video",   -- of an animated GIF or WebP: a film (a reel), where ffmpeg is
  --                           installed. Else its first picture goes out, and the log says so
}

-- The same rules for another list of extensions.
local function as(rules, ...)
  local entry = { extensions = { ... } }
  for key, value in pairs(rules) do entry[key] = value end
  return entry
end

local video = {
  send = "video",           -- "video": within these limits; "as_is": send the file untouched
  -- Outside the limits: "refuse"; "remux" writes the file anew without touching its pictures, which
  -- mends faststart, edit_lists and private, and encodes sound where needed; "transcode" encodes
  -- the pictures, too. Both need ffmpeg; without it a file that only had to be written
  -- anew goes out as it is, and is told.
  fix = "remux",
  -- "url": Instagram fetches it from where it was uploaded. "resumable": it is sent to Instagram
  -- itself, in one piece or several; for tokens of Facebook Login (EAA…).
  transfer = "url",
  codecs = { "h264", "hevc" },
  min_duration = 3, max_duration = 15 * 60,   -- seconds
  min_fps = 23, max_fps = 60,
  max_width = 1920,
  max_bytes = 300 * 1000 * 1000,
  max_bitrate = 25 * 1000 * 1000,             -- bits a second
  audio_codecs = { "aac" }, max_audio_channels = 2, max_audio_rate = 48000,
  chroma = "420", interlaced = false,         -- looked at where ffprobe is installed
  faststart = true,         -- the index must stand in front
  edit_lists = false,       -- tracks must not be shifted or cut by lists
  private = true,           -- the place is removed where ffmpeg is there, else a warning is given
}

return {
  jpeg = as(picture, ".jpg", ".jpeg"),
  png  = as(picture, ".png"),
  webp = as(picture, ".webp"),
  gif  = as(picture, ".gif"),
  -- What phones make, read through libheif where that is installed. Without an extension they are
  -- taken under another's alone (phones name a HEIC .jpg now and then). To take them all:
  --   heic = as(picture, ".heic", ".heif"),  avif = as(picture, ".avif"),
  heic = as(picture),
  avif = as(picture),
  mp4  = as(video, ".mp4"),
  mov  = as(video, ".mov"),
}
