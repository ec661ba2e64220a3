-- fr_media.lua - ce qui est dit des images et des vidéos, en français.
return {
  ["animation.first"] = "{name} est animé : la première de ses {frames} images part",
  ["animation.still"] = "{name} est animé, mais aucun film ne peut en être fait ici ({format}) : "
    .. "la première de ses {frames} images part",
  ["heif.all"] = "lus par libheif {version}",
  ["heif.some"] = "libheif {version} est installé sans décodeur pour {formats}",
  ["heif.none"] = "non lus : {cause}",
  ["video.duration"] = "elle dure {seconds} s, {least} à {most} sont acceptées",
  ["video.codec"] = "son codec est {codec}, sont acceptés {allowed}",
  ["video.fps"] = "elle a {fps} images par seconde, {least} à {most} sont acceptées",
  ["video.width"] = "elle a {width} pixels de large, au plus {most} sont acceptés",
  ["video.size"] = "elle fait {size} octets, au plus {most} sont acceptés",
  ["video.faststart"] = "son index (moov) se trouve après les données",
  ["video.edit_list"] = "une liste de montage décale ou coupe une piste",
  ["video.gps"] = "elle dit où elle a été prise",
  ["video.refused"] = "la vidéo ne convient pas : {faults}",
  ["video.no_ffmpeg"] = "ffmpeg pourrait la corriger, mais n'est pas installé",
  ["video.ffmpeg_failed"] = "ffmpeg n'a pas pu corriger la vidéo (état {status}) : {words}",
  ["video.still"] = "C'est ce que ffmpeg en a fait ({cure})",
  ["video.shorter"] = "ffmpeg a fait {after} s de ses {before} s : elle est peut-être endommagée",
  ["video.left"] = "{name} part telle quelle, ffmpeg n'étant pas installé : {faults}",
  ["resumable.sending"] = "Envoi à Instagram: {name}, depuis l'octet {from} sur {size}",
  ["resumable.refused"] = "Instagram n'a pas pris la vidéo : {reason} {message}",
  ["explain.video_fine"] = "{format} : dans les limites, envoyée telle quelle",
  ["explain.video_remux"] =
    "{format} : réécrite par ffmpeg, sans toucher à ses images : {faults}",
  ["explain.video_transcode"] = "{format} : réencodée par ffmpeg : {faults}",
  ["archive.vanished"] = "{name} a quitté le dossier avant d'être archivé : {path}",
  ["action.archive.vanished"] =
    "La publication est en ligne ; remettez le fichier s'il doit être archivé.",
  ["log.taken_away"] =
    "{name} est en ligne et a été retiré du dossier : il n'y a plus rien à archiver",
}
