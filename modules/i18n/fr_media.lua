-- fr_media.lua - ce qui est dit des images et des vidéos, en français.
return {
  ["animation.first"] = "{name} est animé : la première de ses {frames} images part",
  ["animation.still"] = "{name} est animé, mais aucun film ne peut en être fait ici ({format}) : "
    .. "la première de ses {frames} images part",
  ["animation.long"] =
    "l'animation dure {seconds} s, au plus {most} sont acceptées pour un film",
  ["explain.filmed"] = "{format}, {frames} images de {width} x {height}, devient un film de "
    .. "{to_width} x {to_height}",
  ["explain.first"] = "{format}, {width} x {height} : la première de ses {frames} images devient "
    .. "un JPEG de {to_width} x {to_height} (fit : {fit})",
  ["heif.all"] = "lus par libheif {version}",
  ["heif.some"] = "libheif {version} est installé sans décodeur pour {formats}",
  ["heif.none"] = "non lus : {cause}",
  ["video.duration"] = "elle dure {seconds} s, {least} à {most} sont acceptées",
  ["video.codec"] = "son codec est {codec}, sont acceptés {allowed}",
  ["video.fps"] = "elle a {fps} images par seconde, {least} à {most} sont acceptées",
  ["video.width"] = "elle a {width} pixels de large, au plus {most} sont acceptés",
  ["video.size"] = "elle fait {size} octets, au plus {most} sont acceptés",
  ["video.audio_codec"] = "son audio est en {codec}, sont acceptés {allowed}",
  ["video.audio_channels"] = "son audio a {channels} canaux, au plus {most} sont acceptés",
  ["video.audio_rate"] =
    "son audio a {rate} échantillons par seconde, au plus {most} sont acceptés",
  ["video.bitrate"] = "elle a {rate} Mbit par seconde, au plus {most} sont acceptés",
  ["video.chroma"] = "ses pixels sont {pixels}, sont acceptés {wanted}",
  ["video.interlaced"] = "elle est entrelacée",
  ["video.faststart"] = "son index (moov) se trouve après les données",
  ["video.edit_list"] = "une liste de montage décale ou coupe une piste",
  ["video.edit_shift"] = "une liste de montage coupe ou retarde une piste, si loin que seul un "
    .. "réencodage garde l'audio et les images ensemble (fix = \"transcode\" dans formats.lua)",
  ["video.gps"] = "elle dit où elle a été prise",
  ["video.words"] = "elle porte des indications sur elle-même",
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
  ["explain.video_sound"] =
    "{format} : son audio réencodé par ffmpeg, sans toucher à ses images : {faults}",
  ["explain.video_transcode"] = "{format} : réencodée par ffmpeg : {faults}",
  ["archive.vanished"] = "{name} a quitté le dossier avant d'être archivé : {path}",
  ["action.archive.vanished"] =
    "La publication est en ligne ; remettez le fichier s'il doit être archivé.",
  ["log.taken_away"] =
    "{name} est en ligne et a été retiré du dossier : il n'y a plus rien à archiver",
  ["convert.video"] = "{name} est une vidéo : convert fait des images",
  ["action.convert.video"] = "Les vidéos sont préparées pendant un passage, selon formats.lua.",
  ["convert.same"] = "{name} serait écrasé par sa propre conversion",
  ["action.convert.same"] = "Donnez un autre nom au résultat.",
  ["sidecar.json"] = "{name} n'est pas un objet JSON : {reason}",
  ["sidecar.no_object"] = "des noms et des valeurs entre accolades sont attendus",
  ["action.sidecar.json"] = "Corrigez {name}, ou écrivez plutôt la légende dans un fichier .txt.",
  ["action.caption.encoding"] = "Enregistrez le texte en UTF-8.",
  ["action.errno.ENOTDIR"] = "Un fichier est là où il faut un dossier : déplacez-le.",
  ["action.errno.ELOOP"] = "Nommez le fichier lui-même, pas un lien vers lui.",
  ["action.errno.EISDIR"] = "Nommez un fichier, pas un dossier.",
  ["action.errno.EADDRINUSE"] = "Un autre programme y écoute déjà : arrêtez-le, ou changez PORT.",
  ["action.errno.FULL"] = "Le disque est plein : libérez de la place puis relancez.",
  ["config.log_file"] = "LOG_FILE ne peut pas être ouvert : {reason}",
  ["action.config.log_file"] =
    "Nommez un fichier dans un dossier existant et accessible en écriture.",
}
