#!/usr/bin/env bash
# Installs what is missing on Debian 12, without asking anything: tools/deps.sh [run] [test] [check].
# A machine that has everything already needs no network and no rights, and waits for nothing.
set -euo pipefail

# gcc only recommends libc6-dev, and recommendations are left out below.
run="gcc libc6-dev make pkg-config liblua5.4-dev libuv1-dev libmicrohttpd-dev libcurl4-openssl-dev
  libssl-dev libwebp-dev libpng-dev libdeflate-dev libjpeg62-turbo-dev libgif-dev liblcms2-dev libsqlite3-dev
  lua-cjson lua-argparse ca-certificates"
test="lua-unit libcmocka-dev curl openssl procps strace webp libheif-examples
  libavif-bin"
check="clang-format clang-tidy cppcheck lua-check valgrind git"

wanted=""
for group in "${@:-run}"; do
  case $group in
    run) wanted+=" $run" ;;
    test) wanted+=" $test" ;;
    check) wanted+=" $check" ;;
    *) echo "deps: unknown group $group (run, test, check)" >&2; exit 2 ;;
  esac
done

if ! command -v dpkg-query >/dev/null; then
  echo "deps: this is no Debian; these packages, or what they are called here, must be there:" \
    $wanted >&2
  exit 0
fi

missing=""
# shellcheck disable=SC2086 # the lists are words
installed=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' $wanted 2>/dev/null || true)
for package in $wanted; do
  case $'\n'"$installed"$'\n' in
    *$'\n'"$package installed"$'\n'*) ;;
    *) missing+=" $package" ;;
  esac
done
[ -n "$missing" ] || exit 0

as_root=""
if [ "$(id -u)" -ne 0 ]; then
  if ! sudo -n true 2>/dev/null; then
    echo "deps: missing packages; install them as root, then try again:" >&2
    echo "  apt-get install --no-install-recommends$missing" >&2
    exit 1
  fi
  as_root="sudo -n"
fi

echo "deps: installing$missing" >&2
install() {
  # shellcheck disable=SC2086
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o Dpkg::Use-Pty=0 \
    -o DPkg::Lock::Timeout=120 "$@" </dev/null >&2
}
install update
# shellcheck disable=SC2086
install install --no-install-recommends $missing
