/** What bash's words and commands are made of here. Text is one character for each byte (`bytesAsText`). */

export type WordPart =
  | { readonly kind: 'literal'; readonly text: string; readonly isQuoted: boolean }
  | { readonly kind: 'variable'; readonly name: string; readonly isQuoted: boolean }
  /** `${NAME-word}` and its like, with a word of plain characters. */
  | {
      readonly kind: 'choice'
      readonly name: string
      readonly operator: ':-' | '-' | ':+' | '+'
      readonly word: string
      readonly isQuoted: boolean
    }
  /** `$(...)` and backticks. */
  | {
      readonly kind: 'substitution'
      readonly text: string
      readonly place: number
      readonly isQuoted: boolean
    }
  /** An expansion whose value nothing here can tell. */
  | { readonly kind: 'unknown'; readonly why: string; readonly isQuoted: boolean }
  /** `${...}` that bash stumbles over when it comes to it: it leaves the rest of the line. */
  | { readonly kind: 'bad'; readonly place: number; readonly isQuoted: boolean }

export interface Word {
  readonly parts: readonly WordPart[]
  readonly place: number
  readonly end: number
}

/** An assignment or a run of words, with its redirections. */
export interface Command {
  readonly assignments: readonly Assignment[]
  readonly words: readonly Word[]
  readonly redirects: readonly { readonly place: number; readonly end: number; readonly target: Word }[]
  readonly place: number
  readonly end: number
}

export interface Assignment {
  readonly name: string
  readonly isAppend: boolean
  readonly value: readonly WordPart[]
  readonly place: number
}

export interface AndOr {
  /** Of more than one command each runs in a process of its own. */
  readonly pipelines: readonly {
    readonly after: '&&' | '||' | undefined
    readonly commands: readonly Command[]
  }[]
  readonly isBackground: boolean
  readonly place: number
  readonly end: number
}

/**
 * Ends the reading inside of the bash reader, which catches it: `refused` is bash's own refusal, `line-left` its way
 * of leaving the rest of a line, `not-modelled` our refusal. It never leaves readAsBash.
 */
export class BashStop extends Error {
  readonly kind: 'refused' | 'line-left' | 'not-modelled'
  readonly place: number

  constructor(kind: BashStop['kind'], reason: string, place: number) {
    super(reason)
    this.kind = kind
    this.place = place
  }
}

export const NAME = /^[A-Za-z_][A-Za-z0-9_]*/

/** Words that begin a compound command or belong to one, where a command may begin. */
export const RESERVED: ReadonlySet<string> = new Set(
  '! [[ { } if then elif else fi for while until do done case esac select function time coproc'.split(' '),
)

/** Builtins that change what comes after them, or of which one can't be sure; `export` is not among them. */
export const STATEFUL_BUILTINS: ReadonlySet<string> = new Set(
  `. alias bg bind break builtin caller cd command compgen complete compopt continue declare dirs disown enable eval
  exec exit fc fg getopts hash help history jobs kill let local logout mapfile popd printf pushd read readarray
  readonly return set shift shopt source suspend times trap typeset ulimit umask unalias unset wait`.split(
    /\s+/,
  ),
)

/** Assigning these fails, ends the script or changes how bash reads the rest. */
export const FIXED_VARIABLES = /^(?:BASH.*|EUID|UID|PPID|SHELLOPTS|POSIXLY_CORRECT)$/
/** They hold another value by the time somebody looks. */
export const LIVING_VARIABLES =
  /^(?:_|RANDOM|SRANDOM|SECONDS|LINENO|EPOCH.*|COMP_.*|DIRSTACK|FUNCNAME|GROUPS|HISTCMD|OPTIND|PIPESTATUS)$/
/** bash gives them a value where the environment does not, or whatever it says. */
export const OWN_VARIABLES =
  /^(?:COLUMNS|HIST.*|HOST.*|IFS|LINES|MACHTYPE|MAILCHECK|OLDPWD|OPTARG|OPTERR|OSTYPE|PATH|PS[124]|PWD|REPLY|SHELL|SHLVL|TERM)$/
export const OWN_VARIABLES_ALWAYS = /^(?:OLDPWD|PWD|SHLVL|HOST.*)$/
