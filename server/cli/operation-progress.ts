import type { Operation, OperationStep, OutputLine } from '../../contract/schemas.ts'
import type { OperationUpdate } from './follow-operation.ts'
import type { Output } from './output.ts'
import { printable } from './terminal-text.ts'

const CLEAR_LINE = '\r\x1b[K'
/** Of a live line behind its mark: a terminal has at least 80. */
const LIVE_COLUMNS = 76
/** Lines of output shown when a step failed and `--verbose` had not shown them all. */
const LAST_LINES = 20

/** Shows the steps of one operation as they happen. */
export interface Progress {
  onUpdate(update: OperationUpdate): void
  /** A line between the steps, for example that a cancel was asked for. */
  interject(text: string): void
  /** The end: takes the counting line away and shows the last output of a step that failed. */
  finish(operation: Operation | null): void
}

/**
 * A finished step is one line; on a terminal the running step is a line of its own that counts the seconds.
 * `verbose` adds each step's equivalent command and its output.
 */
export function createProgress(out: Output, verbose: boolean): Progress {
  let running: { step: OperationStep; startedAt: number } | undefined
  let hasLiveLine = false
  const shownCommands = new Set<string>()
  const clear = (): void => {
    if (hasLiveLine) void out.write(CLEAR_LINE)
    hasLiveLine = false
  }
  const draw = (): void => {
    if (!out.isTty || running === undefined) return
    const seconds = Math.floor((Date.now() - running.startedAt) / 1000)
    const title = printable(running.step.title)
    const elapsed = seconds < 2 ? '' : ` ${formatSeconds(seconds)}`
    const more = startText(running.step.start, Date.now())
    // A line that is longer than the terminal is wide could not be taken away again.
    const rest = cut(`${elapsed}${more}`, LIVE_COLUMNS - title.length)
    void out.write(`${CLEAR_LINE}${out.style('cyan', '…')} ${title}${out.style('dim', rest)}`)
    hasLiveLine = true
  }
  const lines = (texts: readonly string[]): void => {
    clear()
    for (const text of texts) out.line(text)
    draw()
  }
  const takeRunning = (step: OperationStep): void => {
    const isNew = running?.step.id !== step.id
    running = { step, startedAt: isNew ? Date.now() : (running?.startedAt ?? Date.now()) }
    // With its output below it, a step needs a line of its own before it ends.
    if (isNew && verbose) lines([`${out.style('cyan', '…')} ${printable(step.title)}`])
    else draw()
  }
  const takeCommand = (step: OperationStep): void => {
    if (!verbose || step.command === undefined || shownCommands.has(step.id)) return
    shownCommands.add(step.id)
    lines([out.style('dim', `    $ ${printable(step.command)}`)])
  }
  const takeStep = (step: OperationStep): void => {
    if (step.state === 'pending') return
    if (step.state === 'running') takeRunning(step)
    takeCommand(step)
    if (step.state === 'running') return
    if (running?.step.id === step.id) running = undefined
    lines([stepLine(out, step)])
  }
  const timer = out.isTty ? setInterval(draw, 1000) : undefined
  timer?.unref()
  return {
    onUpdate(update) {
      if (update.type === 'step') takeStep(update.step)
      else if (verbose) lines(update.lines.map((line) => outputLine(out, line)))
    },
    interject: (text) => lines([text]),
    finish(operation) {
      clearInterval(timer)
      running = undefined
      clear()
      if (operation?.state === 'failed' && !verbose)
        for (const line of lastOutput(operation)) out.line(outputLine(out, line))
    },
  }
}

function stepLine(out: Output, step: OperationStep): string {
  const title = printable(step.title)
  const said = step.did ?? step.found
  const more = said === undefined ? '' : out.style('dim', ` — ${printable(said)}`)
  if (step.state === 'failed') return `${out.style('red', '✗')} ${title}${more}`
  if (step.state === 'unchanged')
    return `${out.style('dim', '·')} ${title}${more === '' ? out.style('dim', ' — unchanged') : more}`
  return `${out.style('green', '✓')} ${title}${more}`
}

function outputLine(out: Output, line: OutputLine): string {
  return out.style('dim', `    ${printable(line.text)}`)
}

function lastOutput(operation: Operation): readonly OutputLine[] {
  const failed = operation.steps.find((step) => step.state === 'failed')
  return operation.output.filter((line) => line.stepId === failed?.id).slice(-LAST_LINES)
}

/**
 * How a start compares with those before, and what the gateway wrote last.
 * @param now in ms since 1970
 */
export function startText(start: OperationStep['start'], now: number): string {
  if (start === undefined) return ''
  const line = start.lastLine === undefined ? '' : ` — ${printable(start.lastLine)}`
  if (start.usualMs === undefined) return `; no start was timed here yet${line}`
  const usual = formatSeconds(Math.ceil(start.usualMs / 1000))
  const isLate = now - Date.parse(start.since) > start.usualMs
  return isLate ? `, longer than the ${usual} of before${line}` : ` of up to ${usual}${line}`
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, Math.max(0, length - 1))}…`
}

function formatSeconds(seconds: number): string {
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}
