import { allowNamed } from '../allowances.ts'
import { alwaysRoot, type Command, type OptionValues, textOption } from '../command.ts'
import { runGatewayAction } from '../gateway-action.ts'
import { describeImage } from '../gateway-link.ts'
import { IMAGE_FORM, IMAGE_OPTIONS, readImageSource } from '../image-options.ts'
import { refuseOperands } from '../parse-arguments.ts'
import { usageError } from '../problem-error.ts'
import { printable } from '../terminal-text.ts'

const WITHIN = { min: 10, max: 3600 } as const

export const update: Command = {
  name: 'update',
  summary: 'Bring a new image, and go back by itself when it does not answer',
  forms: [`update ${IMAGE_FORM}`, '       [--within SECONDS] [--verbose] [--json]'],
  about: [
    'Without an image source: the one in use anew, built, pulled or loaded again. The present image is kept; when the\n' +
      'new one ends or does not answer in time, the present one runs again and the command fails with the reason.\n' +
      'A gateway that was stopped runs afterwards.',
    'With --json: the finished Operation.',
  ],
  options: {
    ...IMAGE_OPTIONS,
    within: {
      type: 'string',
      value: 'SECONDS',
      about: 'how long the new image may take to answer; 900 unless said',
    },
  },
  examples: [
    ['sudo razroom-panel update', 'pull or build the present image again, and run it'],
    ['sudo razroom-panel update --image ghcr.io/example/razroom:2026.3', 'another version'],
    ['sudo razroom-panel update --archive ~/razroom.tar --within 300', 'from a file, within five minutes'],
  ],
  needsRoot: alwaysRoot,
  async run(context) {
    refuseOperands('update', context.positionals)
    const image = readImageSource(context.options, context.io)
    const within = readWithin(context.options)
    const body = {
      ...(image === undefined ? {} : { image }),
      ...(within === undefined ? {} : { healthyWithinSeconds: within }),
    }
    await allowNamed(context, { image })
    return runGatewayAction(
      context,
      (client) => client.call('POST /api/image/update', { body }),
      async ({ steps }, client) => {
        const end = steps.find(({ id }) => id === 'finish-update')
        const { image: now } = await client.call('GET /api/status', {})
        context.out.line()
        if (now?.isRunning === false)
          context.out.line(`The update changed nothing that runs: ${printable(end?.found ?? '')}`)
        else if (end?.state === 'done') context.out.line('The gateway runs the new image.')
        else context.out.line('It runs, and its image was up to date.')
        if (now !== null) context.out.line(`Image: ${printable(describeImage(now))}`)
        if (now?.previous) context.out.line('The one before is kept: sudo razroom-panel rollback')
      },
    )
  },
}

function readWithin(options: OptionValues): number | undefined {
  const text = textOption(options, 'within')
  if (text === undefined) return undefined
  const seconds = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (seconds >= WITHIN.min && seconds <= WITHIN.max) return seconds
  throw usageError(`--within must be ${WITHIN.min} to ${WITHIN.max} seconds, not ${JSON.stringify(text)}`)
}
