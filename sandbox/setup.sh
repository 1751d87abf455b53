#!/usr/bin/env bash
# Installs what the demo and the tests need and says what it does; what is there already is left alone.
set -euo pipefail
cd "$(dirname "$0")/.."

declare -A package_of=([tcpdump]=tcpdump [capinfos]=wireshark-common [mergecap]=wireshark-common [dumpcap]=wireshark-common [daemonlogger]=daemonlogger [ip]=iproute2 [groff]=groff-base [systemd-analyze]=systemd [visudo]=sudo [zstd]=zstd [lz4]=lz4 [netsniff-ng]=netsniff-ng)
missing=()
for tool in tcpdump capinfos mergecap dumpcap daemonlogger ip groff systemd-analyze visudo zstd lz4 netsniff-ng; do
  PATH="$PATH:/usr/sbin:/sbin" command -v "$tool" >/dev/null || missing+=("${package_of[$tool]}")
done
if [ ${#missing[@]} -gt 0 ]; then
  mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)
  as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
  if ! command -v apt-get >/dev/null || { [ "$(id -u)" -ne 0 ] && ! sudo -n true 2>/dev/null; }; then
    echo "set-up: please install these Debian packages, or their like, and run this again: ${missing[*]}" >&2
    exit 69
  fi
  echo "set-up: installing Debian packages: ${missing[*]}"
  # daemonlogger's package starts no service without being configured to; debconf must not ask.
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

if [ ! -x node_modules/.bin/node ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  echo "set-up: installing npm packages as locked (npm ci)"
  npm ci --no-audit --no-fund --loglevel=error
fi
