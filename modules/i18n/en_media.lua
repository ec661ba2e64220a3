-- en_media.lua - what is said of pictures and videos, in English.
return {
  ["video.duration"] = "it lasts {seconds} s, {least} to {most} are taken",
  ["video.codec"] = "its codec is {codec}, taken are {allowed}",
  ["video.fps"] = "it has {fps} pictures a second, {least} to {most} are taken",
  ["video.width"] = "it is {width} pixels wide, at most {most} are taken",
  ["video.size"] = "it has {size} bytes, at most {most} are taken",
  ["video.faststart"] = "its index (moov) stands behind the data",
  ["video.edit_list"] = "an edit list shifts or cuts a track",
  ["video.gps"] = "it tells where it was taken",
  ["video.refused"] = "the video is not fit: {faults}",
  ["video.no_ffmpeg"] = "ffmpeg could mend it, but is not installed",
  ["video.ffmpeg_failed"] = "ffmpeg could not mend the video (status {status}): {words}",
  ["video.still"] = "This is what ffmpeg made of it ({cure})",
  ["video.shorter"] = "ffmpeg made {after} s of its {before} s: it may be damaged",
  ["video.left"] = "{name} goes out as it is, since ffmpeg is not installed: {faults}",
  ["explain.video_fine"] = "{format}: within the limits, sent as it is",
  ["explain.video_remux"] = "{format}: written anew by ffmpeg, its pictures untouched: {faults}",
  ["explain.video_transcode"] = "{format}: encoded anew by ffmpeg: {faults}",
  ["archive.vanished"] = "{name} has left the folder before it could be archived: {path}",
  ["action.archive.vanished"] = "The post is live; put the file back if it is to be archived.",
  ["log.taken_away"] =
    "{name} is live, and was taken out of the folder: nothing is left to archive",
}
