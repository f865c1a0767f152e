# shellcheck shell=bash disable=SC2153 # LIB is in paths.sh, PORT in options.sh
# What systemd runs of the panel: two sockets and two services, from the files in `units`; and the user of the front.

SOCKET_UNITS=(razroom-panel.socket razroom-panel-host.socket)
SERVICE_UNITS=(razroom-panel.service razroom-panel-host.service)
# server/host/panel-user.ts has the same two.
PANEL_USER=razroom-panel
PANEL_USER_COMMENT='razroom-panel, the half without rights'

# The front runs as it, and owns nothing.
make_panel_user() {
  local shell
  if getent passwd -- "$PANEL_USER" > /dev/null; then
    if [ "$(id -u -- "$PANEL_USER")" -ne 0 ]; then return; fi
    fail "The user $PANEL_USER is root." 'The panel needs this name for a user without rights.'
  fi
  shell=$(command -v nologin) || shell=/bin/false
  # A home that nobody may make (passwd(5) of Debian's own system users).
  logged useradd --system --user-group --no-create-home --home-dir /nonexistent --shell "$shell" \
    --comment "$PANEL_USER_COMMENT" -- "$PANEL_USER" ||
    fail_with_log "The user $PANEL_USER could not be made." 'Mend what useradd says, then run this again.'
}

# One that somebody else made is left alone.
remove_panel_user() {
  local comment
  comment=$(getent passwd -- "$PANEL_USER" | cut -d : -f 5) || return 0
  if [ "$comment" != "$PANEL_USER_COMMENT" ]; then return; fi
  logged userdel -- "$PANEL_USER" || note "The user $PANEL_USER could not be removed (see $INSTALL_LOG)."
}

# The units of the current release, as they are for this machine and port. Sets ARE_SOCKETS_CHANGED.
write_units() {
  local unit was_changed=$IS_CHANGED
  IS_CHANGED=no
  for unit in "${SOCKET_UNITS[@]}"; do write_unit "$unit"; done
  ARE_SOCKETS_CHANGED=$IS_CHANGED
  for unit in "${SERVICE_UNITS[@]}"; do write_unit "$unit"; done
  if [ "$was_changed" = yes ]; then IS_CHANGED=yes; fi
}
ARE_SOCKETS_CHANGED=no

write_unit() { write_if_changed "$UNITS/$1" "$(render_unit "$LIB/current/scripts/install/units/$1")"; }

render_unit() {
  local edits=(--expression "s/@PORT@/$PORT/g")
  if ! has_ipv6; then edits+=(--expression '/^ListenStream=\[::1\]/d'); fi
  sed "${edits[@]}" -- "$1"
}

# ::1 as the kernel prints it; it has no such file when it has no IPv6.
has_ipv6() { grep -q '^0\{31\}1 ' /proc/net/if_inet6 2> /dev/null; }

# The sockets go on where they can: nobody else gets the port while the panel is replaced.
launch_units() {
  logged systemctl daemon-reload
  logged systemctl enable "${SOCKET_UNITS[@]}" razroom-panel.service
  logged systemctl reset-failed "${SERVICE_UNITS[@]}" || : # it complains about a unit that was never loaded
  if [ "$ARE_SOCKETS_CHANGED" = yes ] || ! are_sockets_held; then
    logged systemctl stop "${SOCKET_UNITS[@]}" "${SERVICE_UNITS[@]}"
    # A port that is taken: what does not answer is told of, with the lines that say why.
    logged systemctl start "${SOCKET_UNITS[@]}" || :
  fi
  logged systemctl restart "${SERVICE_UNITS[@]}" || :
}

are_sockets_held() {
  local unit
  for unit in "${SOCKET_UNITS[@]}"; do systemctl --quiet is-active "$unit" || return 1; done
}

remove_units() {
  local unit is_there=no
  for unit in "${SOCKET_UNITS[@]}" "${SERVICE_UNITS[@]}"; do
    if [ ! -e "$UNITS/$unit" ]; then continue; fi
    is_there=yes
    logged systemctl disable "$unit" || : # the root half has nothing to be enabled by
  done
  if [ "$is_there" = no ]; then return; fi
  # Sockets first: a connection would start the panel again.
  logged systemctl stop "${SOCKET_UNITS[@]}" "${SERVICE_UNITS[@]}" || : # of an older panel some are not there
  for unit in "${SOCKET_UNITS[@]}" "${SERVICE_UNITS[@]}"; do rm -f -- "$UNITS/$unit"; done
  logged systemctl daemon-reload
}
