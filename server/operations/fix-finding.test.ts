import { expect, test } from 'vitest'
import { PanelError } from '../errors.ts'
import { planFix } from './fix-finding.ts'
import type { OperationPlan, StepContext } from './runner.ts'
import { makeDoctorWorld, TOKEN } from './test-doctor-world.ts'
import { PATHS, USER } from './test-file-world.ts'

const remember = () => undefined

/** Runs the steps as the runner does. @returns what each found and did */
async function run({ steps }: OperationPlan): Promise<string[]> {
  const told: string[] = []
  for (const { id, run: runStep } of steps) {
    const note = (word: string) => (text: string) => told.push(`${id} ${word}: ${text}`)
    const context: StepContext = {
      found: note('found'),
      did: note('did'),
      command: () => undefined,
      signal: new AbortController().signal,
      watch: {},
      startedBy: 'cli',
      kind: 'fix-finding',
    }
    await runStep(context)
  }
  return told
}

const codeOf = async (work: Promise<unknown>) => {
  const error = await work.catch((thrown: unknown) => thrown)
  return error instanceof PanelError ? `${error.code} ${error.detail}` : error
}

test('a finding is mended and looked at again', async () => {
  const { options, ...world } = makeDoctorWorld()
  world.put(PATHS.envFile, `RAZROOM_GATEWAY_TOKEN=${TOKEN}\nNAME="quoted"\n`)
  const plan = await planFix(options, 'env.findings', remember)
  expect(plan.kind).toBe('fix-finding')
  expect(plan.steps.map(({ id }) => id)).toEqual(['finding', 'mend-env', 'look-again'])
  const told = await run(plan)
  expect(world.text(PATHS.envFile)).toBe(`RAZROOM_GATEWAY_TOKEN=${TOKEN}\nNAME=quoted\n`)
  expect(told.at(-1)).toBe('look-again found: env.findings: gone')
  expect(world.history(PATHS.envFile)[0]).toMatch(/^cli\/fix-finding: /)
})

test('by the name of the check, every finding of it, and a step that two share is done once', async () => {
  const { options, ...world } = makeDoctorWorld()
  let odd = [
    { path: PATHS.envFile, kind: 'file', uid: USER.uid, mode: 0o644 } as const,
    { path: `${PATHS.configDir}/x`, kind: 'file', uid: 0, mode: 0o600 } as const,
  ]
  world.break({
    findOddFiles: async () => odd,
    giveBackFiles: async () => {
      odd = []
      return [`${PATHS.configDir}/x`]
    },
  })
  const plan = await planFix(options, 'files', remember)
  expect(plan.steps.map(({ id }) => id)).toEqual(['finding', 'give-back', 'close-env', 'look-again'])
  expect(await run(plan)).toContain(`give-back did: gave ${PATHS.configDir}/x back to razroom`)
})

test('a broken razroom.json goes back to the version the gateway started with', async () => {
  const { options, ...world } = makeDoctorWorld()
  const good = '{ gateway: { mode: "local" } }\n'
  const bytes = new TextEncoder().encode(good)
  const record = { by: 'page', etag: world.etag(PATHS.configFile), bytes, added: 1, removed: 0 } as const
  const { id } = await options.host.addVersion(PATHS.configFile, record)
  await options.host.markVersionProven(PATHS.configFile, id, '2026-01-02T00:00:00Z')
  world.put(PATHS.configFile, '{ gateway: ')
  const told = await run(await planFix(options, 'config.findings', remember))
  expect(world.text(PATHS.configFile)).toBe(good)
  expect(told).toContain(
    'mend-config found: the version of 2026-01-02T00:00:00Z is the last with which a gateway started',
  )
})

test('what remains is a failure, with what is still seen', async () => {
  const { options, ...world } = makeDoctorWorld()
  world.break({
    findOddFiles: async () => [{ path: PATHS.envFile, kind: 'file', uid: 0, mode: 0o600 }],
    giveBackFiles: async () => [],
  })
  const plan = await planFix(options, 'files.root-owned', remember)
  expect(await codeOf(run(plan))).toMatch(/^FINDING_REMAINS .*belong to root: .*\.env/)
})

test('where nothing is wrong nothing is changed', async () => {
  const { options } = makeDoctorWorld()
  expect(await run(await planFix(options, 'env', remember))).toEqual([
    'finding found: env: nothing is wrong, so nothing is changed',
  ])
  const { steps } = await planFix(options, 'linger.off', remember)
  expect(steps.map(({ id }) => id)).toEqual(['finding'])
})

test('refuses what it does not know, and what only a person can mend', async () => {
  const world = makeDoctorWorld()
  const { options } = world
  expect(await codeOf(planFix(options, 'no.such', remember))).toBe('FINDING_UNKNOWN no.such')
  expect(await codeOf(planFix(options, 'constructor', remember))).toBe('FINDING_UNKNOWN constructor')
  world.container = null
  world.break({
    findPortHolder: async (port) => ({ address: '127.0.0.1', port, uid: 0, pid: 7, program: 'x' }),
  })
  expect(await codeOf(planFix(options, 'port.18789', remember))).toMatch(
    /^FINDING_NOT_MENDABLE .*sudo kill 7/,
  )
})
