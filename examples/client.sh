#!/usr/bin/env bash
# A client of the two HTTP calls: asks for the status, starts a run, prints what came of it.
#
#   affiche serve &
#   examples/client.sh                      # http://127.0.0.1:8001
#   examples/client.sh http://127.0.0.1:9000
#   API_TOKEN=… examples/client.sh          # when the server wants one
#
# Needs curl and awk alone. Exit status: 0 the run went well, 1 it did not, 2 no answer.
set -euo pipefail

base=${1:-http://127.0.0.1:8001}

# call METHOD PATH: the answer on stdout. The token goes in by stdin: arguments are seen by everyone.
call() {
  local header=""
  [ -z "${API_TOKEN:-}" ] || header="header = \"Authorization: Bearer $API_TOKEN\""
  printf '%s\n' "$header" |
    curl --config - --silent --show-error --max-time 3600 --request "$1" "$base$2"
}

# flatten: JSON on stdin becomes lines `result.stats.files_found<TAB>3`; lists count from 0.
flatten() {
  awk '
    { text = text $0 " " }
    function value(path,    c, key, n, word) {
      sub(/^[ \t\r]+/, "", text)
      c = substr(text, 1, 1)
      if (c == "{" || c == "[") {
        text = substr(text, 2)
        for (n = 0; ; n++) {
          sub(/^[ \t\r,]+/, "", text)
          if (text == "" || text ~ /^[]}]/) { text = substr(text, 2); return }
          key = n
          if (c == "{") { key = string(); sub(/^[ \t\r]*:/, "", text) }
          value(path (path == "" ? "" : ".") key)
        }
      }
      if (c == "\"") word = string()
      else { match(text, /^[^],} \t\r]+/); word = substr(text, 1, RLENGTH); text = substr(text, RLENGTH + 1) }
      print path "\t" word
    }
    function string(    s) {
      if (!match(text, /^"([^"\\]|\\.)*"/)) { text = ""; return "" }
      s = substr(text, 2, RLENGTH - 2)
      text = substr(text, RLENGTH + 1)
      gsub(/\\n/, " ", s); gsub(/\\"/, "\"", s); gsub(/\\\//, "/", s); gsub(/\\\\/, "\\", s)
      return s
    }
    END { value("") }'
}

# field PATH FLAT
field() {
  awk -F '\t' -v path="$1" '$1 == path && $2 != "null" { print $2; exit }' <<<"$2"
}

if ! status=$(call GET /api/poster-media/status | flatten); then
  echo "No answer from $base: start a server with 'affiche serve'." >&2
  exit 2
fi
if [ "$(field success "$status")" != true ]; then
  echo "Refused: $(field error "$status")" >&2
  exit 2
fi
echo "Folder:    $(field configuration.source_directory "$status")"
echo "Server:    $(field configuration.ftp_server "$status")"
echo "Valid:     $(field configuration.config_valid "$status")"
echo "Ready:     $(field source_analysis.files_count "$status")"
awk -F '\t' '$1 ~ /^configuration\.problems\./ { print "Problem:   " $2 }' <<<"$status"

# A run that cannot start, because the folder or the token is missing, is an answer as well.
result=$(call POST /api/poster-media | flatten)
echo "Found:     $(field result.stats.files_found "$result")"
echo "Published: $(field result.stats.files_published "$result")"
echo "Failed:    $(field result.stats.files_failed "$result")"
awk -F '\t' '$1 ~ /^result\.stats\.errors\./ { print "Error:     " $2 }' <<<"$result"
message=$(field result.message "$result")
[ -n "$message" ] || message=$(field result.error "$result")
[ -n "$message" ] || message=$(field error "$result") # 409: another run is under way
echo "Result:    $message"
[ "$(field success "$result")" = true ]
