#!/usr/bin/env bash
# The converter beside the codecs alone and beside its peers; writes docs/performance.md. Peers and
# photographs are brought when they can be, and left out when not: pictures.lua says so.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

wanted="webp libjpeg-turbo-progs imagemagick libvips-tools libvips-dev python3-pil ffmpeg nodejs npm valgrind"
photographs="plasma-workspace-wallpapers mate-backgrounds"
source=build/pictures/source

# Debian's nodejs brings npm as a package of its own, others have it inside.
missing=""
for package in $wanted; do
  [ "$package" = npm ] && command -v npm >/dev/null && continue
  dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
    missing+=" $package"
done
for package in $missing; do
  echo "bench: installing $package" >&2
  DEBIAN_FRONTEND=noninteractive timeout 300 apt-get -y -q install --no-install-recommends \
    "$package" </dev/null >/dev/null 2>&1 || echo "bench: $package cannot be had" >&2
done

if [ ! -d build/sharp/node_modules/sharp ] && command -v npm >/dev/null; then
  mkdir -p build/sharp
  timeout 180 npm install --silent --no-audit --no-fund --prefix build/sharp sharp </dev/null ||
    echo "bench: sharp cannot be had" >&2
fi

if [ ! -d "$source" ]; then
  mkdir -p "$source.part"
  for package in $photographs; do
    (cd "$source.part" && timeout 300 apt-get download -q "$package" >/dev/null 2>&1 &&
      dpkg -x "$package"_*.deb . && rm -f "$package"_*.deb) ||
      echo "bench: $package cannot be had" >&2
  done
  mv "$source.part" "$source"
fi

exec "${AFFICHE:-./affiche}" console tests/bench/pictures.lua
