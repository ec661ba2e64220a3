#!/usr/bin/env bash
# Makes the FTP and SFTP servers of the system tests available under build/servers: unpacked from
# their packages, not installed, since the FTP servers exclude each other and would start as
# services. Also makes the tests' certificate authority.
# Idempotent; needs the network only for what is not there yet.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

folder=$PWD/build/servers
servers="vsftpd proftpd-core proftpd-mod-crypto pure-ftpd openssh-server openssh-client"
libraries="libwrap0 libhiredis0.14 libmemcached11 libmemcachedutil2 libhashkit2 libsodium23 libpcre2-posix3"
mkdir -p "$folder/packages" "$folder/tree" "$folder/tls"

fetch() {
  local package=$1 file
  if compgen -G "$folder/packages/${package}_*.deb" >/dev/null; then return; fi
  file=$(cd "$folder/packages" && apt-get -q download "$package" >&2 && ls "${package}"_*.deb)
  dpkg-deb -x "$folder/packages/$file" "$folder/tree" || { rm -f "$folder/packages/$file"; exit 1; }
}

fetch_all() {
  local package
  for package in $servers $libraries; do fetch "$package"; done
}

# Old package lists name files that are gone from the archive.
if ! (fetch_all); then
  apt-get -q update >&2
  fetch_all
fi

# proftpd looks for its modules in one folder.
modules="$folder/tree/usr/lib/proftpd"
[ -d "$modules" ] || { echo "fetch-servers: no modules in $modules" >&2; exit 1; }

make_tls() {
  cd "$folder/tls"
  umask 077
  openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/CN=Test CA" \
    -addext "basicConstraints=critical,CA:TRUE" -keyout ca.key -out ca.pem 2>/dev/null
  openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/CN=Other CA" \
    -addext "basicConstraints=critical,CA:TRUE" -keyout other.key -out other.pem 2>/dev/null
  openssl req -newkey rsa:2048 -nodes -subj "/CN=localhost" -keyout server.key -out server.csr 2>/dev/null
  openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 3650 \
    -extfile <(echo "subjectAltName=DNS:localhost,IP:127.0.0.1") -out server.pem 2>/dev/null
  "$folder/tree/usr/bin/ssh-keygen" -q -t ed25519 -N "" -f host_key
  "$folder/tree/usr/bin/ssh-keygen" -q -t ed25519 -N "" -f client_key
  cat server.key server.pem >server.both # what pure-ftpd wants; last, so it says that all is made
}
[ -e "$folder/tls/server.both" ] || (rm -f "$folder"/tls/*; make_tls)
