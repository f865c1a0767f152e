import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { FatalError } from '../fatal-error.ts'

/** How the wizard talks to a person. */
export interface Prompter {
  note(text: string): void
  /** Asks for a line; an empty answer is `fallback`. `check` returns what is wrong, and then it is asked again. */
  text(question: string, fallback: string, check?: (answer: string) => string | undefined): Promise<string>
  /** Asks for a line that is not shown; may be empty. */
  secret(question: string): Promise<string>
  confirm(question: string, fallback: boolean): Promise<boolean>
  /** Lets choose one by number or by id; an empty answer is the first. */
  choose<T extends string>(question: string, options: readonly { id: T; label: string }[]): Promise<T>
}

/**
 * Prompts on a terminal. Ctrl-C, Ctrl-D and a terminal that goes away end the wizard before anything is written.
 * @returns the prompter and a function that gives the terminal back
 */
export function openTerminalPrompter(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
): { prompter: Prompter; close(): void } {
  let isHidden = false
  const filtered = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (!isHidden) output.write(chunk)
      done()
    },
  })
  const lines = createInterface({ input, output: filtered, terminal: true })
  const cancel = new AbortController()
  lines.on('SIGINT', () => cancel.abort())
  lines.on('close', () => cancel.abort())
  const ask = async (question: string) => {
    try {
      return (await lines.question(question, { signal: cancel.signal })).trim()
    } catch (error) {
      if (!cancel.signal.aborted) throw error
      throw new FatalError(['', 'Setup cancelled.'], { cause: error })
    }
  }
  const secret = async (question: string) => {
    output.write(`${question}: `)
    isHidden = true
    try {
      return await ask('')
    } finally {
      isHidden = false
      output.write('\n')
    }
  }
  const prompter = createPrompter(ask, secret, (text) => output.write(`${text}\n`))
  return { prompter, close: () => lines.close() }
}

/** Builds the prompts upon something that asks one line. */
export function createPrompter(
  ask: (question: string) => Promise<string>,
  secret: (question: string) => Promise<string>,
  note: (text: string) => void,
): Prompter {
  async function askUntil<T>(question: string, read: (answer: string) => T | { wrong: string }): Promise<T> {
    for (;;) {
      const result = read(await ask(question))
      if (!isWrong(result)) return result
      note(result.wrong)
    }
  }
  return {
    note,
    secret,
    text: (question, fallback, check) =>
      askUntil(`${question}${fallback ? ` [${fallback}]` : ''}: `, (answer) => {
        const value = answer || fallback
        const wrong = check?.(value)
        return wrong === undefined ? value : { wrong }
      }),
    confirm: (question, fallback) =>
      askUntil(`${question} (${fallback ? 'Y/n' : 'y/N'}) `, (answer) => {
        if (answer === '') return fallback
        if (/^y(es)?$/i.test(answer)) return true
        return /^no?$/i.test(answer) ? false : { wrong: 'Please answer y or n.' }
      }),
    choose: (question, options) => {
      const rows = options.map((option, index) => `  ${index + 1}) ${option.label}`)
      note(`${question}\n${rows.join('\n')}`)
      return askUntil('Choice [1]: ', (answer) => {
        const byNumber = /^\d+$/.test(answer) ? options[Number(answer) - 1] : undefined
        const found =
          answer === '' ? options[0] : (byNumber ?? options.find((option) => option.id === answer))
        return found ? found.id : { wrong: `Please give a number from 1 to ${options.length}.` }
      })
    },
  }
}

function isWrong(value: unknown): value is { wrong: string } {
  return typeof value === 'object' && value !== null && 'wrong' in value
}
