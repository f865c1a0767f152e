import { expect, test } from 'vitest'
import type { ExportFormat } from '../../contract/unit.ts'
import { exportVariables } from './export-variables.ts'
import { renderCompose } from './render-compose.ts'
import { type ExportInput, renderExport } from './render-export.ts'
import { renderKube } from './render-kube.ts'
import { launchScript } from './render-launch-script.ts'
import { renderQuadlet } from './render-quadlet.ts'
import { renderUserUnit } from './render-user-unit.ts'
import { ordinarySpec } from './test-specs.ts'

const env = new Map([
  ['RAZROOM_GATEWAY_TOKEN', 'feed0123'],
  ['OPENAI_API_KEY', 'sk-canary'],
  ['IRC_HOST', 'irc.example.org'],
  ['export A', 'x'],
])

function input(change: Partial<ExportInput> = {}): ExportInput {
  const withSecrets = change.withSecrets ?? false
  const variables = exportVariables(env, 'feed0123', withSecrets)
  return { spec: ordinarySpec, startAtBoot: true, podmanVersion: '5.4.2', variables, withSecrets, ...change }
}

const FORMATS: readonly ExportFormat[] = ['quadlet', 'service', 'script', 'kube', 'compose']

test('each is the rendering of the spec, under the name it is used by', () => {
  const { values } = input().variables
  const expected: [string, string][] = [
    ['razroom.container', renderQuadlet(ordinarySpec, { podmanVersion: '5.4.2', startAtBoot: true })],
    ['razroom.service', renderUserUnit(ordinarySpec, { startAtBoot: true })],
    ['run-razroom-podman.sh', launchScript(ordinarySpec)],
    ['razroom.yaml', renderKube(ordinarySpec, values)],
    ['compose.yaml', renderCompose(ordinarySpec, null)],
  ]
  expect(FORMATS.map((format) => renderExport(format, input()))).toEqual(
    expected.map(([filename, text], index) => ({
      format: FORMATS[index],
      filename,
      text,
      notes: expect.any(Array),
    })),
  )
})

test.each(FORMATS)('%s holds no secret unasked, not in its notes either', (format) => {
  expect(JSON.stringify(renderExport(format, input()))).not.toMatch(/feed0123|sk-canary/)
})

test.each(['kube', 'compose'] as const)('%s holds the secrets when they are asked for', (format) => {
  const { text, notes } = renderExport(format, input({ withSecrets: true }))
  expect(text).toMatch(/RAZROOM_GATEWAY_TOKEN: feed0123\n[\s\S]*OPENAI_API_KEY: sk-canary\n/)
  expect(notes.join('\n')).toContain('Left out, for they are no names of variables: "export A".')
  expect(notes.join('\n')).not.toContain('Put in')
})

test.each(['quadlet', 'service', 'script'] as const)('%s has no place for secrets', (format) => {
  expect(renderExport(format, input({ withSecrets: true })).text).not.toMatch(/feed0123|sk-canary/)
})

test.each([
  [false, 'export compose |'],
  [true, 'export compose --secrets |'],
])('compose says whole commands (with secrets: %s)', (withSecrets, words) => {
  const notes = renderExport('compose', input({ withSecrets })).notes.join('\n')
  expect(notes).toContain(
    `sudo razroom-panel ${words} sudo install --mode=0600 --owner=razroom /dev/stdin /home/razroom/compose.yaml\n`,
  )
  expect(notes).toContain('cd / && sudo -u razroom podman-compose -f /home/razroom/compose.yaml up -d\n')
})

test('kube says what has to be put in', () => {
  expect(renderExport('kube', input()).notes).toContain(
    'Put in what is not in the file: RAZROOM_GATEWAY_TOKEN, OPENAI_API_KEY.',
  )
})

test.each([
  ['4.3.1', 'podman 4.3.1 of this host has no Quadlet'],
  [null, 'there is none here'],
])('where podman is %s, the Quadlet file is for the oldest that reads one', (podmanVersion, words) => {
  const { text, notes } = renderExport('quadlet', input({ podmanVersion }))
  expect(text).toBe(renderQuadlet(ordinarySpec, { podmanVersion: '4.4.0', startAtBoot: true }))
  expect(notes[0]).toContain(words)
})

test('the start at boot needs a word only where it is wanted', () => {
  const notes = (startAtBoot: boolean) => renderExport('service', input({ startAtBoot })).notes.join('\n')
  expect(notes(true)).toMatch(/enable-linger razroom[\s\S]*systemctl --user enable razroom/)
  expect(notes(false)).not.toMatch(/enable/)
})
