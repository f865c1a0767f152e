# shellcheck shell=bash
# Brings the programs the tests use. As root on Debian or Ubuntu they are installed; elsewhere their absence is said.

# program=package
FAST_TOOLS=(shellcheck=shellcheck strace=strace npm=npm git=git curl=curl)
HOST_TOOLS=(
  debootstrap=debootstrap systemd-nspawn=systemd-container slirp4netns=slirp4netns ip=iproute2
  nsenter=util-linux setpriv=util-linux flock=util-linux chromium=chromium
)

stop_early() {
  printf '%s\n0 passed, 1 failed\n' "$1"
  exit 1
}

bring_tools() {
  STARTED=$SECONDS
  printf '=== What the tests need\n'
  if [ "$FAST" = no ] && [ "$(id -u)" -ne 0 ]; then
    stop_early 'The journeys boot disposable machines and need root: sudo ./test.sh, or ./test.sh --fast without them.'
  fi
  bring_packages
  bring_npm_packages
  printf -- '--- What the tests need: there (%s s)\n' "$((SECONDS - STARTED))"
}

bring_packages() {
  local pair packages=() tools=("${FAST_TOOLS[@]}")
  if [ "$FAST" = no ]; then tools+=("${HOST_TOOLS[@]}"); fi
  for pair in "${tools[@]}"; do
    command -v "${pair%%=*}" > /dev/null || packages+=("${pair#*=}")
  done
  if [ "${#packages[@]}" -eq 0 ]; then return; fi
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get > /dev/null; then
    stop_early "Programs of these packages are missing: ${packages[*]}"
  fi
  printf 'Installing %s\n' "${packages[*]}"
  export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1
  apt-get -o Acquire::Retries=3 --quiet update > "$REPORTS/apt.log" 2>&1 ||
    printf 'apt-get update had errors; trying with what there is.\n'
  apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 --quiet --yes --no-install-recommends install \
    "${packages[@]}" >> "$REPORTS/apt.log" 2>&1 || {
    tail -n 20 -- "$REPORTS/apt.log"
    stop_early "These packages could not be installed: ${packages[*]}"
  }
}

# Runs npm ci when the lockfile has changed since, by a mark in node_modules. As root the cache lies where the disposable
# hosts share it.
bring_npm_packages() {
  local mark=node_modules/.installed-for lock cache=${RAZROOM_E2E_CACHE:-/var/cache/razroom-panel-e2e}
  if [ "$(id -u)" -eq 0 ]; then
    install --directory --mode=0700 -- "$cache" "$cache/npm"
    export npm_config_cache="${npm_config_cache:-$cache/npm}"
  fi
  # They would change what the pinned Node does.
  unset NODE_ENV NODE_OPTIONS NODE_PATH
  lock=$(sha256sum -- package-lock.json package.json .npmrc | sha256sum)
  if [ -f "$mark" ] && [ "$(cat -- "$mark")" = "$lock" ]; then return; fi
  printf 'npm ci\n'
  npm_ci "$PWD" || stop_early 'npm ci failed: is the npm registry within reach?'
  printf '%s\n' "$lock" > "$mark"
}
