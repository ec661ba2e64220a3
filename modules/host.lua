---@meta host
-- host.lua - every primitive of the C host: shapes, units, errors. Never loaded by the program:
-- editors read it through .luarc.json, and the specs compare it with the registry.
--
-- Conventions, the same everywhere
--  * A failure of the outside world is returned as `nil, err` (see Error); a mistake by the
--    programmer raises and names the argument. `assert(host.move(a, b))` raises the table itself.
--  * "Waits" means: the calling task sleeps, every other task goes on.
--  * Options are tables; an unknown key is refused by name. Times are seconds, sizes are bytes.

---@class Error
---@field kind "io"|"network"|"tls"|"auth"|"timeout"|"remote"|"format"|"limit"|"cancelled"|"script"
---@field message string for people, without secrets
---@field retryable boolean true when the same call may succeed later, unchanged
---@field op string the primitive that failed
---@field code? string|integer errno name ("ENOENT"), FTP reply code, Graph error code …
---@field path? string the file in hand
---@field traceback? string where a script failed

---@class host
host = {}

-- Tasks ---------------------------------------------------------------------------------------

---@class Task
local Task = {}
---Waits for the end. `true` and what the function returned, or `false` and an Error.
---@return boolean ok, any ...
function Task:join() end
---Ends the task: what it waits for is aborted, its `<close>` variables are closed. A shielded
---task ends when its shield does. A finished task is left as it is. Also its `__close`.
function Task:cancel() end
---@return "ready"|"running"|"waiting"|"dead"
function Task:status() end

---Starts `fn(...)` as a task of its own.
---@param fn function
---@return Task
function host.spawn(fn, ...) end

---Runs `fn(value, index)` for each value, at most `concurrency` at a time (default 8). Waits.
---Results come in order. The first failure is raised once those under way have ended; no new one
---is begun after it.
---@param list any[]
---@param options { concurrency?: integer }
---@param fn fun(value: any, index: integer): any
---@return any[]
function host.map(list, options, fn) end

---Waits.
---@param seconds number not negative
---@return true|nil, Error?
function host.sleep(seconds) end

---Runs `fn(...)` with cancellation put off until it returns: for what must not be cut, such as
---a publish and the note of its answer. Keep it bounded by timeouts.
---@return any ...
function host.shield(fn, ...) end

---@class Gate
local Gate = {}
---Waits until the gate is open; at once when it is.
---@param seconds? number at most so long (0: without limit)
---@return true|nil, Error?
function Gate:wait(seconds) end
---Opens it for good and lets everyone through. Also its `__close` and `__gc`.
function Gate:open() end

---@return Gate
function host.gate() end

---Waits for SIGINT or SIGTERM (a second one is delivered as well).
---@return "SIGINT"|"SIGTERM"
function host.signal() end

---Seconds. "wall" (default): since 1970, with fraction. "monotonic": for durations.
---@param clock? "wall"|"monotonic"
---@return number
function host.now(clock) end

---How long a script may run without waiting (5 s as shipped) before it is stopped with an error, and
---how much memory all Lua together may take (64 MiB as shipped). Does not wait.
---@param limits { seconds?: number, memory?: integer }
function host.limit(limits) end

---Makes an Error like those of the primitives: the kind is checked, the message redacted.
---@param fields { kind: string, message: string, retryable?: boolean, [string]: any }
---@return Error
function host.error(fields) end

---What is alive now: the specs demand that it all goes back to where it was.
---@return { tasks: integer, operations: integer, handles: integer, memory: integer }
function host.live() end

-- The program and its surroundings -------------------------------------------------------------

---A variable of the process environment, or all of them.
---@param name? string
---@return string|table<string,string>|nil
function host.env(name) end

---`sandbox` tells what holds the decoders: "seccomp+landlock", "seccomp", or "process" (a process of
---their own and nothing else). `cwd` is the working directory, empty when it is gone.
---`libraries` has the versions of the libraries; of libcurl and libmicrohttpd, which are only opened
---when they are needed, those with which the program was built.
---@return { version: string, cwd: string, pid: integer, root: string, executable: string, system: string, sandbox: string, libraries: table<string,string> }
function host.info() end

---Bytes from the system's random source as lower-case hex: `random(8)` has 16 digits.
---@param bytes integer 1 to 64
---@return string
function host.random(bytes) end

---Runs a program directly, no shell. Waits. Killed when the task is cancelled or time is up.
---The child gets `env` alone (default: PATH, HOME, LANG, TMPDIR of ours; never a secret) and no
---open file of ours. When it ends, what it left in its process group is killed. More output than
---`max_output` on stdout or stderr is an error of kind "limit".
---@param argv string[] argv[1] is looked up in PATH
--- timeout 60, max_output 1 MiB
---@param options? { timeout?: number, stdin?: string, cwd?: string, env?: table<string,string>, max_output?: integer }
---@return { status: integer, signal: integer, stdout: string, stderr: string }|nil, Error?
function host.exec(argv, options) end

-- Log and secrets ------------------------------------------------------------------------------

---Where log lines go. Before the first call: level info, text, stderr alone. What is left out stays
---as it is; `file = false` and `listener = false` switch these off. The file is appended to, made
---with mode 0600, no symlink is followed, and it is followed through rotation. A sink that fails
---loses lines and reports their number once it works again. The listener hears of every line
---`{ level, message, time, icon, fields }`; it may not wait, and lines that it writes itself are not
---told to it.
---@param options { level?: "debug"|"info"|"warn"|"error", format?: "text"|"json", file?: string|false, stderr?: boolean, tag?: string, listener?: (fun(record: table))|false }
---@return true|nil, Error?
function host.log_open(options) end

---Writes one line `ICON [HH:MM:SS] [TAG] message`, or one JSON object, redacted. Control
---characters in the message are escaped. Does not wait.
---@param level "debug"|"info"|"warn"|"error"
---@param message string
---@param fields? table<string, string|number|boolean> `icon` replaces the level's icon; the rest goes into the JSON form
function host.log(level, message, fields) end

---From now on this value is cut out of every log line, error message and `redact`, in plain,
---percent-encoded, JSON-escaped and base64 form, and so is its prefix from 8 characters on. Under 8
---bytes, or with `shown`, it is only removed where it belongs: after PASS, in the user part of a
---URL, base64 with its user. An empty one is nothing. What stands in its place is `***`.
---@param value string
---@param options? { user?: string, shown?: boolean }
function host.secret(value, options) end

---The text without any registered secret and without what looks like one: `access_token=…`,
---`EAA…`, `IGAA…`, `Bearer …`, the password in `//user:password@`.
---@param text string
---@return string
function host.redact(text) end

-- Files ----------------------------------------------------------------------------------------
--
-- All take `timeout` (600). Only regular files are opened, and no final symlink is followed: codes
-- "ELOOP" for a link, "EISDIR" for a folder, "EFTYPE" for a FIFO, device or socket. Content that
-- differs from what was expected, or changes while it is read, has code "ECHANGED".

---@class Entry
---@field name string
---@field path string
---@field size integer
---@field mtime number seconds since 1970, with fraction
---@field format? string by content: jpeg png webp gif mp4 mov heic avif tiff bmp, or nil
---@field kind? "image"|"video"
---@field growing boolean size or mtime differ from `previous`, or the name is new since

---@class Skipped
---@field name string
---@field reason "hidden"|"partial"|"folder"|"link"|"special"|"unreadable"

---The regular files directly in a folder, and what was passed over, by name. Waits.
---@param folder string
---@param options? { order?: "name"|"age", previous?: Entry[], timeout?: number }
--- order "name" bytewise (default), "age" oldest first; previous: what an earlier scan gave
---@return Entry[]|nil, Skipped[]|Error
function host.scan(folder, options) end

---SHA-256 of a file, lower-case hex, and its size. Waits.
---@param path string
---@param options? { timeout?: number }
---@return string|nil, integer|Error
function host.hash(path, options) end

---SHA-256 of a text, or HMAC-SHA-256 with a key (RFC 2104), lower-case hex. Does not wait.
---@param text string
---@param key? string
---@return string
function host.digest(text, key) end

---Durable move that never overwrites: a taken name gets a suffix ("a-2.jpg"). Across filesystems
---it copies, compares, syncs, then unlinks; an equal copy there already, as a crash leaves it, is
---the target. Missing folders are made. With `sha256` it can be repeated: a source that is gone and
---a target, or a suffixed one, with that content is success. Waits.
---@param source string
---@param target string
---@param options? { sha256?: string, timeout?: number } expected content: a difference is an error and nothing is moved
---@return string|nil path, Error?
function host.move(source, target, options) end

---Durable copy under a temporary name first; keeps time and permissions. Waits.
---@param source string
---@param target string
---@param options? { sha256?: string, replace?: boolean, timeout?: number } without `replace` a taken name is an error with code "EEXIST"
---@return string|nil path, Error?
function host.copy(source, target, options) end

---The whole file. Waits.
---@param path string
---@param options? { max?: integer, timeout?: number } default 16 MiB; larger is an error of kind "limit"
---@return string|nil, Error?
function host.read(path, options) end

---Durable write: temporary name, sync, rename, folder synced. Replaces. Waits.
---@param path string
---@param text string
---@param options? { mode?: integer, replace?: boolean, timeout?: number } mode default 420 (0644, less the umask), replace default true
---@return true|nil, Error?
function host.write(path, text, options) end

---Makes a folder and its parents. A folder that is there already is success. Waits.
---@param path string
---@param options? { mode?: integer, timeout?: number } default 493 (0755)
---@return true|nil, Error?
function host.mkdir(path, options) end

---Removes a file or an empty folder, or a folder with all that is in it when `recursive`, never
---through a link. A missing one is success. Waits.
---@param path string
---@param options? { recursive?: boolean, timeout?: number }
---@return true|nil, Error?
function host.remove(path, options) end

---Names in a folder, sorted bytewise, without "." and "..". Waits.
---@param path string
---@param options? { timeout?: number }
---@return string[]|nil, Error?
function host.list(path, options) end

---Does not follow a final symlink. `writable` is for this process; false for a link. Waits.
---@param path string
---@param options? { timeout?: number }
---@return { type: "file"|"folder"|"link"|"special", size: integer, mtime: number, mode: integer, device: integer, inode: integer, owner: integer, writable: boolean }|nil, Error?
function host.stat(path, options) end

---@class Lock
local Lock = {}
---Also its `__close` and `__gc`.
function Lock:release() end

---Takes an exclusive advisory lock on a file or folder, held until released or the process ends.
---Fails at once with code "EBUSY" when taken; `err.holder` is the process id when it can be known. Waits.
---@param path string must be there; nothing is made
---@param options? { timeout?: number }
---@return Lock|nil, Error?
function host.lock(path, options) end

-- Pictures -------------------------------------------------------------------------------------

---@class Facts
---@field format string by content: jpeg png webp gif heic avif mp4 mov
---@field kind "image"|"video"
---@field width integer as stored; see orientation. HEIC and AVIF: upright
---@field height integer
---@field orientation integer EXIF 1 to 8, 1 when unknown
---@field frames integer of videos, animations and sequences, else 1
---@field alpha boolean
---@field progressive? boolean JPEG
---@field components? integer JPEG
---@field icc boolean a colour profile is embedded
---@field size integer
---@field colour? "grey"|"rgb"|"palette"|"ycbcr"|"cmyk"|"ycck" how the colours are stored; pictures
---@field depth? integer bits of a sample; pictures
---@field profile? string what the embedded colour profile calls itself: "Display P3" …; pictures
---@field meta Meta
---@field duration? number seconds; of videos and, as they are shown once, animations (of up to 2000 frames)
---@field bitrate? number bits a second, of the whole file; videos, as all that follows
---@field moov? integer where the index stands, in bytes from the start
---@field codec? string name of the first video track's sample entry: "avc1", "hvc1" …
---@field audio_codec? string "mp4a" …, ".mp3" by whatever name; absent without sound
---@field audio_channels? integer absent when unknown, as audio_rate
---@field audio_rate? integer samples a second
---@field pixel_aspect? number width of a pixel by its height; absent when the file does not say
---@field fps? number of most frames; absent when unknown
---@field rotation? 0|90|180|270 clockwise, to be shown upright
---@field faststart? boolean the index (moov) stands before the data (mdat)
---@field edit_list? boolean a track is shifted or cut by an edit list
---@field edit_shift? number by how many seconds at most; 1e6 when it is more than a shift

---The words that a file carries along, from EXIF, else IPTC, else XMP, else the text chunks of PNG:
---UTF-8, cut when very long, absent when there are none.
---@class Meta
---@field title? string
---@field description? string
---@field keywords? string[]
---@field artist? string
---@field copyright? string
---@field date? string when it was taken: "2024-05-31T18:20:00", or as the file has it
---@field gps boolean it tells where it was taken; as all that follows, of videos too
---@field holds Extra[] what stands beside the picture

---@alias Extra "gps"|"exif"|"xmp"|"iptc"|"thumbnail"|"serial"|"comment"|"icc"|"trailer"|"other"

---What a medium is, from its content alone. A file that is cut short is refused; damage inside the
---compressed data is only found by `convert`. A final symlink is not followed. Waits.
---@param path string
---@param options? { timeout?: number, max_pixels?: integer }
--- timeout 30; max_pixels 64 million, of an image
---@return Facts|nil, Error? kind "format" when it is no medium or damaged, "limit" when too large
function host.probe(path, options) end

---What libheif can read here: its version, and which formats. Waits: a worker process is asked, and
---the host itself never loads it.
---@param options? { timeout?: number } default 10
---@return { libheif: string, heic: boolean, avif: boolean }|nil, Error? kind "format" when it is not installed
function host.decoders(options) end

---@alias Kept "artist"|"copyright"|"icc"

---@class Converted
---@field path string
---@field width integer
---@field height integer
---@field size integer
---@field quality? integer as used; absent when passed through or turned
---@field passthrough boolean the scan data is the source's, byte for byte
---@field turned boolean the source's blocks turned upright: nothing was encoded anew
---@field removed Extra[] what the source has beside its picture and the result has not
---@field kept Kept[] what stays of what `keep` allows; words in an EXIF block of their own
---@field source Facts

---Makes a baseline JPEG, sRGB, upright, without alpha. Order: decode, orientation, sRGB, flatten,
---fit, encode. Waits; the target appears whole and synced, or not at all; with durable=false it is
---not synced, for a result that nothing depends on when the machine fails.
---@param source string
---@param target string
---@param options? { quality?: integer, fit?: "pad"|"crop"|"none"|"story", background?: string, focus_x?: number, focus_y?: number, min_width?: integer, max_width?: integer, min_ratio?: number, max_ratio?: number, max_bytes?: integer, max_pixels?: integer, passthrough?: boolean, durable?: boolean, keep?: Kept[], timeout?: number }
--- quality 1..100 (90); fit what to do when width/height lies outside min_ratio..max_ratio: "pad"
--- (default) with `background` ("#ffffff", also under transparent parts), "crop" the centre, "none":
--- an error of kind "format"; without ratios nothing is fitted. The result's width / height lies
--- inside the ratios exactly, as a script would compute it. max_bytes is reached by lowering quality
--- (not under 50), then size (not under min_width). passthrough (false): a baseline JPEG that is
--- sRGB and within all limits keeps its scan data, with JFIF and Adobe segments alone. One that
--- is to be turned is turned block by block, without a loss, when its sides allow it.
--- No metadata of the source is taken over but what `keep` names: "artist" and "copyright", written
--- anew, and "icc", the profile of a JPEG that passes (it shows the colours of sRGB). timeout 60.
---@return Converted|nil, Error? kind "format" when damaged or no picture, "limit" when too large
function host.convert(source, target, options) end

---@class Frames
---@field path string
---@field width integer
---@field height integer
---@field size integer
---@field frames integer that are stored, each once
---@field duration number seconds of the whole film
---@field source Facts

---Takes an animated WebP apart: a film (MOV) of JPEG pictures in 4:4:4, each shown as long as the
---file says, for programs that cannot read the animation itself. Frames are whole, as a viewer shows
---them, sRGB and upright; a delay up to 10 ms counts as 100 ms, as in browsers; loops are passed over.
---At most 10,000 frames, 4,000 million pixels in all and 256 MB. Waits; the target appears whole, and
---synced unless durable=false, or not at all.
---@param source string
---@param target string
---@param options? { quality?: integer, background?: string, width?: integer, height?: integer, min_duration?: number, max_pixels?: integer, durable?: boolean, timeout?: number }
--- quality 1..100 (95); background under what is transparent ("#ffffff"); width and height, both or none, of
--- the film (by Lanczos3); min_duration 0..3600 (0): the film
--- shows all frames again until it lasts so long, without storing them again; max_pixels 32 million, of a
--- frame; timeout 300.
---@return Frames|nil, Error? kind "format" when damaged or no animation, "limit" when too large or too long
function host.frames(source, target, options) end

-- Network --------------------------------------------------------------------------------------

---@class Reply
---@field status integer
---@field headers table<string,string> names in lower case; repeated ones joined with ", "
---@field body string
---@field url string where it ended, without user part

---One HTTP request. Redirects are followed only when `redirects` says so; a reply of any status is
---a reply, not an error. Never repeated by itself, except a GET or HEAD that meets a kept connection
---which has died; `fresh` forces a new connection. Proxies come from the environment, but what is on
---this machine is asked directly. Waits.
---@param request { url: string, method?: string, headers?: table<string,string>, body?: string, form?: table<string,string>, body_file?: string, body_offset?: integer, timeout?: number, connect_timeout?: number, max_bytes?: integer, redirects?: integer, fresh?: boolean, ca_file?: string }
--- method default GET, or POST with body, form or body_file, of which one may be given; body_file
--- is sent from byte body_offset (0) to its end, piece by piece, and never kept in memory
--- timeout 60 (whole), connect_timeout 15, 0 is no limit; max_bytes 16 MiB: more is an error of kind "limit"
---@return Reply|nil, Error? `err.sent` is false when it is certain that no byte of the request left
function host.http(request) end

---@class GraphOptions
---@field token? string goes into the Authorization header, never into a URL
---@field scheme? string default "Bearer"; "OAuth" for rupload
---@field app_secret? string adds `appsecret_proof` to the form, or for GET to the query
---@field decode? fun(text: string): any json.decode; raises or returns nil, why for what is no JSON; must not wait; without it the body stays a string
---@field timeout? number 60
---@field max_bytes? integer 4 MiB
---@field fresh? boolean
---@field ca_file? string

---A Graph API call. The answer decoded, and the raw Reply; or `nil, err, reply`. An answer that is
---no JSON, cut short or too large is an error; an error envelope becomes an Error of kind
---"remote", "auth" or "limit" with `status code subcode type fbtrace_id is_transient user_message`.
---`err.sent` as for host.http. Waits.
---@param url string
---@param query table<string,string>
---@param options GraphOptions
---@return any|nil, Reply|Error, Reply?
function host.graph_get(url, query, options) end

---@param url string
---@param form table<string,string>
---@param options GraphOptions
---@return any|nil, Reply|Error, Reply?
function host.graph_post(url, form, options) end

---@class FtpOptions
---@field user? string default "anonymous"
---@field password? string
---@field tls? "off"|"try"|"require" default "try": TLS when offered, unverified if it must be, with a warning; else plain, with a warning
---@field tls_max? "1.2"|"1.3" default "1.2": with 1.3 some servers lose uploads; lifted when the server refuses 1.2
---@field tls_seen? boolean this host has offered TLS before, so plain is an error of kind "tls"
---@field ca_file? string default: what SSL_CERT_FILE or CURL_CA_BUNDLE name, else the system's
---@field known_hosts? string SFTP: the file that must know the host's key; default ~/.ssh/known_hosts
---@field private_key? string SFTP: `password` is then its passphrase as well
---@field connections? integer 1 to 16, default 2: a transfer starts when fewer than this are running
---@field timeout? number for the whole call, waiting for a free connection included; default none: each request has limits of its own
---@field connect_timeout? number 15, TLS handshake and login included
---@field response_timeout? number 60, for one reply of the server
---@field stall_timeout? number 30, of data slower than 1 KB/s

---@class FtpPutOptions: FtpOptions
---@field sha256 string hex digits of the content
---@field make_folders? boolean default true; false: a missing folder is an error
---@field rename? boolean default true; false: the server cannot rename, write the final name directly and verify it
---@field temporary? string name on the server while it is under way; default `.<name>.<12 digits of sha256>.<random>.part`
---@field cleanup? string[] names of leftovers of ours in the same folder, at most 16, to delete; of a file over 8 MB, one named `.<name>.<12 digits of sha256>.<anything>.part` is gone on from

---Uploads one file so that its final name only ever holds the whole file: temporary name, size
---verified by a request of its own, a look at the final name, rename as a request of its own.
---Missing folders are made unless told otherwise. When the final name is there already with the same size, and the first
---12 digits of the hash stand in it, nothing is sent (`existed`). After an unclear rename the server
---is asked before anything is done again. Waits.
---@param source string
---@param url string ftp:// ftps:// or sftp://, percent-encoded, without user part; the path is the final name, `%2F` first when absolute (sftp: absolute, or `~/` first)
---@param options FtpPutOptions
---@return { size: integer, existed: boolean, tls: boolean, verified: boolean, renamed: boolean, certificate_verified: boolean, warnings: string[] }|nil, Error?
--- `err.code` is the server's reply code; further fields: `taken` (code "EEXIST": the final name holds something
--- else), `rename_refused` (call again with rename=false), `temporary` (the name that may be left on the
--- server, for `cleanup`), `tls_offered` (the host has offered TLS: worth remembering)
function host.ftp_put(source, url, options) end

---Removes a file from a server. One that is not there is success. Waits.
---@param url string as for ftp_put
---@param options? FtpOptions
---@return true|nil, Error?
function host.ftp_delete(url, options) end

---@class Request
---@field method string as sent; HEAD too reaches the handler, and the body of its answer is left out
---@field path string decoded; starts with "/", has no segment "..", no encoded "/" and no NUL
---@field query table<string,string> decoded; of a repeated name the last value
---@field headers table<string,string> names in lower case; repeated ones joined with ", "
---@field body string
---@field remote string address of the peer

---One of `body`, `file` and `stream`, or none. Content-Length and Transfer-Encoding are the
---server's. Anything else than such a table is answered 500, with a log line, like a raised error.
---@class Response
---@field status? integer 200
---@field headers? table<string,string>
---@field body? string
---@field file? string a file to send instead; HEAD and a single byte range are answered (RFC 9110), a missing file is 404
---@field drop? boolean cut the connection without an answer
---@field stream? fun(write: fun(text: string): boolean) runs in the request's task, not for HEAD; `write` never waits and is false once the client is gone, or 256 KB behind: then it is cut

---@class Server
---@field port integer
local Server = {}
---Stops accepting; ends the tasks of requests under way and cuts their connections. Answers that
---were given are still sent as far as the network takes them at once. Also its `__close` and
---`__gc`: keep the Server as long as it is to serve.
function Server:close() end

---An HTTP server in the loop; each request runs `handler` in a task of its own. Requests that can
---be read in two ways (not exactly one Host, two lengths, odd targets) are refused with 400 before
---it; which hosts and origins are welcome is the handler's to decide. Does not wait.
---@param options { host?: string, port?: integer, max_body?: integer, header_timeout?: number, body_timeout?: number, max_connections?: integer }
--- host a numeric address or localhost (127.0.0.1); port 0 (default) takes a free one; max_body 64 KiB: more is 413;
--- header_timeout 10 and body_timeout 30 for the whole of each, then the connection is cut;
--- max_connections 256: beyond, the oldest unfinished request is cut, or the new one answered 503
---@param handler fun(request: Request): Response
---@return Server|nil, Error?
function host.serve(options, handler) end

-- Database -------------------------------------------------------------------------------------

---@class StoreError: Error
---@field code string SQLite's word: "CONSTRAINT" "BUSY" "FULL" "IOERR" "CORRUPT" "NOTADB" "CANTOPEN" "ERROR" …
---@field extended integer SQLite's extended result code, such as 2067 for a UNIQUE constraint
---@field fatal boolean the store takes nothing more; whether this was written shows only when it is opened anew

---@class Store
local Store = {}
---Rows as tables by column name; SQL NULL is absent. Only reads. Sees what was queued before it, and
---answers when that is durable. Waits, at most the store's `timeout`.
---@param sql string one statement
---@param ... string|number|boolean|nil booleans are stored as 1 and 0; text and blobs come back as strings
---@return table[]|nil, StoreError?
function Store:query(sql, ...) end
---Statements `{ sql, param, … }` as one unit, all or none; a missing parameter is NULL. Everything
---written in one turn of the loop shares one transaction and one sync; returns when it is durable.
---Waits. Transactions and settings are the store's own: BEGIN, COMMIT, ATTACH … are refused. Mistakes
---in SQL and broken constraints are errors of kind "script" and cost only this write. A write is a
---fact once it is asked for: when its task is killed, it still happens. An I/O error, a disk that is
---full at commit or a damaged file makes the store refuse everything from then on (`err.fatal`).
---@param statements table[]
---@return { changes: integer, last_id: integer }[]|nil, StoreError?
function Store:write(statements) end
---Waits for what is queued. Also its `__close`; a store that is collected, or left by an error or a
---killed task, closes by itself after what is queued.
---@return true
function Store:close() end

---Opens (and makes) a SQLite database in WAL mode with full sync, foreign keys on; on a network file
---system without WAL, for one program at a time, which is logged. Waits. A damaged file is an error
---of kind "format" with code "CORRUPT" or "NOTADB"; another program's lock is waited for up to 5 s.
---@param path string
---@param options? { readonly?: boolean, timeout?: number } timeout 60: for opening and checking, and for each query or write
---@return Store|nil, StoreError?
function host.store(path, options) end

return host
