# shellcheck shell=bash
# Installs packages as root without questions, without starting services and without touching what is there. Sourced by deploy/setup.

apt_undo=()
apt_cleanup() {
  local file
  for file in "${apt_undo[@]:-}"; do [ -z "$file" ] || rm -f -- "$file"; done
}
trap apt_cleanup EXIT

# Package services stay down: invoke-rc.d asks policy-rc.d, and 101 forbids. One that stands there already is the administrator's, and is kept.
apt_forbid_services() {
  local policy=/usr/sbin/policy-rc.d
  [ -e "$policy" ] && return 0
  apt_undo+=("$policy")
  printf '#!/bin/sh\n# made by deploy/setup for one installation\nexit 101\n' >"$policy"
  chmod 755 "$policy"
}

# PostgreSQL's package would create and enable a cluster of its own.
apt_forbid_main_cluster() {
  local drop_in=/etc/postgresql-common/createcluster.d/interrex-setup.conf
  [ -e "$drop_in" ] && return 0
  mkdir -p -- "${drop_in%/*}"
  apt_undo+=("$drop_in")
  printf 'create_main_cluster = false\n' >"$drop_in"
}

apt_log=$(mktemp)
apt_undo+=("$apt_log")

apt_quietly() {
  DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 LC_ALL=C \
    apt-get -q -o DPkg::Lock::Timeout=300 -o APT::Color=0 "$@" </dev/null >"$apt_log" 2>&1
}

# The lock of the package lists has no time-out of its own, so the wait for it is here.
apt_refresh() {
  local deadline=$((SECONDS + 300))
  until apt_quietly update; do
    if ! grep -q 'Could not get lock' "$apt_log" || [ "$SECONDS" -ge "$deadline" ]; then
      tail -n 5 -- "$apt_log" >&2
      interrex_say "apt-get update failed (above); going on with the package lists that are there."
      return 0
    fi
    sleep 2
  done
}

apt_offers() { [ -n "$(apt-cache show --no-all-versions "$1" 2>/dev/null)" ]; }

apt_install() {
  apt_forbid_services
  apt_forbid_main_cluster
  apt_quietly install -y --no-install-recommends --no-remove --no-upgrade -o Dpkg::Options::=--force-confold -- "$@" || {
    tail -n 25 -- "$apt_log" >&2
    interrex_die "apt-get could not install: $* (its last lines are above). Mend that, then run deploy/setup again."
  }
}
