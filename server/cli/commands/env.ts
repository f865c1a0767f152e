import type { Command } from '../command.ts'
import { checkEnv } from '../env-check.ts'
import { mendEnv } from '../env-mend.ts'
import { getEnvValue, listEnv } from '../env-read.ts'
import { setEnv, unsetEnv } from '../env-write.ts'
import { chooseSubcommand, refuseOperands } from '../parse-arguments.ts'
import { usageError } from '../problem-error.ts'

export const env: Command = {
  name: 'env',
  summary: "List, read, change and check the gateway's .env",
  forms: [
    'env list [--json]',
    'env get K [--json]',
    'env set K=V... | K [--json]',
    'env unset K... [--json]',
    'env check [FILE] [--json]',
    'env mend [--line N] [--yes] [--json]',
  ],
  about: [
    'set with K alone reads the value from standard input, on a terminal without showing it: so a secret gets\n' +
      'neither into the process list nor into the history of the shell. An empty value is refused there: K= empties K.\n' +
      'Comments and other lines stay as they are.',
    'check tells how podman, systemd, dotenv and a shell would read the file differently; FILE may be any file, or -\n' +
      'for standard input, and needs no root. Exit codes: 0 clean, 1 findings (or it could not look), 2 the container\n' +
      'would not start.',
    'mend shows what the panel can mend in the file of the gateway, each with the line as it would be, and mends all of it\n' +
      'in one save after yes. Without a terminal, and with --json, it needs --yes.',
    'With --json: list prints the EnvDocument (secrets masked), get { key, value }, set and unset\n' +
      '{ etag, changed, restartRequired }, mend the same and mended: [{ line, finding, label }], check\n' +
      '{ verdict, findings }.',
  ],
  options: {
    line: { type: 'string', value: 'N', about: 'mend: only what is wrong with this line' },
    yes: { type: 'boolean', about: 'mend: do not ask' },
  },
  examples: [
    ['sudo razroom-panel env set OPENAI_API_KEY', 'asks for the value'],
    ['sudo razroom-panel env set RAZROOM_SKIP_CRON=1', 'sets it'],
    ['sudo razroom-panel env get OPENAI_API_KEY', 'prints the value'],
    ['razroom-panel env check my.env', 'checks a file before it is used'],
    ['sudo razroom-panel env mend', 'shows what can be mended, and asks'],
  ],
  needsRoot: ([what, file]) => !(what === 'check' && file !== undefined),
  async run(context) {
    const [word, ...operands] = context.positionals
    const what = chooseSubcommand('env', word, ['list', 'get', 'set', 'unset', 'check', 'mend'])
    if (what !== 'mend' && (context.options.line !== undefined || context.options.yes !== undefined))
      throw usageError('--line and --yes belong to env mend')
    switch (what) {
      case 'list':
        refuseOperands('env list', operands)
        return listEnv(context)
      case 'get':
        refuseOperands('env get K', operands.slice(1))
        return getEnvValue(context, operands[0])
      case 'set':
        return setEnv(context, operands)
      case 'unset':
        return unsetEnv(context, operands)
      case 'check':
        refuseOperands('env check FILE', operands.slice(1))
        return checkEnv(context, operands[0])
      case 'mend':
        refuseOperands('env mend', operands)
        return mendEnv(context)
    }
  },
}
