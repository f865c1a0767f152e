import type { UnitView } from '../../../contract/unit.ts'
import { alwaysRoot, type Command } from '../command.ts'
import { runGatewayAction } from '../gateway-action.ts'
import type { Output } from '../output.ts'
import { refuseOperands } from '../parse-arguments.ts'
import { usageError } from '../problem-error.ts'
import { printable } from '../terminal-text.ts'

const STATE_WORDS: Readonly<Record<UnitView['state'], string>> = {
  absent: 'not there',
  current: 'as the panel writes it',
  outdated: 'of an earlier setting; renewed at the next start',
  edited: 'edited by hand; it is used as it is',
  foreign: 'made by somebody else; it is used as it is',
}

export const unit: Command = {
  name: 'unit',
  summary: 'Show the systemd unit of the gateway, or put the panel’s own in its place',
  forms: ['unit [show] [--json]', 'unit replace [--json]'],
  about: [
    'A unit that was edited by hand is never overwritten by itself: `show` tells how it differs from what the panel\n' +
      'would write, `replace` writes that and restarts the gateway, unless the unit is right already. The old file stays\n' +
      'beside it.',
    'With --json: the UnitView of the interface, or the finished Operation.',
  ],
  options: {},
  examples: [
    ['sudo razroom-panel unit', 'where the unit is, and what was changed in it'],
    ['sudo razroom-panel unit replace', 'go back to the panel’s own'],
  ],
  needsRoot: alwaysRoot,
  async run(context) {
    const [verb = 'show', ...rest] = context.positionals
    refuseOperands(`unit ${verb}`, rest)
    if (verb === 'replace') {
      return runGatewayAction(
        context,
        (client) => client.call('POST /api/unit/replace', {}),
        ({ steps }) => {
          const isDone = (step: string) => steps.some(({ id, did }) => id === step && did !== undefined)
          if (isDone('systemd-unit')) context.out.line('The unit is the panel’s own again.')
          else if (isDone('start-container'))
            context.out.line('There was nothing to replace; the gateway was started.')
          else {
            context.out.line('There was nothing to replace, and the gateway runs as it did.')
            context.out.note('To start it anew all the same: sudo razroom-panel restart')
          }
        },
      )
    }
    if (verb !== 'show') throw usageError(`unit ${verb} is not known: show or replace`)
    const view = await (await context.client()).call('GET /api/unit', {})
    if (context.out.json) context.out.document(view)
    else for (const line of unitLines(view, context.out)) context.out.verbatim(line)
    return 0
  },
}

/** The unit for people, one string a line. */
export function unitLines(view: UnitView, out: Pick<Output, 'style'>): string[] {
  const lines = [
    `Unit    ${printable(view.unitName)}, ${view.startsAtBoot ? 'started at boot' : 'not started at boot'}`,
    `File    ${printable(view.path)}`,
    `        ${STATE_WORDS[view.state]}`,
    ...view.dropIns.map((path) => `        with ${printable(path)}`),
  ]
  if (view.kindReason !== undefined) lines.push(`        ${printable(view.kindReason)}`)
  if (view.shadowedBy !== undefined)
    lines.push(out.style('yellow', `        systemd takes ${printable(view.shadowedBy)} instead`))
  const { text, wanted } = view
  if (text === null || wanted === null || text === wanted) return lines
  const isOnlyIn = (one: string, other: string) => {
    const there = new Set(other.split('\n'))
    return one.split('\n').filter((line) => !there.has(line) && !line.startsWith('# '))
  }
  lines.push('', 'What the file has (-) and what the panel would write (+):')
  for (const line of isOnlyIn(text, wanted)) lines.push(out.style('red', `- ${printable(line)}`))
  for (const line of isOnlyIn(wanted, text)) lines.push(out.style('green', `+ ${printable(line)}`))
  return lines
}
