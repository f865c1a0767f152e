# shellcheck shell=bash
# Start at boot where systemd is not there to do it: cron, else an init script, else a line that somebody has to add.
# What all three run is start-at-boot.sh of the current release.

START_AT_BOOT=$LIB/current/scripts/install/start-at-boot.sh

# Cron in whose tables `@reboot` is known (crontab(5) of cron and cronie; busybox has none).
has_cron() {
  local program
  if [ ! -d /etc/cron.d ]; then return 1; fi
  program=$(command -v cron || command -v crond) || return 1
  [[ $(readlink -f -- "$program") != *busybox* ]]
}

# An init that follows the links of update-rc.d(8): sysvinit and OpenRC.
has_init_scripts() {
  has_command update-rc.d && { [ -e /etc/inittab ] || has_command openrc; }
}

keep_start_at_boot() {
  # What is written here is no reason to restart the panel (write_if_changed).
  # shellcheck disable=SC2034 # used by write_if_changed
  local IS_CHANGED=no
  if has_systemd; then
    forget_start_at_boot
  elif has_cron; then
    write_if_changed "$CRON_FILE" "# Starts razroom-panel and its gateway. Goes with: sudo razroom-panel uninstall
SHELL=/bin/sh
PATH=$PATH
@reboot root $START_AT_BOOT start"
    remove_init_script
  elif has_init_scripts; then
    rm -f -- "$CRON_FILE"
    write_if_changed "$INIT_SCRIPT" "$(init_script)"
    chmod 0755 -- "$INIT_SCRIPT"
    logged update-rc.d razroom-panel defaults
  else
    forget_start_at_boot
  fi
}

forget_start_at_boot() {
  rm -f -- "$CRON_FILE"
  remove_init_script
}

remove_init_script() {
  if [ ! -e "$INIT_SCRIPT" ]; then return; fi
  rm -f -- "$INIT_SCRIPT"
  if has_command update-rc.d; then logged update-rc.d razroom-panel remove; fi
}

tell_start_at_boot() {
  if [ -e "$CRON_FILE" ]; then
    printf '  There is no systemd here: cron starts panel and gateway at boot (%s).\n' "$CRON_FILE"
  elif [ -e "$INIT_SCRIPT" ]; then
    printf '  There is no systemd here: %s starts panel and gateway at boot.\n' "$INIT_SCRIPT"
  else
    printf '  There is neither systemd nor cron nor sysvinit here, so nothing starts the panel at boot. Let whatever runs\n'
    printf '  programs at boot run this as root (in /etc/rc.local, for example):\n    %s start\n' "$START_AT_BOOT"
  fi
}

init_script() {
  cat <<TEXT
#!/bin/sh
### BEGIN INIT INFO
# Provides:          razroom-panel
# Required-Start:    \$remote_fs \$network \$syslog
# Required-Stop:     \$remote_fs \$network \$syslog
# Default-Start:     2 3 4 5
# Default-Stop:      0 1 6
# Short-Description: razroom-panel and its gateway
### END INIT INFO
# Goes with: sudo razroom-panel uninstall
if [ ! -x $START_AT_BOOT ]; then exit 5; fi
exec $START_AT_BOOT "\$@"
TEXT
}
