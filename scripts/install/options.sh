# shellcheck shell=bash disable=SC2034 # used by the other parts
# The command line. What concerns the gateway is passed on to `razroom-panel setup` as it is.

UNINSTALL=no
TRY=no
PURGE=no
BACKUP=yes
CONFIRM=''
PANEL_ONLY=no
ADMIN=''
PORT=''
IMAGE_OPTION=''
MODE_OPTION=''
SETUP_OPTIONS=()

usage() {
  cat <<'TEXT'
Usage: sudo ./install.sh [OPTIONS]

Installs razroom-panel, starts it, sets a Razroom gateway up in a rootless Podman container, and prints both links.

Image of the gateway:
  --bundled             the small gateway of this repository (the default of a first setup)
  --repo DIR            build the Dockerfile of a Razroom checkout
  --build-arg K=V       with --repo: a build argument; may be given more than once
  --image REF           pull it from a registry
  --archive FILE        load a saved image
How it runs:
  --quadlet             a systemd user service (the default of a first setup where systemd runs)
  --container           podman runs it, and nothing starts it again
  --user NAME           an ordinary user who is there, instead of razroom, which is made
  --gateway-port N      port of the gateway on this machine (18789)
  --bridge-port N       port of its bridge on this machine (18790)
  --publish ADDRESS     address of both (127.0.0.1)
  --container-name NAME, --config-dir DIR, --workspace-dir DIR, --userns MODE: see razroom-panel setup --help
The panel:
  --port N              port of the panel on 127.0.0.1 (18780); kept until another is named
  --admin USER          may use the panel too, beside root and the user who called sudo
  --panel-only          leave the gateway as it is: set it up in the page
Without a trace:
  --try                 all of it in a disposable Debian, with its own network; ends with Ctrl-C
Taking it back:
  --uninstall           remove the panel; the gateway, its user and its configuration stay
  --purge               with --uninstall: remove also what the panel made for the gateway
  --confirm NAME        with --purge: the name of the gateway's user, usually razroom
  --no-backup           with --purge: make no backup first
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

# from_caller PATH: the path as the caller meant it.
from_caller() { (cd -- "$CALLER_DIRECTORY" && readlink -e -- "$1"); }

read_options() {
  local path
  while [ "$#" -gt 0 ]; do
    case $1 in
      --bundled) set_image "$1"; SETUP_OPTIONS+=("$1") ;;
      --repo)
        need_value "$1" "$#" "${2:-}"
        set_image "$1"
        if ! path=$(from_caller "$2") || [ ! -d "$path" ]; then usage_error "there is no directory '$2'"; fi
        SETUP_OPTIONS+=("$1" "$path")
        shift
        ;;
      --archive)
        need_value "$1" "$#" "${2:-}"
        set_image "$1"
        if ! path=$(from_caller "$2") || [ ! -f "$path" ]; then usage_error "there is no file '$2'"; fi
        SETUP_OPTIONS+=("$1" "$path")
        shift
        ;;
      --image) need_value "$1" "$#" "${2:-}"; set_image "$1"; SETUP_OPTIONS+=("$1" "$2"); shift ;;
      --build-arg)
        need_value "$1" "$#" "${2:-}"
        [[ $2 =~ ^[A-Za-z_][A-Za-z0-9_]*= ]] || usage_error "--build-arg needs NAME=VALUE, not '$2'"
        SETUP_OPTIONS+=("$1" "$2")
        shift
        ;;
      --container | --quadlet) MODE_OPTION=$1 ;;
      --publish | --user | --container-name | --config-dir | --workspace-dir | --userns)
        need_value "$1" "$#" "${2:-}"
        SETUP_OPTIONS+=("$1" "$2")
        shift
        ;;
      --gateway-port | --bridge-port) need_port "$1" "$#" "${2:-}"; SETUP_OPTIONS+=("$1" "$2"); shift ;;
      --port) need_port "$1" "$#" "${2:-}"; PORT=$2; shift ;;
      --admin)
        need_value "$1" "$#" "${2:-}"
        id -u -- "$2" > /dev/null 2>&1 || usage_error "there is no user '$2'"
        ADMIN=$2
        shift
        ;;
      --panel-only) PANEL_ONLY=yes ;;
      --try) TRY=yes ;;
      --uninstall) UNINSTALL=yes ;;
      --no-backup) BACKUP=no ;;
      --purge) PURGE=yes ;;
      --confirm) need_value "$1" "$#" "${2:-}"; CONFIRM=$2; shift ;;
      --help | -h) usage; exit 0 ;;
      *) usage_error "unknown option '$1'" ;;
    esac
    shift
  done
  if [ -n "$MODE_OPTION" ]; then SETUP_OPTIONS+=("$MODE_OPTION"); fi
  check_combinations
}

check_combinations() {
  if [ "$PURGE" = yes ] && [ "$UNINSTALL" = no ]; then usage_error '--purge goes with --uninstall'; fi
  if [ "$BACKUP" = no ] && [ "$PURGE" = no ]; then usage_error '--no-backup goes with --uninstall --purge'; fi
  if [ -n "$CONFIRM" ] && [ "$PURGE" = no ]; then usage_error '--confirm goes with --uninstall --purge'; fi
  if [ "$PANEL_ONLY" = yes ] && [ "${#SETUP_OPTIONS[@]}" -gt 0 ]; then
    usage_error "--panel-only and ${SETUP_OPTIONS[0]} exclude each other"
  fi
  if [ "$TRY" = yes ] && { [ "$UNINSTALL" = yes ] || [ -n "$ADMIN" ] || [ "$PANEL_ONLY" = yes ]; }; then
    usage_error '--try takes only options of the gateway and --port'
  fi
  if [ "$UNINSTALL" = yes ]; then
    if [ "${#SETUP_OPTIONS[@]}" -gt 0 ] || [ -n "$PORT$ADMIN" ] || [ "$PANEL_ONLY" = yes ]; then
      usage_error '--uninstall takes only --purge, --confirm and --no-backup'
    fi
  fi
}
