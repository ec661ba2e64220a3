#!/usr/bin/env bash
# Feeds the readers of foreign bytes with what libFuzzer makes up: tools/fuzz.sh [SECONDS] [NAME…].
# Called by `make fuzz`, which has built the program for it. What is found along the way stays in
# build/fuzz/corpus; an input that breaks something is named, and the exit status is 1.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 2
seconds=${1:-60}
shift || true
program=build/fuzz/tests/fuzz/fuzz
failed=0

# run NAME FOLDER…: the folders of the kept inputs.
run() {
  local name=$1 found=build/fuzz/corpus/$1 log=build/fuzz/$1.log most=65536 unwind=1
  shift
  case $name in
    heif | options) unwind=0 ;; # to see who called the libraries: tests/fuzz/leaks.txt
    dotenv | json | robots | request | redact | listing | reply) most=1024 ;;
  esac
  mkdir -p "$found"
  if FUZZ_ENTRY=$name ASAN_OPTIONS=fast_unwind_on_malloc=$unwind \
    LSAN_OPTIONS=suppressions=tests/fuzz/leaks.txt \
    "$program" -max_total_time="$seconds" -max_len=$most -rss_limit_mb=1024 -timeout=20 \
    -artifact_prefix="build/fuzz/$name-" -print_final_stats=1 "$found" \
    "${@/#/tests/fuzz/corpus/}" >"$log" 2>&1 </dev/null; then
    echo "$name: clean, $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs"
  else
    echo "$name: FAILED, see $log"
    grep -E 'SUMMARY|Test unit written' "$log" | sed 's/^/  | /'
    failed=1
  fi
}

while read -r name folders; do
  [ $# -eq 0 ] || [[ " $* " == *" $name "* ]] || continue
  # shellcheck disable=SC2086 # the folders are words
  run "$name" $folders
done < <("$program" 2>/dev/null)
exit $failed
