import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { prepareInside } from './enter.ts'
import { createHost } from './host.ts'
import { isStale, listRecords, readRecord } from './host-record.ts'
import { KINDS, parseHostKind } from './kinds.ts'
import { sweepStaleHosts } from './sweep.ts'
import { tearDown } from './teardown.ts'

const USAGE = `Disposable Debian hosts (needs root):
  node e2e/host/main.ts up KIND [--bare] [--mirrors]   boot one that stays; KIND: ${Object.keys(KINDS).join(', ')}
  node e2e/host/main.ts shell NAME [USER]              a shell in it
  node e2e/host/main.ts down NAME...                   remove hosts
  node e2e/host/main.ts list                           what there is
  node e2e/host/main.ts sweep                          remove leftovers of test runs that were killed`

async function up(kindText: string, bare: boolean, mirrors: boolean): Promise<void> {
  const kind = parseHostKind(kindText)
  const network = mirrors ? 'mirrors' : 'isolated'
  const host = await createHost({ kind, base: bare ? 'bare' : 'ready', network, keep: true })
  console.log(`${host.name} is up.
  enter:   node e2e/host/main.ts shell ${host.name}
  files:   ${host.root}
  network: ip netns exec ${host.netns} curl http://127.0.0.1:18780/healthz
  remove:  node e2e/host/main.ts down ${host.name}`)
}

/** @returns the shell's exit code */
async function shell(name: string, user: string): Promise<number> {
  const term = process.env.TERM ?? 'linux'
  const options = { user, env: { TERM: term } }
  const { argv, env } = await prepareInside(await readRecord(name), ['bash', '-i'], options)
  const [program = '', ...args] = argv
  return spawnSync(program, args, { stdio: 'inherit', env: { ...env } }).status ?? 255
}

async function down(names: readonly string[]): Promise<void> {
  const records = await listRecords()
  const unknown = names.filter((name) => !records.some((record) => record.name === name))
  for (const record of records) if (names.includes(record.name)) await tearDown(record)
  if (unknown.length > 0) throw new Error(`there is no host called ${unknown.join(', ')}`)
}

async function list(): Promise<void> {
  for (const record of await listRecords()) {
    const owner = record.owner === null ? 'kept' : `of process ${record.owner.pid}`
    const state = isStale(record) ? 'leftover' : owner
    console.log(`${record.name}\t${record.base}\t${record.network}\t${state}\tsince ${record.createdAt}`)
  }
}

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { bare: { type: 'boolean' }, mirrors: { type: 'boolean' } },
  })
  const [command, first, ...rest] = positionals
  if (command === 'up' && first) await up(first, values.bare === true, values.mirrors === true)
  else if (command === 'shell' && first) return shell(first, rest[0] ?? 'root')
  else if (command === 'down' && first) await down([first, ...rest])
  else if (command === 'list') await list()
  else if (command === 'sweep') for (const name of await sweepStaleHosts()) console.log(`removed ${name}`)
  else {
    console.error(USAGE)
    return 2
  }
  return 0
}

process.exitCode = await main()
