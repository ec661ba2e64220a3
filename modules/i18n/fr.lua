-- i18n/fr.lua - French texts. Same keys and placeholders as en.lua; a spec compares them.
return {
  -- Log lines. The French ones are those of the original system, to the letter (contract, 3).
  ["log.scan"] = "Parcours du dossier: {dir}",
  ["log.uploading"] = "Upload FTP en cours: {name}",
  ["log.uploaded"] = "Upload FTP réussi: {name}",
  ["log.published"] = "Publication Instagram réussie: {id}",
  ["log.archived"] = "Fichier déplacé vers processed: {name}",
  ["log.finished"] = "Publication terminée: {published}/{processed} fichiers publiés",
  ["log.failed"] = "Échec de {name}: {message}",
  ["log.next_action"] = "À faire: {action}",

  -- What an error is, by its kind.
  ["error.io"] = "erreur de fichier ou de disque",
  ["error.network"] = "erreur réseau",
  ["error.tls"] = "la connexion sécurisée a échoué",
  ["error.auth"] = "accès refusé",
  ["error.timeout"] = "pas de réponse à temps",
  ["error.remote"] = "refusé par le serveur",
  ["error.format"] = "contenu inutilisable",
  ["error.limit"] = "une limite est atteinte",
  ["error.cancelled"] = "interrompu",
  ["error.script"] = "erreur de script",

  -- What to do about it, by kind; below, by the codes of systems and servers.
  ["action.deferred"] = "Rien à faire : une prochaine exécution continuera.",
  ["action.kind.io"] =
    "Vérifiez que le disque a de la place et que le dossier est accessible en lecture et "
    .. "en écriture.",
  ["action.kind.network"] =
    "Vérifiez la connexion et le nom du serveur ; le prochain passage réessaiera.",
  ["action.kind.tls"] =
    "Vérifiez le certificat du serveur ; FTP_CA_FILE désigne l'autorité de confiance.",
  ["action.kind.auth"] = "Vérifiez l'identifiant, le mot de passe ou le jeton.",
  ["action.kind.timeout"] =
    "Le prochain passage réessaiera ; si cela se répète, vérifiez le serveur et la connexion.",
  ["action.kind.remote"] = "Lisez le message du serveur ; le prochain passage réessaiera.",
  ["action.kind.format"] = "Remplacez le fichier par un fichier intact dans un format accepté.",
  ["action.kind.limit"] = "Réduisez la taille ou la longueur, ou attendez la fin de la limite.",
  ["action.kind.cancelled"] = "Relancez : le travail reprend où il s'est arrêté.",
  ["action.kind.script"] = "Corrigez le script à la ligne indiquée.",
  ["action.errno.ENOENT"] = "Vérifiez que le fichier ou le dossier existe.",
  ["action.errno.EACCES"] = "Donnez à cet utilisateur le droit de lire et d'écrire à cet endroit.",
  ["action.errno.EPERM"] = "Donnez à cet utilisateur le droit de lire et d'écrire à cet endroit.",
  ["action.errno.EROFS"] = "Le système de fichiers est en lecture seule : montez-le en écriture.",
  ["action.errno.ENOSPC"] = "Le disque est plein : libérez de la place puis relancez.",
  ["action.errno.EDQUOT"] = "Le quota du disque est épuisé : libérez de la place puis relancez.",
  ["action.errno.EBUSY"] = "Un autre passage est en cours : attendez sa fin.",
  ["action.ftp.tls"] =
    "Vérifiez le certificat du serveur : FTP_CA_FILE désigne l'autorité de confiance, FTP_TLS dit "
    .. "si TLS est exigé.",
  ["action.ftp.530"] = "Vérifiez FTP_USER et FTP_PASS.",
  ["action.ftp.550"] =
    "Vérifiez FTP_UPLOAD_DIR et les droits de cet utilisateur FTP dans ce dossier.",
  ["action.ftp.553"] =
    "Vérifiez FTP_UPLOAD_DIR et les droits de cet utilisateur FTP dans ce dossier.",
  ["action.ftp.452"] = "Le disque du serveur est plein : libérez-y de la place.",
  ["action.ftp.552"] = "Le quota sur le serveur est épuisé : libérez-y de la place.",
  ["action.ftp.421"] =
    "Le serveur est occupé ou a trop de connexions ; FTP_CONNECTIONS=1 peut aider.",
  ["action.http.404"] = "Vérifiez que PUBLIC_BASE_URL montre le dossier d'upload.",
  ["action.http.403"] =
    "Vérifiez que le serveur web laisse tout le monde lire le dossier d'upload.",
  ["action.graph.190"] =
    "Le jeton d'accès n'est plus valide : créez-en un nouveau et mettez-le dans ACCESS_TOKEN.",
  ["action.graph.102"] =
    "La session est terminée : créez un nouveau jeton et mettez-le dans ACCESS_TOKEN.",
  ["action.graph.3"] =
    "L'application n'a pas ce droit : vérifiez ses produits et permissions chez Meta.",
  ["action.graph.10"] =
    "Une permission manque : créez un jeton avec le droit de publier du contenu.",
  ["action.graph.200"] =
    "Une permission manque : créez un jeton avec le droit de publier du contenu.",
  ["action.graph.4"] = "Trop d'appels : attendez, le compte se repose.",
  ["action.graph.17"] = "Trop d'appels : attendez, le compte se repose.",
  ["action.graph.32"] = "Trop d'appels : attendez, le compte se repose.",
  ["action.graph.613"] = "Trop d'appels : attendez, le compte se repose.",
  ["action.graph.80002"] = "Trop d'appels : attendez, le compte se repose.",
  ["action.graph.368"] =
    "Instagram bloque ce compte pour l'instant : attendez et regardez dans l'application.",
  ["action.graph.2207051"] =
    "Instagram y voit du spam ; la publication est peut-être en ligne : regardez le compte.",
  ["action.graph.2207042"] =
    "Le quota quotidien est épuisé : un prochain passage continuera quand il sera libre.",
  ["action.graph.2207050"] =
    "Le compte est restreint : son propriétaire doit agir dans l'application Instagram.",
  ["action.graph.2207052"] =
    "Instagram ne peut pas lire le fichier : ouvrez son URL dans un navigateur, vérifiez "
    .. "PUBLIC_BASE_URL.",
  ["action.graph.2207026"] =
    "Le format vidéo n'est pas accepté : réencodez-la (H.264 et AAC en MP4).",
  ["action.graph.2207004"] = "L'image dépasse 8 Mo : réduisez-la.",
  ["action.graph.2207005"] = "Instagram n'accepte que le JPEG : convertissez l'image.",
  ["action.graph.2207009"] =
    "Les proportions ne conviennent pas : laissez formats.lua compléter ou recadrer.",
  ["action.graph.2207010"] = "Raccourcissez la légende ou réduisez le nombre de hashtags.",
  ["action.graph.2207040"] = "Mentionnez au plus 20 comptes.",

  -- The settings.
  ["dotenv.line"] = "{file}, ligne {line} : {problem}",
  ["dotenv.no_equals"] = "pas de « = » après un nom",
  ["dotenv.name"] = "le nom avant « = » ne peut contenir que des lettres, des chiffres et _",
  ["dotenv.unclosed"] = "un guillemet est ouvert et n'est pas refermé",
  ["dotenv.after_quote"] = "il y a quelque chose après le guillemet fermant",
  ["dotenv.nul"] = "un octet nul ; le fichier est-il enregistré en UTF-16 ?",
  ["action.dotenv.line"] = "Écrivez CLE=valeur, en UTF-8, guillemets refermés sur la même ligne.",
  ["config.file"] = "{file} ne peut pas être lu : {message}",
  ["action.config.file"] = "Vérifiez le nom donné à --env et les droits du fichier.",
  ["config.file_size"] = "{file} est trop grand pour un fichier de configuration",
  ["config.writable"] = "{file} est modifiable par tout le monde (mode {mode}) : il n'est pas lu",
  ["action.config.writable"] = "Lancez : chmod 600 {file}",
  ["config.shared"] = "{file} contient des secrets et est ouvert à d'autres (mode {mode})",
  ["action.config.shared"] = "Lancez : chmod 600 {file}",
  ["config.duplicate"] = "{key} figure deux fois dans {file} ; celle de la ligne {line} compte",
  ["config.missing"] = "{key} manque",
  ["config.control"] = "{key} contient un caractère de contrôle",
  ["config.windows_path"] = "{key} est un chemin Windows, et ceci n'est pas Windows : {value}",
  ["action.config.windows_path"] =
    "Écrivez le chemin à la manière de ce système, par exemple /srv/photos.",
  ["config.unreadable"] = "{key} : {message}",
  ["config.number"] = "{key} : un nombre de {low} à {high} est attendu, pas {value}",
  ["config.choice"] = "{key} : {value} n'est aucun de : {choices}",
  ["action.config.choice"] = "Choisissez parmi : {choices}",
  ["config.url"] = "{key} : {message}",
  ["config.url_scheme"] = "{key} doit commencer par https:// (ou http://) et un serveur",
  ["config.url_extra"] = "{key} ne peut contenir ni utilisateur, ni ?, ni #",
  ["config.plain_http"] = "{key} est en http:// : le jeton d'accès circule en clair",
  ["config.no_home"] = "ni AFFICHE_STATE_DIR ni HOME n'est défini : pas de place pour le journal",
  ["config.postgresql"] = "AFFICHE_JOURNAL : postgresql n'est pas encore disponible",
  ["action.config.postgresql"] = "Utilisez sqlite:CHEMIN, ou retirez-le.",
  ["config.journal_scheme"] = "AFFICHE_JOURNAL : seulement sqlite:CHEMIN ou un chemin",
  ["config.token_space"] = "ACCESS_TOKEN contient un espace",
  ["config.user_id"] = "IG_USER_ID est d'habitude un nombre, pas le nom du compte",
  ["config.host"] = "{key} doit être le seul nom d'un serveur",
  ["action.config.host"] =
    "Par exemple ftp.example.com, sans ftp:// ni dossier ; le port va dans FTP_PORT.",
  ["config.dots"] = "{key} ne peut pas contenir . ou .. comme dossier",
  ["action.config.dots"] = "Écrivez le dossier entier, depuis /.",
  ["config.file_url"] =
    "UPLOAD_URL : file:// demande un chemin entier, comme file:///srv/www/photos",
  ["config.s3"] = "UPLOAD_URL : s3:// n'est pas encore disponible",
  ["action.config.s3"] = "Utilisez ftp:// ftps:// sftp:// ou file://.",
  ["config.upload_scheme"] = "UPLOAD_URL doit commencer par ftp:// ftps:// sftp:// ou file://",
  ["config.anonymous"] = "pas de FTP_USER : la connexion est anonyme",
  ["config.no_public_url"] = "PUBLIC_BASE_URL manque : avec file:// elle ne peut pas être devinée",
  ["config.open_server"] = "HOST={host} ouvre aux autres machines, et API_TOKEN n'est pas défini",
  ["action.config.open_server"] =
    "Mettez dans API_TOKEN un long texte aléatoire, ou HOST=127.0.0.1.",
  ["action.config.key.AUTO_DOWNLOAD_DIR"] =
    "Mettez dans AUTO_DOWNLOAD_DIR le dossier qui contient les médias.",
  ["action.config.key.FTP_HOST"] =
    "Mettez dans FTP_HOST le nom du serveur FTP, ou définissez UPLOAD_URL.",
  ["action.config.key.FTP_USER"] = "Définissez FTP_USER et FTP_PASS.",
  ["action.config.key.ACCESS_TOKEN"] =
    "Mettez dans ACCESS_TOKEN le jeton donné par Meta, pas le texte d'exemple.",
  ["action.config.key.IG_USER_ID"] =
    "Mettez dans IG_USER_ID le numéro du compte Instagram, pas son nom.",
  ["action.config.key.PUBLIC_BASE_URL"] =
    "Mettez dans PUBLIC_BASE_URL l'adresse à laquelle le dossier d'upload est visible.",
  ["action.config.key.AFFICHE_STATE_DIR"] = "Mettez dans AFFICHE_STATE_DIR un dossier à vous.",

  -- URLs and captions.
  ["url.malformed"] = "une URL comme protocole://serveur/chemin est attendue",
  ["url.control"] = "l'URL contient un caractère de contrôle",
  ["url.escape"] =
    "un % de l'URL ({part}) n'est pas suivi de deux chiffres hexadécimaux ; écrivez %25",
  ["url.host"] =
    "le serveur ou le port de l'URL est faux ; / # ? et : d'un mot de passe s'écrivent %2F "
    .. "%23 %3F %3A",
  ["caption.encoding"] = "la légende n'est pas en UTF-8 valide",
  ["caption.length"] = "la légende a {count} caractères, {limit} au plus sont permis",
  ["caption.hashtags"] = "la légende a {count} hashtags, {limit} au plus sont permis",
  ["caption.mentions"] = "la légende a {count} mentions, {limit} au plus sont permises",
  ["action.caption"] = "Raccourcissez la légende dans captions.lua ou dans le fichier annexe.",

  -- The command line.
  ["cli.about"] = "publie un dossier de médias sur Instagram",
  ["cli.hint"] = "Essayez : {command}",
  ["cli.no_command"] = "une commande est attendue",
  ["cli.run"] = "un passage sur le dossier, puis fin",
  ["cli.preview"] = "ce que run ferait, fichier par fichier ; ne touche à rien",
  ["cli.status"] = "configuration, dossier, fichiers prêts, jeton",
  ["cli.serve"] = "serveur HTTP : état, passages, ce qui a été et serait fait",
  ["cli.convert"] = "le convertisseur seul",
  ["cli.console"] = "Lua avec les primitives, ligne par ligne ou un fichier",
  ["cli.console_files"] = "un fichier Lua et ses arguments",
  ["cli.fault"] = "ce que le faux Instagram fait mal, par exemple ghost-publish",
  ["cli.demo"] = "tout le travail sur des médias d'exemple, sans compte",
  ["cli.test"] = "exécute des tests Lua dans le programme",
  ["cli.history"] = "ce qui a été fait",
  ["cli.version"] = "la version",
  ["cli.help"] = "cette aide, ou celle d'une commande",
  ["cli.env"] = "fichier de configuration à la place de .env",
  ["cli.scripts"] = "dossier de scripts qui remplacent ceux fournis",
  ["cli.lang"] = "langue",
  ["cli.log_level"] = "détail du journal",
  ["cli.log_format"] = "forme des lignes du journal",
  ["cli.workflow"] = "script de workflow",
  ["cli.json"] = "un document JSON sur la sortie standard",
  ["cli.dry_run"] = "comme preview : ce qui serait fait, sans rien toucher",
  ["cli.input"] = "fichier à convertir",
  ["cli.output"] = "JPEG à écrire",
  ["cli.fit"] = "que faire des autres proportions",
  ["cli.quality"] = "qualité JPEG, de 1 à 100",
  ["cli.max_width"] = "largeur maximale en pixels",
  ["cli.files"] = "fichiers de test ; sans aucun, tous",
  ["cli.failed"] = "seulement les échecs",
  ["cli.rebuild"] = "remplir le journal depuis les reçus des archives",
  ["cli.topic"] = "une commande",
  ["cli.unknown_command"] = "commande inconnue : {name}",
  ["cli.range"] = "{name} : un nombre entier de {low} à {high} est attendu, pas {value}",

  -- Un passage.
  ["log.moved"] = "Fichier déplacé vers {folder}: {name}",
  ["log.ignored"] = "Ignoré: {name} ({reason})",
  ["log.duplicate"] =
    "{name} a déjà été publié, sous le nom {earlier} : pas de nouvelle publication",
  ["log.growing"] = "{name} grandit encore : laissé pour le prochain passage",
  ["log.other_format"] = "{name} contient du {format} : traité comme tel",
  ["log.overtake"] = "{name} n'attend plus un fichier précédent plus lent",
  ["log.swept"] = "Reste d'une exécution interrompue supprimé : {path}",
  ["log.retry"] = "{name} : l'étape {step} a échoué ({reason}) ; nouvel essai dans {seconds} s",
  ["log.unclear"] =
    "{name} : publication incertaine ({reason}) ; recherche sur le compte",
  ["log.account_rests"] = "le compte se repose : {reason}",
  ["log.serving"] = "À l'écoute sur {address}",
  ["log.interrupted"] = "{signal} : arrêt, rien n'est perdu",
  ["run.no_folder"] = "le dossier {folder} n'existe pas",
  ["run.locked"] = "un autre passage travaille sur {folder} (processus {holder})",
  ["script.no_folder"] = "le dossier de scripts {path} n'existe pas",
  ["action.script.no_folder"] = "Corrigez --scripts ou AFFICHE_SCRIPTS.",
  ["script.missing"] = "aucun script '{name}' (cherché : {tried})",
  ["action.script.missing"] = "Corrigez le nom, ou mettez-y un script de ce nom.",
  ["step.timeout"] = "l'étape {step} a pris plus de {seconds} s",
  ["error.no_medium"] = "{name} n'est pas une image ou une vidéo traitée ici (contenu : {format})",
  ["prepare.changed"] = "{name} a changé pendant sa préparation ; "
    .. "la prochaine exécution le prendra tel qu'il sera alors",
  ["prepare.no_entry"] = "formats.lua n'a pas d'entrée pour {format}",
  ["prepare.too_large"] = "le fichier fait {size} octets, au plus {limit} sont acceptés",
  ["caption.alt_type"] = "alt_text doit être un texte",
  ["caption.alt_length"] = "alt_text a {count} caractères, {limit} au plus sont admis",
  ["caption.no_text"] =
    "captions.lua doit rendre un texte, ou une table avec un texte `caption`, pas {type}",
  ["preview.extension"] = "extension non publiée",

  -- La publication.
  ["journal.damaged"] =
    "le journal était endommagé ; il se trouve maintenant dans {path} ({reason})",
  ["journal.rebuilt"] =
    "le journal a été reconstruit depuis les reçus : {restored} repris, {damaged} illisibles",
  ["journal.no_receipts"] = "il n'y a pas de reçus dans {folder}",
  ["log.not_noted"] =
    "{name} part, mais seul le journal le saura jusqu'à l'archivage : {reason}",
  ["log.given_up"] = "{name} a échoué trop souvent : déplacé vers failed",
  ["guardian.rest"] = "le compte se repose jusqu'à {time}",
  ["guardian.quiet"] = "publication après {time} : heures calmes",
  ["guardian.spacing"] = "publication après {time} : espacement",
  ["guardian.per_day"] = "le nombre de publications par jour est atteint : suite le {time}",
  ["guardian.max_age"] =
    "en attente depuis le {time}, plus longtemps que max_age dans pacing.lua ne le permet",
  ["action.guardian.max_age"] = "affiche retry la publie quand même.",
  ["guardian.quota"] = "le quota de publication est épuisé ({used} sur {total}) : "
    .. "redemandé à chaque exécution, libre le {time} au plus tard",
  ["instagram.container_failed"] = "Instagram n'a pas pu traiter le fichier : {status}",
  ["instagram.not_ready"] = "Instagram n'a pas fini avec le conteneur {container}",
  ["instagram.unanswered"] = "une exécution précédente l'a envoyé sans voir de réponse",
  ["instagram.expired"] = "le conteneur a expiré avant d'être publié",
  ["instagram.published_elsewhere"] = "le conteneur a été publié par quelqu'un d'autre",
  ["instagram.no_url"] = "il n'y a rien à publier : placez l'étape upload avant publish",
  ["settle.uncertain"] =
    "il n'est pas certain que {name} ait été publié (conteneur {container}) : {reason}",
  ["settle.next"] =
    "Regardez le compte, puis : affiche settle {name} --live, ou affiche settle {name} --again.",
  ["settle.none"] = "aucune publication correspondante trouvée pour l'instant",
  ["settle.many"] = "plusieurs publications correspondent",

  -- L'état et la démonstration.
  ["status.folder"] = "Dossier : {folder} (présent : {exists})",
  ["status.server"] = "Upload vers : {server}",
  ["status.files"] =
    "Prêts : {ready} ({size} Mo) ; ignorés : {ignored}, différés : {deferred}, "
    .. "incertains : {uncertain}",
  ["status.heif"] = "HEIC et AVIF : {state}",
  ["status.sandbox"] = "Décodeurs confinés par : {sandbox}",
  ["status.token"] = "Jeton : {state}",
  ["status.quota"] = "Quota : {used} sur {total}",
  ["status.yes"] = "oui",
  ["status.no"] = "non",
  ["status.valid"] = "valide",
  ["status.invalid"] = "refusé",
  ["status.unknown"] = "non vérifié",
  ["status.ready"] = "Prêt à publier.",
  ["status.not_ready"] = "Pas prêt à publier.",
  ["demo.page"] = "Le fil à regarder : {path}",
  ["demo.folder"] = "Tout ce que la démonstration a fait se trouve dans {path}",
  ["demo.fault"] = "panne inconnue '{name}' ; il y a : {choices}",
}
