# shellcheck shell=bash disable=SC2034 # used by the other parts
# The command line. What concerns the gateway is passed on to `razroom-panel setup` as it is.

UNINSTALL=no
PURGE=no
CONFIRM=''
PANEL_ONLY=no
ADMIN=''
PORT=''
IMAGE_OPTION=''
SETUP_OPTIONS=()

usage() {
  cat <<'TEXT'
Usage: sudo ./install.sh [OPTIONS]

Installs razroom-panel, starts it, sets a Razroom gateway up in a rootless Podman container, and prints both links.

Image of the gateway:
  --bundled             the small gateway of this repository (the default of a first setup)
  --repo DIR            build the Dockerfile of a Razroom checkout
How it runs:
  --container           podman runs it (the default)
  --quadlet             a systemd user service (not available yet: refused)
  --gateway-port N      port of the gateway on 127.0.0.1 (18789)
  --bridge-port N       port of its bridge on 127.0.0.1 (18790)
The panel:
  --port N              port of the panel on 127.0.0.1 (18780); kept until another is named
  --admin USER          may use the panel too, beside root and the user who called sudo
  --panel-only          leave the gateway as it is: set it up in the page
Taking it back:
  --uninstall           remove the panel; the gateway, its user and its configuration stay
  --purge               with --uninstall: remove also what the panel made for the gateway
  --confirm NAME        with --purge: the name of the gateway's user, usually razroom
  --help                this text
TEXT
}

usage_error() {
  printf 'install.sh: %s\n  See: ./install.sh --help\n' "$1" >&2
  exit 2
}

is_port() {
  [[ $1 =~ ^[1-9][0-9]{0,4}$ ]] && [ "$1" -le 65535 ] && [ "$1" -ge 1024 ]
}

# need_value OPTION COUNT VALUE: refuses an option that stands last, or before another one.
need_value() {
  if [ "$2" -lt 2 ] || [ -z "$3" ] || [[ $3 == --* ]]; then usage_error "$1 needs a value"; fi
}

need_port() {
  need_value "$@"
  is_port "$3" || usage_error "$1 needs a port from 1024 to 65535, not '$3'"
}

set_image() {
  [ -z "$IMAGE_OPTION" ] || usage_error "$IMAGE_OPTION and $1 exclude each other"
  IMAGE_OPTION=$1
}

read_options() {
  local directory
  while [ "$#" -gt 0 ]; do
    case $1 in
      --bundled) set_image "$1"; SETUP_OPTIONS+=("$1") ;;
      --repo)
        need_value "$1" "$#" "${2:-}"
        set_image "$1"
        directory=$(cd -- "$CALLER_DIRECTORY" && readlink -e -- "$2") || usage_error "there is no directory '$2'"
        SETUP_OPTIONS+=("$1" "$directory")
        shift
        ;;
      --container | --quadlet) SETUP_OPTIONS+=("$1") ;;
      --gateway-port | --bridge-port) need_port "$1" "$#" "${2:-}"; SETUP_OPTIONS+=("$1" "$2"); shift ;;
      --port) need_port "$1" "$#" "${2:-}"; PORT=$2; shift ;;
      --admin)
        need_value "$1" "$#" "${2:-}"
        id -u -- "$2" > /dev/null 2>&1 || usage_error "there is no user '$2'"
        ADMIN=$2
        shift
        ;;
      --panel-only) PANEL_ONLY=yes ;;
      --uninstall) UNINSTALL=yes ;;
      --purge) PURGE=yes ;;
      --confirm) need_value "$1" "$#" "${2:-}"; CONFIRM=$2; shift ;;
      --help | -h) usage; exit 0 ;;
      *) usage_error "unknown option '$1'" ;;
    esac
    shift
  done
  check_combinations
}

check_combinations() {
  if [ "$PURGE" = yes ] && [ "$UNINSTALL" = no ]; then usage_error '--purge goes with --uninstall'; fi
  if [ -n "$CONFIRM" ] && [ "$PURGE" = no ]; then usage_error '--confirm goes with --uninstall --purge'; fi
  if [ "$PANEL_ONLY" = yes ] && [ "${#SETUP_OPTIONS[@]}" -gt 0 ]; then
    usage_error "--panel-only and ${SETUP_OPTIONS[0]} exclude each other"
  fi
  if [ "$UNINSTALL" = yes ]; then
    if [ "${#SETUP_OPTIONS[@]}" -gt 0 ] || [ -n "$PORT$ADMIN" ] || [ "$PANEL_ONLY" = yes ]; then
      usage_error '--uninstall takes only --purge and --confirm'
    fi
  fi
}
