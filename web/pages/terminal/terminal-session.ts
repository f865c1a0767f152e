/** The terminal as this page has it: the link, the screen while there is one, and how the program ended. */
import { signal } from '@preact/signals'
import type { TerminalCommand, TerminalFrame } from '../../../contract/terminal.ts'
import { openTerminalLink, type TerminalLink, type TerminalLinkState } from '../../api/terminal.ts'
import { forgetPlace, type KeptPlace, keepPlace } from './kept-place.ts'
import type { Screen, ScreenSize } from './screen.ts'

type Exit = Extract<TerminalFrame, { type: 'exit' }>
type Busy = Extract<TerminalFrame, { type: 'busy' }>

export interface Ended extends Pick<Exit, 'reason' | 'code'> {
  readonly lastLines: readonly string[]
}

/** A paste goes in pieces of what one message may hold. */
const PIECE_CHARACTERS = 1_024
/** Enough to find the reason above the list of commands that a program prints below it. */
const LAST_LINES = 40
const FIRST_SIZE: ScreenSize = { cols: 80, rows: 24 }

export class TerminalSession {
  readonly command: TerminalCommand
  readonly link = signal<TerminalLinkState>({ kind: 'connecting' })
  readonly place = signal<'gateway' | 'own' | null>(null)
  readonly busy = signal<Busy | null>(null)
  readonly ended = signal<Ended | null>(null)
  #resume: string | undefined
  #socket: TerminalLink | null = null
  #screen: Screen | null = null
  /** Pieces of a replay that are not drawn yet: what the screen would answer to them was answered before. */
  #replaying = 0

  /** @param kept what this tab was in before it was loaded anew */
  constructor(command: TerminalCommand, kept?: KeptPlace) {
    this.command = command
    this.#resume = kept?.resume
  }

  /** Connects, and draws on this screen. */
  open(screen: Screen): void {
    this.#screen = screen
    this.#socket = openTerminalLink({
      command: this.command,
      size: () => this.#screen?.size() ?? FIRST_SIZE,
      resume: () => this.#resume,
      onFrame: (frame) => this.take(frame),
      onState: (state) => {
        this.link.value = state
      },
    })
  }

  /** Leaves it; the program goes on for the time of grace. */
  close(): void {
    this.#socket?.close()
    this.#socket = null
    this.#screen = null
  }

  /** Keys, or what was pasted. */
  type(data: string): void {
    if (this.#replaying > 0) return
    // By characters, so that none is cut in two.
    const characters = [...data]
    for (let at = 0; at < characters.length; at += PIECE_CHARACTERS) {
      const piece = characters.slice(at, at + PIECE_CHARACTERS).join('')
      this.#socket?.send({ type: 'input', data: piece })
    }
  }

  resize({ cols, rows }: ScreenSize): void {
    this.#socket?.send({ type: 'resize', cols, rows })
  }

  end(): void {
    this.#socket?.send({ type: 'end' })
  }

  takeOver(): void {
    this.#socket?.send({ type: 'takeOver' })
  }

  /** Takes a frame in. */
  take(frame: TerminalFrame): void {
    if (frame.type === 'started') {
      this.#resume = frame.resume
      this.place.value = frame.place
      this.busy.value = null
      keepPlace({ command: frame.command, resume: frame.resume })
      this.#screen?.clear()
      this.#screen?.focus()
    } else if (frame.type === 'busy') this.busy.value = frame
    else if (frame.type === 'output') this.#draw(frame.data, frame.isReplay === true)
    else this.#finish(frame)
  }

  #draw(base64: string, isReplay: boolean): void {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
    if (isReplay) this.#replaying += 1
    this.#screen?.write(bytes, () => {
      if (isReplay) this.#replaying -= 1
      else this.#socket?.send({ type: 'drawn', bytes: bytes.length })
    })
  }

  #finish({ reason, code }: Exit): void {
    forgetPlace()
    const finish = (): void => {
      this.ended.value = { reason, code, lastLines: this.#screen?.lastLines(LAST_LINES) ?? [] }
    }
    // Behind what is still to be drawn.
    if (this.#screen) this.#screen.write(new Uint8Array(), finish)
    else finish()
  }
}
