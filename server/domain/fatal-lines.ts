/**
 * Why the gateway ended, in words: what its last lines mean and what mends it. The texts are those of
 * docs/facts/razroom-gateway.md, "Fatal lines", and of podman around it.
 */

export interface FatalLine {
  /** The line itself, without colours. */
  readonly line: string
  readonly meaning: string
  readonly hint: string
}

interface Rule {
  readonly pattern: RegExp
  readonly meaning: string
  readonly hint: string
  /** Checks of the doctor that look at its cause. */
  readonly checks: readonly string[]
  /** It does not end the gateway by itself: told only when nothing that does is there. */
  readonly isMinor?: true
  /** It counts only below such a line. */
  readonly below?: RegExp
}

const RULES: readonly Rule[] = [
  {
    pattern: /Gateway start blocked: set gateway\.mode=local/,
    meaning: 'razroom.json does not set gateway.mode to local.',
    hint: 'Set gateway.mode to "local" in razroom.json, or run the onboarding wizard.',
    checks: ['config'],
  },
  {
    pattern: /Missing config\. Run `razroom setup`/,
    meaning: 'The gateway found no razroom.json: there is none, or its directory belongs to another user.',
    hint: 'Run setup again; it writes the file when there is none. Otherwise give the config directory back to the gateway’s user.',
    checks: ['config', 'files'],
  },
  {
    pattern: /Refusing to bind gateway to \S+ without auth/,
    meaning: 'The gateway has no token.',
    hint: 'Run: sudo razroom-panel token rotate',
    checks: ['token', 'env', 'config'],
  },
  {
    pattern: /JSON5 parse failed/,
    meaning: 'razroom.json is not valid JSON5; the line says where.',
    hint: 'Correct razroom.json at that place, or restore a version from before.',
    checks: ['config'],
  },
  {
    pattern: /^\s*- .*Unrecognized keys?:/,
    meaning: 'razroom.json has a key this gateway does not know, and it refuses unknown keys.',
    hint: 'Remove the key from razroom.json, or use an image that knows it.',
    checks: ['config'],
  },
  {
    pattern: /^\s*- \S.*: \S/,
    meaning: 'A value in razroom.json is not what the gateway expects; the line says which.',
    hint: 'Correct that value in razroom.json.',
    below: /^Config invalid/,
    checks: ['config'],
  },
  {
    pattern: /^Config invalid/,
    meaning: 'razroom.json is not valid.',
    hint: 'Correct razroom.json; the lines below this one in the log say where.',
    checks: ['config'],
  },
  {
    pattern: /Failed to read config at .*EACCES/,
    meaning: 'The gateway may not read razroom.json.',
    hint: 'Give the config directory back to the gateway’s user: sudo chown -R USER: DIRECTORY',
    checks: ['files'],
  },
  {
    pattern: /gateway already running \(pid \d+\); lock timeout/,
    meaning: 'Another gateway uses the same config directory.',
    hint: 'Stop the other one first; podman ps of the gateway’s user shows it.',
    checks: ['owner', 'ports'],
  },
  {
    pattern: /lookup init binary|exec: "catatonit"/,
    meaning: 'podman did not find catatonit, the init process of the container.',
    hint: 'Install it (Debian, Ubuntu: sudo apt install catatonit), or run setup again: it then starts without.',
    checks: ['helpers'],
  },
  {
    pattern: /cgroups in hybrid mode not supported/,
    meaning: 'crun does not run on this machine’s hybrid cgroups.',
    hint: 'Install runc and run setup again; it chooses runc here.',
    checks: ['runtime', 'cgroups'],
  },
  {
    pattern: /parsing (?:env )?file .*: invalid (?:environment )?variable|token too long/,
    meaning: 'podman cannot read a line of .env: it starts with "=" or is longer than 64 KiB.',
    hint: 'Check it: razroom-panel env check',
    checks: ['env'],
  },
  {
    pattern: /open \S+\.env: no such file or directory/,
    meaning: 'There is no .env, and podman does not start without it.',
    hint: 'Run setup again; it writes the file.',
    checks: ['env', 'files'],
  },
  {
    pattern: /address already in use|port is already allocated|bind: .*in use/i,
    meaning: 'Another program holds one of the gateway’s ports.',
    hint: 'Stop that program, or choose another port in the settings.',
    checks: ['ports', 'address'],
  },
  {
    pattern: /no space left on device|ENOSPC/i,
    meaning: 'The disk is full.',
    hint: 'Free some space, then start the gateway again.',
    checks: ['disk'],
  },
  {
    pattern: /JavaScript heap out of memory/,
    meaning: 'The gateway ran out of memory.',
    hint: 'Give the machine more memory; a cold start needs about 1.3 GB.',
    checks: ['memory'],
  },
  {
    pattern: /\[(?:canvas|cron)\].*failed to start: .*EACCES/,
    meaning: 'The gateway may not write to its config directory; it runs, without that part.',
    hint: 'Give the config directory back to the gateway’s user: sudo chown -R USER: DIRECTORY',
    isMinor: true,
    checks: ['files'],
  },
  {
    pattern: /device token mismatch/,
    meaning:
      'A browser or device came with a token of its own that is no longer right; that alone does not end the gateway.',
    hint: 'Remove the device in the gateway and pair it again.',
    isMinor: true,
    checks: [],
  },
  {
    pattern: /pairing required/,
    meaning: 'A new browser asked to be let in; that alone does not end the gateway.',
    hint: 'Approve it on the overview, or run: sudo razroom-panel devices list',
    isMinor: true,
    checks: [],
  },
]

/** Written at each start, whatever comes of it. */
const HARMLESS = [
  /State dir migration skipped: target already exists/,
  /^Run: razroom doctor --fix$/,
  /^File: /,
  /^Problem:$/,
]
/** Once it has been ready, older lines belong to a start that succeeded. */
const READY = /listening on ws:\/\//

const OUT_OF_MEMORY = {
  meaning: 'The machine ran out of memory and ended the gateway.',
  hint: 'Give the machine more memory, or stop other programs; a cold start needs about 1.3 GB.',
}
const SIGNALS: Readonly<Record<number, { meaning: string; hint: string }>> = {
  137: {
    meaning: 'The gateway was killed: the memory ran out, or it was stopped before it had started.',
    hint: 'Start it again and give it time. If it is killed again, look at the memory: a cold start needs about 1.3 GB.',
  },
  143: { meaning: 'The gateway was told to end (SIGTERM).', hint: 'Start it again when it should run.' },
  130: { meaning: 'The gateway was interrupted (SIGINT).', hint: 'Start it again when it should run.' },
  125: {
    meaning: 'podman could not create the container.',
    hint: 'Its message says why; razroom-panel env check looks at .env.',
  },
  126: { meaning: 'The command of the image cannot be run.', hint: 'Build or choose another image.' },
  127: {
    meaning: 'The image does not have the program of the gateway.',
    hint: 'Build or choose another image: it must be one of Razroom.',
  },
}
const UNKNOWN = {
  meaning: 'The gateway ended with an error the panel does not know; this is the last thing it said.',
  hint: 'Look at the lines before it in the log.',
}

/**
 * Why the container ended.
 *
 * @param lines the last lines it printed, oldest first, colours and all
 * @param exitCode of the container; 0 was an orderly end
 * @param oomKilled podman knows that the kernel ended it for want of memory
 * @returns null after an orderly end
 */
export function explainExit(
  lines: readonly string[],
  exitCode: number,
  oomKilled: boolean,
): FatalLine | null {
  if (exitCode === 0 && !oomKilled) return null
  const told = lines
    .map(plain)
    .filter((line) => line.trim() !== '' && !HARMLESS.some((rule) => rule.test(bareMessage(line))))
  const last = told.at(-1)?.trim() ?? `exit code ${exitCode}`
  if (oomKilled) return { line: last, ...OUT_OF_MEMORY }
  const sinceReady = told.slice(told.findLastIndex((line) => READY.test(line)) + 1)
  return (
    explainByRules(sinceReady, (rule) => !rule.isMinor) ??
    explainBySignal(last, exitCode) ??
    explainByRules(sinceReady.slice(-1), () => true) ?? { line: last, ...UNKNOWN }
  )
}

/**
 * Why systemd does not start a unit whose last run says nothing of it; null when it did not give up.
 * @param result of the unit (org.freedesktop.systemd1(5), Result)
 */
export function explainGivenUp(unit: string, result: string): FatalLine | null {
  if (result !== 'start-limit-hit') return null
  return {
    line: `${unit}: start of the service was attempted too often.`,
    meaning:
      'systemd gave up: the gateway was started too often in a short time, by hand or after it had ended.',
    hint: 'Start it by the panel, which makes systemd count anew: sudo razroom-panel launch',
  }
}

/**
 * What a line of a running log means, taken alone; null when the panel does not know it. What merely leads to an end
 * counts as well, and only the beginning of a long line is looked at.
 */
export function explainLine(text: string): FatalLine | null {
  const line = plain(text.slice(0, MAX_LOOKED_AT))
  const message = bareMessage(line)
  const rule = RULES.find(({ pattern, below }) => !below && pattern.test(message))
  return rule ? { line: line.trim(), meaning: rule.meaning, hint: rule.hint } : null
}

const MAX_LOOKED_AT = 2_000

/** The checks of the doctor that look at the cause of this line; null when the panel does not know it. */
export function checksForLine(text: string): readonly string[] | null {
  const message = bareMessage(plain(text))
  // The lines below a "Config invalid" come here without it.
  return RULES.find(({ pattern }) => pattern.test(message))?.checks ?? null
}

function explainByRules(lines: readonly string[], isWanted: (rule: Rule) => boolean): FatalLine | null {
  const messages = lines.map(bareMessage)
  for (const [index, line] of [...lines.entries()].toReversed()) {
    const above = messages.slice(0, index)
    const rule = RULES.find(
      (candidate) =>
        isWanted(candidate) &&
        candidate.pattern.test(messages[index] ?? '') &&
        (!candidate.below || above.some((message) => candidate.below?.test(message))),
    )
    if (rule) return { line: line.trim(), meaning: rule.meaning, hint: rule.hint }
  }
  return null
}

function explainBySignal(line: string, exitCode: number): FatalLine | null {
  const signal = SIGNALS[exitCode]
  return signal ? { line, ...signal } : null
}

/** The line without its SGR colours (ECMA-48, 8.3.117). */
function plain(line: string): string {
  return line.replace(/\x1b\[[0-9;:]*m/g, '').replace(/\r$/, '')
}

/** The line without the ISO time in front. */
function bareMessage(line: string): string {
  return line.replace(/^\d{4}-\d\d-\d\dT[\d:.]{8,}(?:Z|[+-]\d\d:\d\d) /, '')
}
