/** How a command of the gateway gives way to the gateway itself, in any image: neither nice nor ionice need be there. */

/** As timeout(1) has it. */
export const TIMED_OUT_EXIT = 124
/** What is left inside when podman was ended outside, ends a little later by itself. */
const GRACE_MS = 2_000

/**
 * Flags of Node that give a program the lowest priority before its first line runs:
 * - each thread there is gets nice 19, for Linux has it by thread (setpriority(2), BUGS), and threads and programs that
 *   come later inherit it. Reading and writing follow: without a class of its own a thread's I/O priority is
 *   derived from its nice value (ioprio_set(2)).
 * - it is the first to go when memory runs out (proc_pid_oom_score_adj(5)), not the gateway beside it.
 * - it ends by itself when it hangs, with TIMED_OUT_EXIT: ending podman does not end what runs inside.
 * What is refused there is left out: the answer is worth more.
 */
export function lowPriorityFlags(timeoutMs: number): readonly string[] {
  const source = [
    'import{readdirSync,writeFileSync}from"node:fs"',
    'import{setPriority}from"node:os"',
    'const attempt=(work)=>{try{work()}catch{}}',
    'attempt(()=>{for(const id of readdirSync("/proc/self/task"))attempt(()=>setPriority(Number(id),19))})',
    'attempt(()=>writeFileSync("/proc/self/oom_score_adj","1000"))',
    `setTimeout(()=>process.exit(${TIMED_OUT_EXIT}),${timeoutMs + GRACE_MS}).unref()`,
  ].join(';')
  return ['--import', `data:text/javascript,${encodeURIComponent(source)}`]
}
