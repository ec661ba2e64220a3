#!/usr/bin/env bash
# Feeds the readers of foreign bytes with what libFuzzer makes up: tools/fuzz.sh [SECONDS] [NAME…].
# Called by `make fuzz`, which has built the codec's objects for it below build/fuzz. What is found
# along the way stays in build/fuzz/corpus; an input that breaks something is named, and the exit
# status is 1.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 2
seconds=${1:-60}
shift || true
all=(probe jpeg png webp gif heif boxes words)
[ $# -gt 0 ] || set -- "${all[@]}"
objects=$(ls build/fuzz/host/codec/*.o build/fuzz/host/codec_check.o build/fuzz/host/sniff.o |
  grep -v '/worker\.o$')
failed=0

for name in "$@"; do
  program=build/fuzz/fuzz_$name
  # shellcheck disable=SC2046,SC2086 # the lists are words
  clang -std=c11 -D_GNU_SOURCE -Ihost -g -O1 -fsanitize=fuzzer,address,undefined \
    -DFUZZ_ENTRY="fuzz_$name" -o "$program" tests/fuzz/fuzz.c $objects \
    $(pkg-config --libs libwebp libwebpdemux libpng libjpeg lcms2 libuv) -ldeflate -lgif -lm || exit 2
  kept=(tests/fuzz/corpus/"$name")
  [ "$name" != probe ] || kept=(tests/fuzz/corpus/{jpeg,png,webp,gif,heif,boxes})
  found=build/fuzz/corpus/$name
  mkdir -p "$found"
  log=build/fuzz/$name.log
  if "$program" -max_total_time="$seconds" -max_len=65536 -rss_limit_mb=1024 -timeout=20 \
    -artifact_prefix="build/fuzz/$name-" -print_final_stats=1 "$found" "${kept[@]}" \
    >"$log" 2>&1 </dev/null; then
    echo "$name: clean, $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs"
  else
    echo "$name: FAILED, see $log"
    grep -E 'SUMMARY|Test unit written' "$log" | sed 's/^/  | /'
    failed=1
  fi
done
exit $failed
