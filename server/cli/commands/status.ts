import type { GatewayStatus, Status } from '../../../contract/schemas.ts'
import { alwaysRoot, type Command } from '../command.ts'
import { formatAge, formatTime, isKnownTime } from '../format-time.ts'
import { describeImage } from '../gateway-link.ts'
import type { Output, Style } from '../output.ts'
import { refuseOperands } from '../parse-arguments.ts'
import { printable } from '../terminal-text.ts'

const STATE_STYLES: Readonly<Record<GatewayStatus['state'], Style>> = {
  absent: 'dim',
  stopped: 'yellow',
  starting: 'cyan',
  running: 'green',
  failed: 'red',
}

export const status: Command = {
  name: 'status',
  summary: 'Show what is running and how it does',
  forms: ['status [--json]'],
  about: [
    'States: absent, stopped, starting, running, failed. The exit code is 0 in each of them: it says whether the panel\n' +
      'could look. With --json: the Status document, with gateway.state, gateway.healthy, gateway.ports, image and\n' +
      'restartRequired.',
  ],
  options: {},
  examples: [
    ['sudo razroom-panel status', 'a short overview'],
    ['sudo razroom-panel status --json', 'the same for a script'],
  ],
  needsRoot: alwaysRoot,
  async run({ client, out, positionals }) {
    refuseOperands('status', positionals)
    const now = await (await client()).call('GET /api/status', {})
    if (out.json) out.document(now)
    else for (const line of statusLines(now, out)) out.line(line)
    return 0
  },
}

/** The overview for people, one string a line. */
export function statusLines(now: Status, out: Output): string[] {
  const { gateway } = now
  const rows: Array<readonly [string, string]> = [
    ['Gateway', stateText(gateway, out)],
    ['Address', `${printable(gateway.url)}`],
    [
      'Ports',
      `${gateway.ports.gateway} gateway, ${gateway.ports.bridge} bridge, on ${gateway.ports.address}`,
    ],
    ['Mode', modeText(gateway)],
    ['Image', now.image === null ? 'none' : printable(imageText(now.image))],
    [
      'User',
      now.user.uid === null ? `${now.user.name} (not made yet)` : `${now.user.name} (${now.user.uid})`,
    ],
    ['Panel', printable(now.panel.version)],
  ]
  const usage = gateway.usage
  if (usage !== undefined)
    rows.push([
      'Usage',
      `${usage.cpuPercent.toFixed(0)} % CPU, ${Math.round(usage.memoryBytes / 1_000_000)} MB`,
    ])
  const lines = rows.map(([name, text]) => `${out.style('dim', name.padEnd(8))} ${text}`)
  if (now.warnings.length > 0)
    lines.push('', ...now.warnings.map((text) => out.style('yellow', `Warning: ${printable(text)}`)))
  if (now.restartRequired) {
    lines.push('', out.style('yellow', 'A restart is needed for:'))
    for (const reason of now.restartReasons) lines.push(`  ${printable(reason)}`)
  }
  if (gateway.fatal !== undefined) {
    lines.push('', out.style('red', printable(gateway.fatal.meaning)), `  ${printable(gateway.fatal.line)}`)
  }
  return [...lines, ...goBackLines(now), '', nextStep(now)]
}

function goBackLines({ gateway, goBack }: Status): string[] {
  if (gateway.state !== 'failed' || goBack.length === 0) return []
  const commands = goBack.map(({ file, versionId }) => {
    const name = file === 'env' ? '.env' : 'razroom.json'
    return `It last started with another ${name}: sudo razroom-panel versions ${file} restore ${printable(versionId)}`
  })
  return ['', ...commands]
}

function imageText(image: NonNullable<Status['image']>): string {
  const words = describeImage(image)
  return words === image.reference ? words : `${words} (${image.reference})`
}

function stateText(gateway: GatewayStatus, out: Output): string {
  const state = out.style(STATE_STYLES[gateway.state], gateway.state)
  const since =
    gateway.since === undefined || !isKnownTime(gateway.since)
      ? ''
      : `, since ${formatTime(gateway.since)} (${formatAge(gateway.since, Date.now())})`
  const exit = gateway.exitCode === undefined ? '' : `, exit code ${gateway.exitCode}`
  return `${state}${healthText(gateway)}${since}${exit}`
}

function modeText({ mode, unit, startsAtBoot }: GatewayStatus): string {
  if (unit === undefined) return mode
  const isByHand = unit.fileState === 'edited' || unit.fileState === 'foreign'
  const parts = [
    `${unit.name} ${unit.activeState}`,
    startsAtBoot ? 'started at boot' : 'not started at boot',
    ...(unit.restarts > 0
      ? [`started again ${unit.restarts === 1 ? 'once' : `${unit.restarts} times`} by systemd`]
      : []),
    ...(isByHand
      ? [`${unit.fileState === 'foreign' ? 'written' : 'edited'} by hand, see: razroom-panel unit`]
      : []),
  ]
  return `${mode} (${printable(parts.join(', '))})`
}

function healthText({ state, healthy, usualStartMs }: GatewayStatus): string {
  if (state === 'running') return healthy ? ', healthy' : ', not answering'
  if (state !== 'starting') return ''
  return usualStartMs === undefined
    ? ', no start was timed here yet'
    : `, starts here took up to ${Math.ceil(usualStartMs / 1000)} s`
}

function nextStep(now: Status): string {
  const { gateway } = now
  if (now.operationId !== null)
    return 'An operation is running; the page shows its steps: sudo razroom-panel login'
  if (!now.isSetUp) return 'Set it up: sudo razroom-panel setup'
  if (gateway.state === 'failed') {
    const hint = printable(gateway.fatal?.hint ?? 'Its last lines say why.')
    return `${hint}${hint.endsWith('.') ? '' : ';'} See: sudo razroom-panel logs`
  }
  if (gateway.state === 'absent' || gateway.state === 'stopped') return 'Start it: sudo razroom-panel launch'
  if (gateway.state === 'starting') return 'See how it starts: sudo razroom-panel logs -f'
  if (!gateway.healthy) return 'See why: sudo razroom-panel logs'
  if (now.restartRequired) return 'Restart it: sudo razroom-panel restart'
  return 'Open the page: sudo razroom-panel login'
}
