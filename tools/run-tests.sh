#!/usr/bin/env bash
# Runs test suites and adds them up: tools/run-tests.sh unit spec system. The last line is
# `N passed, N failed`, the exit status 0 only when nothing failed.
#
# Called by the Makefile, which sets AFFICHE (the program under test), UNIT_PROGRAMS and TEST_LOGS.
# ONLY limits the run to files whose name contains it; WRAPPER (valgrind …) is put in front of each
# program. A part that crashes, hangs or says nothing counts as one failure: silence is no success.
#
#   unit     each program is a cmocka one and reports in TAP
#   spec     tests/spec/*_spec.lua, each by `affiche test FILE`
#   system   tests/system/*_spec.lua the same way, and tests/system/*_test.sh, whose last line is
#            `N passed, N failed` as well
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 2
: "${AFFICHE:=$PWD/affiche}" "${UNIT_PROGRAMS:=}" "${TEST_LOGS:=$PWD/build/test-logs}"
: "${ONLY:=}" "${WRAPPER:=}" "${PART_SECONDS:=600}"
mkdir -p "$TEST_LOGS"

# Nothing of the person who runs the tests reaches them: no account, no journal, no language.
for name in $(compgen -e); do
  case $name in
    AFFICHE) ;;
    AFFICHE_* | FTP_* | GRAPH_* | LOG_* | LC_* | UPLOAD_URL | PUBLIC_BASE_URL | ACCESS_TOKEN) unset "$name" ;;
    IG_USER_ID | APP_SECRET | API_TOKEN | AUTO_DOWNLOAD_DIR | DELETE_AFTER_PUBLISH) unset "$name" ;;
    ON_UNCERTAIN | HOST | PORT) unset "$name" ;;
  esac
done
export AFFICHE LANG=C.UTF-8
export XDG_STATE_HOME="$TEST_LOGS/state" XDG_CONFIG_HOME="$TEST_LOGS/config"

passed=0 failed=0 skipped=0

# count_lines LOG: what a suite said in its last line of this form.
count_lines() {
  grep -E '^[0-9]+ passed, [0-9]+ failed' "$1" | tail -n 1 | tr -dc '0-9 \n'
}
# count_tap LOG: cmocka writes "not ok 3 # SKIP name".
count_tap() {
  awk '/^(not )?ok / && /# SKIP/ { s++; next }
       /^ok /                    { p++ }
       /^not ok /                { f++ }
       END                       { if (p + f + s) print p + 0, f + 0, s + 0 }' "$1"
}

# part NAME COUNTER COMMAND…: runs it, adds its numbers, shows its output only when it failed.
part() {
  local name=$1 counter=$2 log status p f s
  shift 2
  log="$TEST_LOGS/${name//\//-}.log"
  { timeout --kill-after=10 "$PART_SECONDS" "$@" </dev/null; } >"$log" 2>&1
  status=$?
  read -r p f s < <("$counter" "$log") || true
  : "${p:=0}" "${f:=0}" "${s:=0}"
  if [ "$f" -eq 0 ] && { [ "$status" -ne 0 ] || [ $((p + s)) -eq 0 ]; }; then
    f=1
    echo "$name: ended with status $status and no failure of its own" >>"$log"
  fi
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  if [ "$f" -ne 0 ]; then
    printf '%s: %s passed, %s failed\n' "$name" "$p" "$f"
    sed 's/^/  | /' "$log"
  else
    printf '%s: %s passed%s\n' "$name" "$p" "$([ "$s" -eq 0 ] || echo ", $s skipped")"
    [ "$s" -eq 0 ] || grep -iE 'skip' "$log" | sed 's/^/  | /' | head -n 20
  fi
}

each_unit() {
  local program
  for program in $UNIT_PROGRAMS; do
    [[ $program == *"$ONLY"* ]] || continue
    # shellcheck disable=SC2086 # WRAPPER is words
    CMOCKA_MESSAGE_OUTPUT=TAP part "unit/$(basename "$program")" count_tap $WRAPPER "$program"
  done
}
each_spec() {
  local file
  for file in "tests/$1"/*_spec.lua; do
    [ -e "$file" ] && [[ $file == *"$ONLY"* ]] || continue
    # shellcheck disable=SC2086
    part "$1/$(basename "$file" .lua)" count_lines $WRAPPER "$AFFICHE" test "$file"
  done
}
each_script() {
  local file
  for file in tests/system/*_test.sh; do
    [ -e "$file" ] && [[ $file == *"$ONLY"* ]] || continue
    part "system/$(basename "$file" .sh)" count_lines "$file"
  done
}

for suite in "$@"; do
  case $suite in
    unit) each_unit ;;
    spec) each_spec spec ;;
    system)
      if [ -x tests/system/fetch-servers.sh ]; then
        tests/system/fetch-servers.sh >"$TEST_LOGS/fetch-servers.log" 2>&1 </dev/null ||
          echo "the FTP servers could not be had; see $TEST_LOGS/fetch-servers.log" >&2
      fi
      each_spec system
      each_script
      ;;
    *) echo "run-tests: unknown suite $suite (unit, spec, system)" >&2; exit 2 ;;
  esac
done

[ "$skipped" -eq 0 ] || echo "$skipped skipped"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
