-- fr_host.lua - what the host itself says, in French: its own English words, and theirs. `{}` is
-- any text; the French takes these in order as {1} {2}. Used by wording.lua; a spec compares this
-- list with the sources.
return {
  -- Content of media.
  ["the content is a web page or XML, not a picture or video"] =
    "le contenu est une page web ou du XML, ni image ni vidéo",
  ["the content is text, not a picture or video"] =
    "le contenu est du texte, ni image ni vidéo",
  ["the content is no known picture or video"] =
    "le contenu n'est ni une image ni une vidéo connue",
  ["pictures of the format {} cannot be read yet"] =
    "les images au format {1} ne peuvent pas encore être lues",
  ["a video cannot be made a picture"] = "une vidéo ne peut pas devenir une image",
  ["the file is empty (0 bytes)"] = "le fichier est vide (0 octet)",
  ["the file is cut short"] = "le fichier est incomplet",
  ["the file became shorter while it was read"] = "le fichier a raccourci pendant sa lecture",
  ["the file has {} MB, more than {} MB"] = "le fichier a {1} Mo, plus de {2} Mo",
  ["the file holds no video track"] = "le fichier ne contient aucune piste vidéo",
  ["the JPEG file is damaged or cut short at byte {}"] =
    "le fichier JPEG est abîmé ou incomplet à l'octet {1}",
  ["the JPEG file is damaged: {}"] = "le fichier JPEG est abîmé : {1}",
  ["JPEG files of this kind cannot be read: {}"] =
    "les fichiers JPEG de ce genre ne peuvent pas être lus : {1}",
  ["the JPEG file cannot be made: {}"] = "le fichier JPEG ne peut pas être fait : {1}",
  ["the JPEG file has more than {} scans"] = "le fichier JPEG a plus de {1} passes",
  ["the JPEG file needs too much memory to decode"] =
    "le fichier JPEG demande trop de mémoire pour être décodé",
  ["the PNG file is cut short at byte {} of {}"] =
    "le fichier PNG est incomplet : il s'arrête à l'octet {1} sur {2}",
  ["the PNG file is damaged: {}"] = "le fichier PNG est abîmé : {1}",
  ["the PNG file has an unknown kind of pixels"] =
    "le fichier PNG a une sorte de pixels inconnue",
  ["the WebP file is cut short"] = "le fichier WebP est incomplet",
  ["the WebP file is cut short: {} of {} bytes"] =
    "le fichier WebP est incomplet : {1} octets sur {2}",
  ["the WebP file is damaged"] = "le fichier WebP est abîmé",
  ["the WebP file is damaged: a frame outside its canvas"] =
    "le fichier WebP est abîmé : une image sort de son cadre",
  ["only an animated WebP is taken apart into frames"] =
    "seul un WebP animé est décomposé en images",
  ["the animation has more than {} frames"] = "l'animation a plus de {1} images",
  ["the animation lasts longer than a day"] = "l'animation dure plus d'un jour",
  ["the animation is too large: {} frames of {} x {} pixels"] =
    "l'animation est trop grande : {1} images de {2} x {3} pixels",
  ["the animation is too long: {} of its {} frames take {} MB as pictures"] =
    "l'animation est trop longue : {1} de ses {2} images font déjà {3} Mo",
  ["the GIF file has an empty canvas"] = "le fichier GIF a un cadre vide",
  ["the GIF file has more than {} frames"] = "le fichier GIF a plus de {1} images",
  ["the GIF file has no colours"] = "le fichier GIF n'a pas de couleurs",
  ["the GIF file holds no picture"] = "le fichier GIF ne contient aucune image",
  ["the GIF file is damaged or cut short: {}"] = "le fichier GIF est abîmé ou incomplet : {1}",
  ["libheif is not installed (Debian: {})"] = "libheif n'est pas installée (Debian : {1})",
  ["{} needs libheif, which is not installed (Debian: {})"] =
    "{1} demande libheif, qui n'est pas installée (Debian : {2})",
  ["{} cannot be read: libheif {} has no decoder for it here"] =
    "{1} ne peut pas être lu : libheif {2} n'a pas de décodeur pour cela ici",
  ["the {} file is damaged or not supported: {}"] =
    "le fichier {1} est abîmé ou n'est pas pris en charge : {2}",
  ["the {} file is cut short at byte {}"] = "le fichier {1} est incomplet à l'octet {2}",
  ["the {} file holds another picture than it says"] =
    "le fichier {1} contient une autre image que celle qu'il annonce",
  ["the picture cannot be made smaller than {} bytes"] =
    "l'image ne peut pas faire moins de {1} octets",
  ["the picture has {} x {} pixels, a side may have {}"] =
    "l'image a {1} x {2} pixels, un côté peut en avoir {3}",
  ["the picture has {} x {} pixels, more than {} megapixels"] =
    "l'image a {1} x {2} pixels, plus de {3} mégapixels",
  ["the picture is empty ({} x {} pixels)"] = "l'image est vide ({1} x {2} pixels)",
  ["the picture's ratio {} ({} x {}) is outside {} to {}, and fit is none"] =
    "le rapport {1} de l'image ({2} x {3}) est hors de {4} à {5}, et fit vaut none",
  ["the result would have {} x {} pixels, which is too many"] =
    "le résultat aurait {1} x {2} pixels, c'est trop",
  ["no size within the limits of width and ratio for {} x {}"] =
    "aucune taille dans les limites de largeur et de rapport pour {1} x {2}",
  ["not enough memory for the result"] = "pas assez de mémoire pour le résultat",
  ["not enough memory for this picture"] = "pas assez de mémoire pour cette image",
  ["the video has more than {} boxes"] = "la vidéo a plus de {1} blocs",
  ["the video has no data (mdat): it is not complete"] =
    "la vidéo n'a pas de données (mdat) : elle est incomplète",
  ["the video has no index (moov): it is not complete"] =
    "la vidéo n'a pas d'index (moov) : elle est incomplète",
  ["the video is cut short: {} bytes are missing"] =
    "la vidéo est incomplète : il manque {1} octets",
  ["the video is damaged: a box is cut short"] = "la vidéo est abîmée : un bloc est incomplet",
  ["the video is damaged: a box of {} bytes"] = "la vidéo est abîmée : un bloc de {1} octets",
  ["the video is damaged: box {}{}{}{} is too short"] =
    "la vidéo est abîmée : le bloc {1}{2}{3}{4} est trop court",
  ["the video is damaged: boxes nested too deeply"] =
    "la vidéo est abîmée : des blocs imbriqués trop profondément",
  ["the video is damaged: tracks inside tracks"] =
    "la vidéo est abîmée : des pistes dans des pistes",
  ["the video is damaged: two indexes (moov)"] = "la vidéo est abîmée : deux index (moov)",
  ["stopped"] = "arrêté",

  -- Transfers.
  ["looking at the final name"] = "vérification du nom sur le serveur",
  ["looking at the file"] = "vérification du fichier sur le serveur",
  ["checking the upload"] = "contrôle de l'envoi",
  ["uploading"] = "envoi",
  ["renaming"] = "renommage sur le serveur",
  ["removing the file"] = "suppression sur le serveur",
  ["the file to send cannot be read"] = "le fichier à envoyer ne peut pas être lu",
  ["memory is short"] = "la mémoire manque",
  ["this libcurl was built without that protocol"] =
    "cette libcurl a été construite sans ce protocole",
  ["the CA file cannot be read"] = "le fichier des autorités ne peut pas être lu",
  ["the server's certificate or host key is not trusted"] =
    "le certificat ou la clé du serveur n'est pas digne de confiance",
  ["the server does not offer TLS"] = "le serveur ne propose pas TLS",
  ["the TLS handshake failed"] = "la négociation TLS a échoué",
  ["the server insists on TLS: set FTP_TLS=require"] =
    "le serveur exige TLS : mettez FTP_TLS=require",
  ["the server refused the data connection's encryption"] =
    "le serveur a refusé le chiffrement de la connexion de données",
  ["the server is not available now or has too many connections"] =
    "le serveur n'est pas disponible ou a trop de connexions",
  ["the server cannot open the data connection"] =
    "le serveur ne peut pas ouvrir la connexion de données",
  ["the server aborted the transfer"] = "le serveur a interrompu le transfert",
  ["the server says that the file is busy"] = "le serveur dit que le fichier est occupé",
  ["the server met an error of its own"] = "le serveur a rencontré une erreur interne",
  ["the server's disk is full"] = "le disque du serveur est plein",
  ["the quota on the server is used up"] = "le quota sur le serveur est épuisé",
  ["the server refused the login"] = "le serveur a refusé la connexion de cet utilisateur",
  ["the server refused the folder"] = "le serveur a refusé le dossier",
  ["the server refused the file"] = "le serveur a refusé le fichier",
  ["the server refused"] = "le serveur a refusé",
  ["the server refused the file name"] = "le serveur a refusé le nom du fichier",
  ["the server does not know a command"] = "le serveur ne connaît pas une commande",
  ["the host's name cannot be resolved"] = "le nom du serveur est introuvable",
  ["the host cannot be reached"] = "le serveur est injoignable",
  ["the server took too long"] = "le serveur a mis trop de temps",
  ["the connection broke while sending: the network, or the server's disk is full"] =
    "la connexion a été coupée pendant l'envoi : le réseau, ou le disque du serveur est plein",
  ["the server's reply has no end"] = "la réponse du serveur n'a pas de fin",
  ["the connection was lost"] = "la connexion a été perdue",
  ["the transfer was cut short"] = "le transfert a été coupé",
  ["there is no such file"] = "ce fichier n'existe pas",
  ["the name is taken"] = "le nom est déjà pris",
  ["the server refused a command"] = "le serveur a refusé une commande",
  ["the SSH server reported a failure"] = "le serveur SSH a signalé un échec",
  ["the server answered nonsense"] = "la réponse du serveur est incompréhensible",
  ["the transfer failed"] = "le transfert a échoué",
  ["the FTP server offers no TLS: password and files travel in plain text"] =
    "le serveur FTP ne propose pas TLS : mot de passe et fichiers circulent en clair",
  ["the FTP server's certificate cannot be verified: set FTP_CA_FILE to trust it properly"] =
    "le certificat du serveur FTP ne peut pas être vérifié : indiquez FTP_CA_FILE pour lui faire "
    .. "vraiment confiance",
  ["the FTP server refuses TLS 1.2: TLS 1.3 is used, with which some servers lose uploads"] =
    "le serveur FTP refuse TLS 1.2 : TLS 1.3 est utilisé, avec lequel certains serveurs perdent "
    .. "des envois",

  -- Files and sockets.
  ["no such file or directory"] = "fichier ou dossier introuvable",
  ["permission denied"] = "accès refusé",
  ["operation not permitted"] = "opération non permise",
  ["file already exists"] = "le fichier existe déjà",
  ["no space left on device"] = "le disque est plein",
  ["read-only file system"] = "le système de fichiers est en lecture seule",
  ["not a directory"] = "ce n'est pas un dossier",
  ["illegal operation on a directory"] = "c'est un dossier",
  ["file too large"] = "le fichier est trop grand",
  ["name too long"] = "le nom est trop long",
  ["i/o error"] = "erreur de lecture ou d'écriture du disque",
  ["too many open files"] = "trop de fichiers ouverts",
  ["not enough memory"] = "pas assez de mémoire",
  ["address already in use"] = "l'adresse est déjà utilisée",
  ["address not available"] = "l'adresse n'existe pas sur cette machine",
  ["connection refused"] = "connexion refusée",
  ["connection timed out"] = "la connexion a expiré",
  ["operation canceled"] = "opération annulée",
  ["resource busy or locked"] = "occupé par un autre programme",
  ["a symbolic link is not followed"] = "un lien symbolique n'est pas suivi",
  ["its content is not what was expected"] = "son contenu n'est pas celui qui était attendu",
  ["larger than allowed"] = "plus grand que permis",
  ["it is a folder"] = "c'est un dossier",
  ["no regular file"] = "ce n'est pas un fichier ordinaire",
  ["the time for it was up"] = "le temps prévu est écoulé",
  ["cancelled"] = "annulé",
  ["database or disk is full"] = "le disque est plein",
  ["disk I/O error"] = "erreur de lecture ou d'écriture du disque",
  ["unable to open database file"] = "la base ne peut pas être ouverte",
  ["database disk image is malformed"] = "la base est abîmée",
  ["file is not a database"] = "ce fichier n'est pas une base",
  ["{}: nothing more is written there until it is opened anew"] =
    "{1} : plus rien n'y est écrit jusqu'à sa réouverture",
  ["copy"] = "copie", ["move"] = "déplacement", ["write"] = "écriture", ["read"] = "lecture",
  ["mkdir"] = "création du dossier", ["scan"] = "parcours", ["probe"] = "examen",
  ["hash"] = "lecture", ["remove"] = "suppression", ["list"] = "lecture du dossier",
  ["convert"] = "conversion", ["frames"] = "décomposition de l'animation",
  ["log_open"] = "ouverture du journal d'exécution",
  ["serve"] = "serveur HTTP",
  ["a URL such as scheme://host/path is expected"] =
    "une URL telle que protocole://serveur/chemin est attendue",
}
