import { alwaysRoot, type Command, textOption } from '../command.ts'
import { refuseOperands } from '../parse-arguments.ts'
import { usageError } from '../problem-error.ts'
import { printable } from '../terminal-text.ts'

export const uninstall: Command = {
  name: 'uninstall',
  summary: 'Remove the panel; the gateway stays unless purged',
  forms: ['uninstall [--purge --confirm NAME [--no-backup]] [--json]'],
  about: [
    'Removes what install.sh put on the machine. The gateway goes on, with its user, unit, container and configuration.',
    'With --purge also what the panel made for the gateway, by its own record: a user, home, directory, id range or\n' +
      'linger that was there before stays. NAME is the user of the gateway: removing its data takes its name typed.\n' +
      'A verified backup goes to /var/backups/razroom-panel first; if that fails nothing is removed.',
    'With --json: { uninstalled, purged, output }.',
  ],
  options: {
    purge: { type: 'boolean', about: 'also what the panel made for the gateway, with all its data' },
    confirm: {
      type: 'string',
      value: 'NAME',
      about: 'with --purge: the user of the gateway, usually razroom',
    },
    'no-backup': { type: 'boolean', about: 'with --purge: make no backup first' },
  },
  examples: [
    ['sudo razroom-panel uninstall', 'remove the panel, keep the gateway'],
    ['sudo razroom-panel uninstall --purge --confirm razroom', 'remove both, and keep a backup'],
  ],
  needsRoot: alwaysRoot,
  async run({ options, out, positionals, services }) {
    refuseOperands('uninstall', positionals)
    const purge = options.purge === true
    const name = textOption(options, 'confirm')
    const withoutBackup = options['no-backup'] === true
    if (!purge && (name !== undefined || withoutBackup))
      throw usageError(`${name === undefined ? '--no-backup' : '--confirm'} goes with --purge`)
    const words = [
      ...(purge ? ['--purge'] : []),
      ...(name === undefined ? [] : ['--confirm', name]),
      ...(withoutBackup ? ['--no-backup'] : []),
    ]
    const output: string[] = []
    await services.uninstall(words, (line) => {
      if (out.json) output.push(line)
      else out.line(printable(line))
    })
    if (out.json) out.document({ uninstalled: true, purged: purge, output })
    return 0
  },
}
