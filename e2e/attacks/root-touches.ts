/** Reads what strace(1) saw of the panel's processes: which paths they named, and as whom. Pure. */

/** One call that named a path, or returned a descriptor that leads to it. */
export interface Touch {
  readonly pid: number
  readonly euid: number
  /** The program that the process ran last, by its name. */
  readonly program: string
  readonly call: string
  readonly path: string
}

export interface TraceStart {
  readonly pid: number
  readonly euid: number
}

/** What strace is to show: every call that takes a path, who is made, what it becomes, and whom it runs as. */
export const TRACED_CALLS =
  'trace=%file,clone,clone3,fork,vfork,setuid,setreuid,setresuid,setfsuid,connect,bind,fchdir,io_uring_setup'

interface Process {
  euid: number
  /** While a call that sets it has not returned. */
  formerEuid?: number | undefined
  program: string
  cwd: string
}

const LINE = /^(\d+)\s+(?:<\.\.\. )?([a-z0-9_]+)(?: resumed>)?(.*)$/s
const MAKES = new Set(['clone', 'clone3', 'fork', 'vfork'])
/** The argument that becomes the effective uid. */
const EUID_ARGUMENT: Readonly<Record<string, number>> = { setuid: 0, setreuid: 1, setresuid: 1, setfsuid: 0 }

/**
 * @param text output of `strace -f -y -o FILE`, in which each line begins with a pid
 * @param starts the processes that it began with; a child has the euid of its parent until it sets its own
 * @returns each path in each call, whoever made it; calls of processes whose beginning was not seen have euid -1
 */
export function readTouches(text: string, starts: readonly TraceStart[]): Touch[] {
  const processes = new Map<number, Process>(
    starts.map(({ pid, euid }) => [pid, { euid, program: '', cwd: '/' }]),
  )
  const touches: Touch[] = []
  // Lines of a child may come before its parent's call returns: who made whom is read first.
  const parents = new Map<number, number>()
  const lines = text.split('\n').flatMap((line) => {
    const [, pid = '', call = '', rest = ''] = LINE.exec(line) ?? []
    if (pid === '' || call === '') return []
    const child = MAKES.has(call) ? /= (\d+)\s*$/.exec(rest)?.[1] : undefined
    if (child !== undefined) parents.set(Number(child), Number(pid))
    return [{ pid: Number(pid), call, rest }]
  })
  const processOf = (pid: number): Process => {
    const known = processes.get(pid)
    if (known) return known
    const parent = parents.get(pid)
    const own = parent === undefined ? { euid: -1, program: '', cwd: '/' } : { ...processOf(parent) }
    processes.set(pid, own)
    return own
  }
  for (const { pid, call, rest } of lines) {
    const own = processOf(pid)
    const at = EUID_ARGUMENT[call]
    if (at !== undefined) {
      const argument = /^\(([^)<]*)/.exec(rest)?.[1]?.split(',')[at]?.trim() ?? ''
      if (/ = -1 /.test(rest)) own.euid = own.formerEuid ?? own.euid
      else if (/^\d+$/.test(argument)) {
        // Of a call that another process interrupts in the output the result comes later.
        own.formerEuid = rest.includes('<unfinished') ? own.euid : undefined
        own.euid = Number(argument)
      }
      continue
    }
    const all = pathsOf(rest, own.cwd)
    // What follows is the program's arguments, or what a link says: named, and not looked at.
    const isFirstOnly = /^(?:execve|readlink)/.test(call)
    const paths = isFirstOnly ? all.filter((_, index) => index <= all.findIndex(isNamed(rest))) : all
    if (call === 'execve' && paths[0] !== undefined && !/ = -1 /.test(rest))
      own.program = paths[0].replace(/^.*\//, '')
    if (call === 'chdir' && paths[0] !== undefined && / = 0$/.test(rest)) own.cwd = paths[0]
    for (const path of paths) touches.push({ pid, euid: own.euid, program: own.program, call, path })
    // A ring with a thread of its own makes calls that no trace shows; one without takes none that name a path.
    if (call === 'io_uring_setup' && rest.includes('IORING_SETUP_SQPOLL'))
      touches.push({ pid, euid: own.euid, program: own.program, call, path: 'io_uring' })
  }
  return touches
}

/** Every path in the arguments and the result: quoted ones, with the directory they are relative to, and those of `-y`. */
function pathsOf(rest: string, cwd: string): string[] {
  const paths: string[] = []
  let base = cwd
  for (const [, directory, named] of rest.matchAll(/<(\/[^>"]*)>|"((?:[^"\\]|\\.)*)"/g)) {
    if (directory !== undefined) {
      base = directory
      paths.push(directory)
    } else if (named !== undefined && named !== '')
      paths.push(named.startsWith('/') ? named : `${base}/${named}`)
  }
  return paths.map((path) => path.replace(/\/\.(?=\/|$)/g, '').replace(/\/{2,}/g, '/'))
}

/** Whether a path stands in quotes, and is not one that `-y` tells of a descriptor. */
const isNamed =
  (rest: string) =>
  (path: string): boolean =>
    !rest.includes(`<${path}>`)

/** Touches of root, or of nobody knows whom, below one of these directories, which themselves may be looked at. */
export function touchesOfRoot(touches: readonly Touch[], directories: readonly string[]): Touch[] {
  return touches.filter(
    ({ euid, path }) => euid <= 0 && directories.some((directory) => path.startsWith(`${directory}/`)),
  )
}
