import type { Command } from '../command.ts'
import { checkEnv } from '../env-check.ts'
import { getEnvValue, listEnv } from '../env-read.ts'
import { setEnv, unsetEnv } from '../env-write.ts'
import { chooseSubcommand, refuseOperands } from '../parse-arguments.ts'

export const env: Command = {
  name: 'env',
  summary: "List, read, change and check the gateway's .env",
  forms: [
    'env list [--json]',
    'env get K [--json]',
    'env set K=V... | K [--json]',
    'env unset K... [--json]',
    'env check [FILE] [--json]',
  ],
  about: [
    'set with K alone reads the value from standard input, on a terminal without showing it: so a secret gets\n' +
      'neither into the process list nor into the history of the shell. An empty value is refused there: K= empties K.\n' +
      'Comments and other lines stay as they are.',
    'check tells how podman, systemd, dotenv and a shell would read the file differently; FILE may be any file, or -\n' +
      'for standard input, and needs no root. Exit codes: 0 clean, 1 findings (or it could not look), 2 the container\n' +
      'would not start.',
    'With --json: list prints the EnvDocument (secrets masked), get { key, value }, set and unset\n' +
      '{ etag, changed, restartRequired }, check { verdict, findings }.',
  ],
  options: {},
  examples: [
    ['sudo razroom-panel env set OPENAI_API_KEY', 'asks for the value'],
    ['sudo razroom-panel env set RAZROOM_SKIP_CRON=1', 'sets it'],
    ['sudo razroom-panel env get OPENAI_API_KEY', 'prints the value'],
    ['razroom-panel env check my.env', 'checks a file before it is used'],
  ],
  needsRoot: ([what, file]) => !(what === 'check' && file !== undefined),
  async run(context) {
    const [word, ...operands] = context.positionals
    const what = chooseSubcommand('env', word, ['list', 'get', 'set', 'unset', 'check'])
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
    }
  },
}
