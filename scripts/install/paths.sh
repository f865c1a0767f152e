# shellcheck shell=bash disable=SC2034 # used by the other parts
# Every place on the machine that the installer touches (docs/install.md has the same list).
LIB=/usr/local/lib/razroom-panel
RELEASES=$LIB/releases
LAUNCHER=/usr/local/bin/razroom-panel
SETTINGS=/etc/razroom-panel
PANEL_ENV=$SETTINGS/panel.env
STATE=/var/lib/razroom-panel
RUN=/run/razroom-panel
CACHE=/var/cache/razroom-panel
CRON_FILE=/etc/cron.d/razroom-panel
INIT_SCRIPT=/etc/init.d/razroom-panel
BACKUPS=/var/backups/razroom-panel
UNITS=/etc/systemd/system
# Also that of a panel from before its two halves.
UNIT=$UNITS/razroom-panel.service
PID_FILE=$RUN/panel.pid
PANEL_LOG=/var/log/razroom-panel.log
BOOT_LOG=/var/log/razroom-panel-boot.log
INSTALL_LOG=/var/log/razroom-panel-install.log
DEFAULT_PORT=18780
