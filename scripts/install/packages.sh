# shellcheck shell=bash
# What the machine must have, and the packages that bring it.

has_systemd() { [ -d /run/systemd/system ]; } # sd_booted(3)

# crun refuses v1 and hybrid control groups, runc works there (docs/facts/podman-and-systemd.md).
has_only_cgroup2() { [ "$(stat --file-system --format=%T /sys/fs/cgroup)" = cgroup2fs ]; }

has_command() { command -v "$1" > /dev/null 2>&1; }

# From npm 8 on `npm ci` reads our lockfile. The Node it runs on does not matter (docs/adr/0001-pinned-runtime.md).
has_recent_npm() {
  local version
  version=$(npm --version 2> /dev/null) || return 1
  [ "${version%%.*}" -ge 8 ]
}

check_machine() {
  local free_kib
  [ "$(uname -s)" = Linux ] || fail "This is $(uname -s), not Linux." 'Rootless Podman with its own users needs Linux.'
  case $(uname -m) in
    x86_64 | aarch64) ;;
    *) fail "This machine is $(uname -m)." 'The pinned runtime exists for x86-64 and arm64.' ;;
  esac
  if ldd --version 2>&1 | grep -qi musl; then
    fail 'This system is built on musl.' 'The pinned runtime needs glibc: Debian, Ubuntu or Fedora, for example.'
  fi
  mkdir -p -- "$LIB"
  free_kib=$(df --output=avail -k -- "$LIB" | tail -n 1)
  if [ "$free_kib" -lt 1572864 ]; then
    fail "$LIB has only $((free_kib / 1024)) MiB of free space." 'A build takes 1.5 GiB for some minutes.'
  fi
}

bring_packages() {
  if has_command apt-get; then
    bring_debian_packages
  elif has_command dnf; then
    bring_fedora_packages
  else
    check_programs
  fi
}

# Programs the panel and its installer call, for a system whose packages we do not know.
check_programs() {
  local program missing=()
  for program in podman newuidmap catatonit setpriv runuser useradd usermod flock; do
    has_command "$program" || [ -x "/usr/libexec/podman/$program" ] || missing+=("$program")
  done
  has_recent_npm || missing+=('npm (8 or later)')
  if [ "${#missing[@]}" -gt 0 ]; then
    fail "Missing on this machine: ${missing[*]}" 'Install them with the package manager of this system, then run this again.'
  fi
}

# --- Debian and Ubuntu

# The version apt has or would install; empty when it knows none.
debian_candidate() {
  LC_ALL=C apt-cache policy -- "$1" 2> /dev/null | sed -n 's/^  Candidate: //p' | grep -vx '(none)' || :
}

is_debian_installed() {
  [ "$(dpkg-query --show --showformat='${db:Status-Status}' -- "$1" 2> /dev/null)" = installed ]
}

wanted_debian_packages() {
  local version package
  printf '%s\n' podman uidmap catatonit ca-certificates
  version=$(debian_candidate podman)
  if [ -n "$version" ] && dpkg --compare-versions "$version" ge 5; then
    printf '%s\n' passt
  else
    printf '%s\n' slirp4netns fuse-overlayfs
  fi
  if has_only_cgroup2; then printf '%s\n' crun; else printf '%s\n' runc; fi
  # Only recommended by podman; without them it finds no network backend. Older releases have neither.
  for package in netavark aardvark-dns; do
    if [ -n "$(debian_candidate "$package")" ]; then printf '%s\n' "$package"; fi
  done
  # The gateway's user gets a manager of its own, and root reaches it by systemctl --machine.
  if has_systemd; then printf '%s\n' systemd-container dbus-user-session libpam-systemd; fi
  if ! has_recent_npm; then printf '%s\n' npm; fi
}

missing_debian_packages() {
  local package
  for package in $(wanted_debian_packages); do
    is_debian_installed "$package" || printf '%s\n' "$package"
  done
}

bring_debian_packages() {
  local missing
  # NEEDRESTART_SUSPEND: on Ubuntu needrestart would stop and ask.
  export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1
  mapfile -t missing < <(missing_debian_packages)
  if [ "${#missing[@]}" -eq 0 ]; then
    note 'All packages are there.'
    return
  fi
  step 'Fetching the lists of packages'
  # One broken source of somebody else's must not end it: whether ours are to be had shows in the next step.
  logged apt-get -o Acquire::Retries=3 update || note "apt-get update had errors (see $INSTALL_LOG)."
  mapfile -t missing < <(missing_debian_packages)
  step "Installing packages: ${missing[*]}"
  logged apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 install --yes --no-install-recommends "${missing[@]}" ||
    fail_with_log 'The packages could not be installed.' 'Mend what apt-get says, then run this again.'
}

# --- Fedora

bring_fedora_packages() {
  local package wanted=(podman shadow-utils catatonit passt crun netavark aardvark-dns ca-certificates util-linux) missing=()
  if has_systemd; then wanted+=(systemd-container); fi
  if ! has_only_cgroup2; then wanted+=(runc); fi
  if ! has_recent_npm; then wanted+=(nodejs-npm); fi
  for package in "${wanted[@]}"; do
    rpm --query --quiet --whatprovides "$package" || missing+=("$package")
  done
  if [ "${#missing[@]}" -eq 0 ]; then
    note 'All packages are there.'
    return
  fi
  step "Installing packages: ${missing[*]}"
  logged dnf --assumeyes --setopt=install_weak_deps=False install "${missing[@]}" ||
    fail_with_log 'The packages could not be installed.' 'Mend what dnf says, then run this again.'
}
