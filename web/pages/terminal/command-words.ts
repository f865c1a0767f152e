import type { TerminalCommand } from '../../../contract/terminal.ts'

export interface CommandWords {
  readonly command: TerminalCommand
  readonly title: string
  readonly about: string
  /** As it is typed in the container. */
  readonly typed: string
}

/** The commands in the order in which a person comes to need them. */
export const COMMANDS: readonly CommandWords[] = [
  {
    command: 'onboard',
    title: 'Onboarding wizard',
    about: 'Asks for the model provider, its key, and the chat channels, and writes them down.',
    typed: 'onboard',
  },
  {
    command: 'configure',
    title: 'Configure',
    about: 'The questions of the wizard one by one: what is set already is offered for change.',
    typed: 'configure',
  },
  {
    command: 'channels-login',
    title: 'Channel login',
    about: 'Links a chat account, for example by a QR code to scan with the phone. Takes a minute to begin.',
    typed: 'channels login',
  },
  {
    command: 'doctor',
    title: 'Gateway doctor',
    about: 'The gateway’s own look at its files; it asks before it changes one. Takes a minute to begin.',
    typed: 'doctor',
  },
  {
    command: 'models-status',
    title: 'Models',
    about: 'Which models are set, and which keys the gateway has for them. Changes nothing.',
    typed: 'models status',
  },
  {
    command: 'security-audit',
    title: 'Security audit',
    about: 'What the gateway finds unsafe in its own settings and files. Changes nothing.',
    typed: 'security audit',
  },
]

/** The title of a command. */
export function titleOf(command: TerminalCommand): string {
  return COMMANDS.find((words) => words.command === command)?.title ?? command
}
