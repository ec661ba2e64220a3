#!/usr/bin/env bash
# The rules of the house that no linter knows: sizes, unfinished marks, paths of one machine.
# Looks at tracked files, so an experiment beside them does no harm. Part of `make check`.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 2
git rev-parse --git-dir >/dev/null 2>&1 || exit 0 # a release archive: nothing is tracked

bad=0
# report TITLE: fails and shows stdin, when there is any.
report() {
  local rows
  rows=$(cat)
  [ -n "$rows" ] || return 0
  printf '%s\n%s\n' "$1" "$rows" >&2
  bad=1
}

# clang-format puts the braces of a function, and of nothing else, alone in the first column.
git ls-files -- '*.c' '*.h' | xargs -r awk '
  FNR == 1 { if (file && lines > 400) print file ": " lines " lines"; file = FILENAME }
  { lines = FNR }
  /^{$/ { start = FNR; name = before }
  /^}$/ && start { if (FNR - start - 1 > 60) print file ":" start ": " name ": " FNR - start - 1; start = 0 }
  { before = $0 }
  END { if (lines > 400) print file ": " lines " lines" }' |
  report "C files over 400 lines, or functions over 60:"

# The annotations of the primitives are one reference page, not code; a spec lists many cases.
git ls-files -- '*.lua' ':!modules/host.lua' | xargs -r wc -l |
  awk '$2 != "total" && $1 > ($2 ~ /^tests\// ? 500 : 300) { print $2 ": " $1 " lines" }' |
  report "Lua files over 300 lines, or specs over 500:"

git grep -nIE '\b(TODO|FIXME|XXX)\b' -- '*.c' '*.h' '*.lua' '*.sh' Makefile ':!tools/check-tree.sh' |
  report "Unfinished marks:"

here=$(git rev-parse --show-toplevel)
{ git grep -nIF "$here/"; git grep -nIE '/(root|Users)/|/home/[a-z]' -- ':!tools/check-tree.sh'; } |
  cut -c1-160 | report "Paths of one machine in tracked files:"

git ls-files -s -- '*.sh' '.ci/run' | awk '$1 == 100644 { print $4 }' |
  report "Shell scripts without a run bit:"

exit $bad
