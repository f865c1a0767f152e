/**
 * `set -a; source FILE` in bash: a program, of which this knows lists of assignments and says what else it would run;
 * it runs nothing. Measured with 5.2. What it can't be sure of it says it does not know (`unknown`, `not-modelled`).
 * Imports nothing of Node.
 */
import { assertFree, assign, expandValue, type Scope } from './bash-expand.ts'
import { type AndOr, BashStop, type Command } from './bash-grammar.ts'
import { BashParser } from './bash-parser.ts'
import { readCommandWords, runExport } from './bash-words.ts'
import { type HostVariables, NO_VARIABLES, type ReaderResult, ReadingDraft } from './reader-result.ts'
import { bytesAsText, decodeBytesAsText, lineCounter } from './utf8.ts'

/** With more of them bash takes the file for a program. */
const MAX_NULS = 256

/** How sure it is that a command has been run and went well. */
type Outcome = 'well' | 'unsure'

/**
 * @param env the environment of the shell that reads the file
 * @returns a refusal for a syntax error, with what the lines before it have set
 */
export function readAsBash(bytes: Uint8Array, env: HostVariables = NO_VARIABLES): ReaderResult {
  const draft = new ReadingDraft()
  const text = leaveOutNuls(bytesAsText(bytes))
  if (text === undefined) return draft.refuse('the file has too many NULs', 1)
  const lineOf = lineCounter(text)
  const runner = new Runner(text, { draft, raw: new Map(), env, lineOf })
  const parser = new BashParser(text)
  try {
    for (let list = parser.readLine(); list !== undefined; list = parser.readLine()) {
      runner.runLine(list)
    }
    return draft.finish()
  } catch (error) {
    if (!(error instanceof BashStop)) throw error
    const line = lineOf(error.place)
    return error.kind === 'refused'
      ? draft.refuse(error.message, line, 'keep')
      : draft.giveUp(error.message, line)
  }
}

/**
 * bash leaves out a NUL but not the one right after it, and then takes that for the end of the text. No line moves.
 * @returns undefined when it takes the file for a program
 */
function leaveOutNuls(text: string): string | undefined {
  const parts = text.match(/[^\0]+|\0[\s\S]?/g) ?? []
  const removed = parts.filter((part) => part.startsWith('\0')).length
  if (removed > MAX_NULS) return undefined
  const kept = parts.map((part) => (part.startsWith('\0') ? part.slice(1) : part)).join('')
  return kept.split('\0')[0] ?? ''
}

class Runner {
  readonly #text: string
  readonly #scope: Scope

  constructor(text: string, scope: Scope) {
    this.#text = text
    this.#scope = scope
  }

  runLine(list: readonly AndOr[]): void {
    try {
      for (const andOr of list) this.#runAndOr(andOr)
    } catch (error) {
      if (!(error instanceof BashStop) || error.kind !== 'line-left') throw error
    }
  }

  #runAndOr(andOr: AndOr): void {
    if (andOr.isBackground) {
      this.#note('background', andOr.place, andOr.end)
      for (const { commands } of andOr.pipelines) for (const command of commands) this.#runApart(command)
      return
    }
    let outcome: Outcome = 'well'
    for (const { after, commands } of andOr.pipelines) {
      if (after === '||' && outcome === 'well') continue
      const isCertain = outcome === 'well'
      const [first, ...more] = commands
      if (more.length > 0 || first === undefined) {
        for (const command of commands) this.#runApart(command)
        outcome = 'unsure'
      } else outcome = this.#run(first, isCertain)
    }
  }

  #note(kind: 'command' | 'background' | 'substitution' | 'redirect', place: number, end: number): void {
    const text = decodeBytesAsText(this.#text.slice(place, end)).trim()
    this.#scope.draft.runs.push({ line: this.#scope.lineOf(place), kind, text })
  }

  /** In a process of its own: nothing that it sets comes back. */
  #runApart(command: Command): void {
    this.#noteParts(command)
    // A part that it stumbles over ends that process alone.
    if (partsOf(command).some((part) => part.kind === 'bad')) return
    const words = readCommandWords(command.words, this.#scope)
    if (words.kind !== 'none') this.#note('command', command.place, command.end)
  }

  #noteParts(command: Command): void {
    for (const part of partsOf(command)) {
      if (part.kind === 'substitution') this.#note('substitution', part.place, part.place + part.text.length)
    }
    for (const { place, end } of command.redirects) this.#note('redirect', place, end)
  }

  #run(command: Command, isCertain: boolean): Outcome {
    const words = readCommandWords(command.words, this.#scope)
    this.#noteParts(command)
    if (!isCertain && partsOf(command).some((part) => part.kind === 'bad')) {
      throw new BashStop('not-modelled', 'whether it fails depends on a command', command.place)
    }
    const why = isCertain ? undefined : 'it depends on how a command ends'
    if (words.kind === 'export') {
      if (command.assignments.length > 0 || command.redirects.length > 0) {
        throw new BashStop('not-modelled', 'it is an export with more around it', command.place)
      }
      return runExport(words.arguments, this.#scope, why) ? 'well' : 'unsure'
    }
    if (words.kind === 'command') {
      // What stands before a command is for that command alone, but its expansions may still fail.
      for (const assignment of command.assignments) {
        assertFree(assignment)
        expandValue(assignment.value, this.#scope)
      }
      for (const word of command.words) expandValue(word.parts, this.#scope)
      this.#note('command', command.place, command.end)
      return 'unsure'
    }
    const whyUnknown =
      why ?? (command.redirects.length > 0 ? 'it depends on a file that is opened' : undefined)
    for (const assignment of command.assignments) {
      const expanded = expandValue(assignment.value, this.#scope)
      assign(this.#scope, assignment, whyUnknown === undefined ? expanded : { why: whyUnknown })
    }
    const isPlain =
      command.redirects.length === 0 && partsOf(command).every((part) => part.kind !== 'substitution')
    return isCertain && isPlain ? 'well' : 'unsure'
  }
}

function partsOf(command: Command) {
  return [
    ...command.assignments.flatMap(({ value }) => value),
    ...command.words.flatMap(({ parts }) => parts),
    ...command.redirects.flatMap(({ target }) => target.parts),
  ]
}
