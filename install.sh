#!/usr/bin/env bash
# Installs razroom-panel on this machine, starts it, and sets the gateway up. A second run brings a newer version, or
# finds that all is well. What it puts where, and why: docs/install.md.
set -Eeuo pipefail
umask 022
# Root runs the programs of this machine, never those of somebody's PATH.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

CHECKOUT=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
readonly CHECKOUT
# From anywhere: what is started here must not hold the caller's directory, which may not even be readable.
# shellcheck disable=SC2034 # used by options.sh
readonly CALLER_DIRECTORY=$PWD
cd /

for part in paths report options packages release build user units service boot setup uninstall record purge try; do
  # shellcheck source=/dev/null
  . "$CHECKOUT/scripts/install/$part.sh"
done
# Run as other users, and after the files are gone.
# shellcheck disable=SC2034 # used by purge.sh
READ_SEAL=$(cat -- "$CHECKOUT/scripts/install/seal.sh")
# shellcheck source=scripts/npm-ci.sh
. "$CHECKOUT/scripts/npm-ci.sh"

install_panel() {
  step 'Looking at this machine'
  check_machine
  bring_packages
  take_install_lock
  make_release
  keep_port
  switch_release
  keep_start_at_boot
  start_panel
  admit_administrators
  if [ "$PANEL_ONLY" = no ]; then set_gateway_up; fi
  remove_old_releases
  print_links
}

main() {
  read_options "$@"
  [ "$(id -u)" -eq 0 ] || fail 'This needs root.' "Run: sudo $CHECKOUT/install.sh"
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  if [ "$TRY" = yes ]; then
    trap clean_up_try EXIT
    try_panel
    return
  fi
  open_log
  trap 'tell_where_it_failed "$LINENO" "$BASH_COMMAND"' ERR
  trap clean_up EXIT
  if [ "$UNINSTALL" = yes ]; then uninstall_panel; else install_panel; fi
}

# In one piece, read to its end before it starts: the file may be replaced or removed while it runs.
main "$@"
exit
