/** Errors of the machine: users, podman, images, units, the gateway itself. Part of the table in error-codes.ts. */
import type { ErrorCodeInfo } from './error-codes.ts'

export const MACHINE_ERRORS = {
  SETUP_REQUIRED: {
    status: 409,
    title: 'The gateway is not set up yet',
    hint: 'Run: sudo razroom-panel setup',
  },
  PODMAN_MISSING: {
    status: 409,
    title: 'podman is not installed',
    hint: 'Install it, on Debian and Ubuntu: sudo apt install podman uidmap',
  },
  PODMAN_TOO_OLD: { status: 409, title: 'podman is too old', hint: 'Install podman 4.0 or later.' },
  PODMAN_UNUSABLE: {
    status: 409,
    title: 'Rootless podman does not work for this user',
    hint: 'Read the message of podman below; the subuid and subgid ranges are the usual cause.',
  },
  RUNTIME_MISSING: {
    status: 409,
    title: 'No container runtime works on this machine',
    hint: 'Install runc on a machine with hybrid cgroups, crun elsewhere.',
  },
  SUBID_EXHAUSTED: {
    status: 409,
    title: 'No free range of subordinate ids is left',
    hint: 'Remove ranges of deleted users from /etc/subuid and /etc/subgid, or raise SUB_UID_MAX in /etc/login.defs.',
  },
  USER_NOT_ADMITTED: {
    status: 403,
    title: 'Root has not allowed this user',
    hint: 'Allow it as root, on the shell: sudo razroom-panel access user add NAME. Then try again.',
  },
  PATH_NOT_ADMITTED: {
    status: 403,
    title: 'The panel may not use this path',
    hint: 'Let everybody read it, upload the file, or allow it as root: sudo razroom-panel access path add PATH. Then try again.',
  },
  PATH_MISSING: {
    status: 404,
    title: 'There is no such file or directory',
    hint: 'Check how it is spelled. Only a backup, NAME.tar.gz or NAME.tar.zst, may be yet to come.',
  },
  HALVES_DIFFER: {
    status: 500,
    title: 'The two halves of the panel are of different versions',
    hint: 'Restart both: sudo systemctl restart razroom-panel-host razroom-panel',
  },
  USER_UNSUITABLE: {
    status: 409,
    title: 'This user cannot run the gateway',
    hint: 'Choose another user name, or correct the account.',
  },
  FRONT_FAILED: {
    status: 502,
    title: 'The part of the panel that speaks to browsers does not stay up',
    hint: 'Its own lines above say why. Can the user razroom-panel read the program? ./install.sh puts it where everybody can.',
  },
  PORT_IN_USE: {
    status: 409,
    title: 'The port is in use',
    hint: 'Stop the program that holds it, or choose another port.',
  },
  DISK_FULL: {
    status: 507,
    title: 'The disk is full',
    hint: 'Free some space, then try again: nothing was lost.',
  },
  REPO_NOT_FOUND: {
    status: 400,
    title: 'There is no such directory',
    hint: 'Name the directory of a Razroom checkout, as an absolute path.',
  },
  DOCKERFILE_MISSING: {
    status: 400,
    title: 'There is no Dockerfile in this directory',
    hint: 'Name the directory that has the Dockerfile, usually the top of the Razroom checkout.',
  },
  BUNDLED_IMAGE_MISSING: {
    status: 409,
    title: 'The files of the bundled gateway are missing',
    hint: 'Run in the checkout: npm run gateway:rootfs && npm run build',
  },
  IMAGE_MISSING: { status: 409, title: 'The image is not there', hint: 'Run: sudo razroom-panel setup' },
  IMAGE_BUILD_FAILED: {
    status: 502,
    title: 'The image could not be built',
    hint: 'The last lines of the build say why.',
  },
  CONFIG_INVALID: {
    status: 409,
    title: 'razroom.json is not valid',
    hint: 'Correct the file at the place named, then try again.',
  },
  MODE_UNSUPPORTED: {
    status: 400,
    title: 'This way of running the gateway is not available here',
    hint: 'Use the container mode.',
  },
  GATEWAY_ABSENT: {
    status: 409,
    title: 'There is no gateway container',
    hint: 'Run: sudo razroom-panel launch',
  },
  GATEWAY_EXITED: {
    status: 502,
    title: 'The gateway ended instead of answering',
    hint: 'Its last lines say why.',
  },
  GATEWAY_NOT_READY: {
    status: 502,
    title: 'The gateway did not answer in time',
    hint: 'Look at its log; a first start can take minutes.',
  },
  TOKEN_MISSING: {
    status: 409,
    title: 'The gateway has no token',
    hint: 'Run: sudo razroom-panel token rotate',
  },
  TOKEN_NOT_PROVEN: {
    status: 502,
    title: 'The gateway does not accept the new token',
    hint: 'See which source it uses: sudo razroom-panel token show',
  },

  UNIT_INVALID: {
    status: 409,
    title: 'systemd cannot use the unit as it is',
    hint: 'Mend what the message names; a drop-in or a file that was made by hand is the usual cause.',
  },
  UNIT_FAILED: {
    status: 502,
    title: 'The systemd unit failed',
    hint: 'Look at: sudo razroom-panel logs, and the state of the unit on the overview.',
  },
  ADDRESS_UNAVAILABLE: {
    status: 409,
    title: 'The gateway cannot be published on this address',
    hint: 'Use 127.0.0.1, 0.0.0.0, or an IPv4 address of this machine, as ip address shows them.',
  },
  EXPOSURE_UNCONFIRMED: {
    status: 409,
    title: 'This address makes the gateway reachable from other machines',
    hint: 'Publish on 127.0.0.1, or confirm that this is meant.',
  },
  GATEWAY_ELSEWHERE: {
    status: 409,
    title: 'A gateway of another user or name is there',
    hint: 'Remove it first, its configuration stays: sudo razroom-panel remove',
  },
  DIRECTORY_UNSUITABLE: {
    status: 409,
    title: 'This directory does not belong to the gateway’s user',
    hint: 'Make it, or give it to the user, as the answer says.',
  },
  USER_MISSING: {
    status: 409,
    title: 'There is no such user',
    hint: 'Name an existing user, or leave it out to use razroom.',
  },
  IMAGE_PULL_FAILED: {
    status: 502,
    title: 'The image could not be pulled',
    hint: 'Check the reference and the network; a private registry needs a login first.',
  },
  IMAGE_LOAD_FAILED: {
    status: 400,
    title: 'The archive could not be loaded',
    hint: 'It must be an image that podman save or docker save wrote, whole and uncompressed or gzip.',
  },
  IMAGE_IN_USE: {
    status: 409,
    title: 'The image is in use',
    hint: 'Only images that neither run nor are kept for a step back can be removed.',
  },
  ARCHIVE_NOT_FOUND: {
    status: 400,
    title: 'There is no such file',
    hint: 'Name a file of this machine by its absolute path, or send one from the page.',
  },
  REGISTRY_LOGIN_FAILED: {
    status: 502,
    title: 'The registry refused the login',
    hint: 'Check the name, the password or token, and the address of the registry.',
  },
  NO_PREVIOUS_IMAGE: {
    status: 409,
    title: 'There is no image to go back to',
    hint: 'One is kept when an update or a setup brings another image.',
  },
  UPDATE_ROLLED_BACK: {
    status: 502,
    title: 'The new image did not answer; the old one runs again',
    hint: 'Its last lines say why.',
  },
  ROLLBACK_FAILED: {
    status: 502,
    title: 'Neither the new image nor the old one answers',
    hint: 'Look at the log and at the doctor; the backup made before the update is listed in the settings.',
  },
  BACKUP_NOT_FOUND: {
    status: 404,
    title: 'There is no such backup',
    hint: 'List them in the settings, or name a file by its absolute path.',
  },
  BACKUP_INVALID: {
    status: 400,
    title: 'This is not a whole backup of razroom-panel',
    hint: 'Nothing was changed. Take another backup, or a fresh copy of this one.',
  },
  BACKUP_EXISTS: {
    status: 409,
    title: 'There is a file of this name already',
    hint: 'Choose another name: a backup never overwrites a file.',
  },

  COMMAND_FAILED: { status: 502, title: 'A command failed', hint: 'Its last lines say why.' },
  COMMAND_TIMED_OUT: {
    status: 502,
    title: 'A command took too long',
    hint: 'Try again; if it stays so, run the command by hand.',
  },
  COMMAND_MISSING: {
    status: 502,
    title: 'A program is not installed',
    hint: 'Install the program named in the answer.',
  },
  DAEMON_UNREACHABLE: {
    status: 502,
    title: 'The panel does not answer',
    hint: 'See: systemctl status razroom-panel',
  },
  PLATFORM_UNSUPPORTED: {
    status: 409,
    title: 'This machine is not supported',
    hint: 'The panel needs Linux on x86-64 or arm64.',
  },
  NOT_INSTALLED: {
    status: 409,
    title: 'This is not an installed panel',
    hint: 'To remove an installed one from a checkout: sudo ./install.sh --uninstall',
  },
  UNINSTALL_FAILED: {
    status: 502,
    title: 'The panel could not be uninstalled',
    hint: 'Mend what is said above, then run it again: it takes up where it stopped.',
  },
} as const satisfies Record<string, ErrorCodeInfo>
