import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { EnvEdit } from '../../contract/env.ts'
import { applyEnvEdits } from './env-edits.ts'
import { type EnvFile, parseEnvFile, renderEnvFile } from './env-file.ts'
import { checkEnv, refuseDangerousEnv } from './env-findings.ts'
import { envEntries } from './env-view.ts'
import { anyEnvBytes, anyEnvText } from './test-env-documents.ts'

const file = (text: string) => parseEnvFile(new TextEncoder().encode(text))
const text = (document: EnvFile) =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(renderEnvFile(document))

/** Every mend that is offered, as a client would send them: in the order of the findings. */
function offeredMends(document: EnvFile): Extract<EnvEdit, { op: 'mend' }>[] {
  return checkEnv(document).flatMap(({ id, line, fix }) =>
    fix === undefined || line === undefined ? [] : [{ op: 'mend', line, finding: id }],
  )
}

/** What becomes of the line by the mend of this finding; null when it is not offered. */
function mend(document: string, id: string, line = 1): string | null {
  const isOffered = offeredMends(file(document)).some((edit) => edit.finding === id && edit.line === line)
  return isOffered ? text(applyEnvEdits(file(document), [{ op: 'mend', line, finding: id }])) : null
}

test.each([
  ['env.quotes', 'A="x y"', 'A=x y'],
  ['env.quotes', "A='x y'  \n", 'A=x y\n'],
  ['env.quotes', 'A= "x"', 'A=x'],
  ['env.quotes', 'A=""', 'A='],
  ['env.quotes', 'A="it\'s"', "A=it's"],
  ['env.quotes', 'A=\'{"k":"v"}\'', 'A={"k":"v"}'],
  ['env.quotes', 'A="C:\\dir"', 'A=C:\\dir'],
  ['env.quotes', "A='C:\\new'", 'A=C:\\new'],
  ['env.quotes', 'A="5$"', 'A=5$'],
  ['env.quotes', "A='pa$word'", 'A=pa$word'],
  ['env.quotes', 'A="x#y"', 'A=x#y'],
  ['env.quotes', 'A="x" # c', '# c\nA=x'],
  ['env.quotes', 'export A="x"\r\nB=1\r\n', 'export A=x\r\nB=1\r\n'],
  ['env.inline-comment', 'A=x # c\r\n', '# c\r\nA=x\r\n'],
  ['env.inline-comment', 'A=x\t# c', '# c\nA=x'],
  ['env.inline-comment', 'A="x # y" # c', '# c\nA="x # y"'],
  ['env.inline-comment', 'A= # c', '# c\nA='],
  ['env.inline-comment', 'MY_PASSWORD="correct horse" # c', '# c\nMY_PASSWORD="correct horse"'],
  ['env.blanks', 'A= x \t', 'A=x'],
  ['env.blank-before-equals', 'A =x', 'A=x'],
  ['env.export', '  export\t A=x', '  A=x'],
  ['env.bom', '\ufeffA=x', 'A=x'],
  ['env.bom', '\ufeff# c\nA=1', '# c\nA=1'],
  ['env.bom', '\ufeff \ufeffA=1', 'A=1'],
  ['env.remark', ';A=1', '#A=1'],
  ['env.remark', '//A=1', '#A=1'],
  ['env.remark', '-A=1', '# -A=1'],
  ['env.not-an-assignment', '; words', '# words'],
  ['env.not-an-assignment', 'some words\n', '# some words\n'],
  ['env.colon', 'A: x ', 'A=x'],
  ['env.colon', 'export A: "x"', 'A="x"'],
  ['env.colon', 'A: x\nA=y', '# A: x\nA=y'],
  ['env.no-key', ' =x', '# =x'],
  ['env.imports-host', 'A', '# A'],
  ['env.imports-many', 'PRE*', '# PRE*'],
  ['env.dangerous', 'LD_PRELOAD=/x.so', '# LD_PRELOAD=/x.so'],
  ['env.dangerous', '# c\rPATH=/x\nA=1', '# c\n# PATH=/x\nA=1'],
  ['env.dangerous', 'A=1\u2028PATH=/x', '# A=1\n# PATH=/x'],
  ['env.dangerous', '\ufeffPATH=/x', '# PATH=/x'],
  ['env.panel-owned', 'TERM=dumb', '# TERM=dumb'],
  ['env.twice', 'A=1\nA=2\n', 'A=2\n'],
  ['env.carriage-return', 'A=x\rB=y\r\n', 'A=x\r\nB=y\r\n'],
  ['env.carriage-return', 'A=x\r\r\n', 'A=x\r\n'],
  ['env.nul', 'A=x\0\0\nB=1', 'A=x\nB=1'],
  ['env.nul', '# a\0b', '# ab'],
  ['env.near-name', 'GROK_API_KEY=x', 'GROQ_API_KEY=x'],
  ['env.near-name', 'GROK_API_KEY=xai-1', 'XAI_API_KEY=xai-1'],
  ['env.near-name', 'export TELEGRAM_TOKEN =x', 'export TELEGRAM_BOT_TOKEN =x'],
  ['env.empty-secret', 'OPENAI_API_KEY=', '# OPENAI_API_KEY='],
])('%s mends %j', (id, before, after) => {
  expect(mend(before, id)).toBe(after)
})

test.each([
  ['env.quotes', 'A="abc', 'the quote is not closed'],
  ['env.quotes', 'A="a\\nb"', 'bash and dotenv read the escape differently'],
  ['env.quotes', 'A="a\\"b"', 'bash drops the backslash, dotenv keeps it'],
  ['env.quotes', 'A="a$HOME"', 'bash puts in a variable'],
  ['env.quotes', 'A="x"y', 'something follows'],
  ['env.quotes', 'A="x"#y', 'bash takes it for a part of the value, dotenv for a comment'],
  ['env.quotes', 'A=" x"', 'the blank would be taken for a slip'],
  ['env.quotes', `A="'x'"`, 'there would be quotes again'],
  ['env.quotes', 'A="x # y"', 'it would look like a comment'],
  ['env.quotes', "A='$(cmd)'", 'a shell would run it without quotes'],
  ['env.quotes', "A='x\\'", 'dotenv takes the quote for a part of the value'],
  ['env.quotes', 'A="x"\0', 'podman reads another text'],
  ['env.inline-comment', 'MY_PASSWORD=correct horse # battery', 'it may be a passphrase'],
  ['env.nul', 'A=x\0y', 'what stands behind it may be meant'],
  ['env.not-utf8', 'A=\ufffd', 'it is not there'],
  ['env.command', 'A=$(cmd)', 'only a person knows the value'],
  ['env.line-too-long', `A=${'x'.repeat(70_000)}`, 'nothing makes it shorter'],
  ['env.twice', 'A=1', 'it is set once'],
  ['env.near-name', 'GROK_API_KEY=x\nGROQ_API_KEY=y', 'the right name is taken'],
  ['env.carriage-return', 'A=x\rPATH=y', 'it would set a dangerous variable for podman'],
  ['env.carriage-return', 'A=x\r=y', 'the container would not start'],
  ['env.bom', '\ufeffPATH=y', 'it would set a dangerous variable for podman'],
  ['env.bom', '\ufeff=y', 'the container would not start'],
  ['env.export', 'export A B=x', 'there would be no name'],
  ['env.panel-owned', `TERM=${'x'.repeat(65_530)}`, 'the comment would be too long'],
])('%s is not mended in %j: %s', (id, before) => {
  expect(mend(before, id)).toBeNull()
})

test('a line with other bytes is not mended, but goes as a whole', () => {
  const bytes = Uint8Array.from([...new TextEncoder().encode('A="'), 0xff, 0x22, 0x0a, 0x41, 0x3d, 0x31])
  expect(offeredMends(parseEnvFile(bytes)).map(({ finding }) => finding)).toEqual(['env.twice'])
})

test('parts of a value of several lines are left alone, but for what does harm', () => {
  const document = file('A="begin\nmiddle words\n=x\nend"\nother words\n')
  expect(offeredMends(document).map(({ line, finding }) => `${line} ${finding}`)).toEqual([
    '3 env.no-key',
    '5 env.not-an-assignment',
  ])
})

test('a preview shows the line, and a secret never, whatever becomes of it', () => {
  const previews = (before: string) => checkEnv(file(before)).flatMap(({ fix }) => fix?.preview ?? [])
  expect(previews('A="x" # c')).toEqual(['# c\nA=x', '# c\nA="x"'])
  expect(previews('A=1\nA=2')).toEqual([''])
  expect(previews('OPENAI_API_KEY="swordfish" # swordfish')).toEqual([
    '# ••••••••\nOPENAI_API_KEY=••••••••',
    '# ••••••••\nOPENAI_API_KEY=••••••••',
  ])
  expect(previews('LD_TOKEN=swordfish')).toEqual(['# LD_TOKEN=••••••••'])
  expect(previews('=swordfish')).toEqual(['# ••••••••'])
  expect(previews('OPENAI_API_KEY: swordfish')).toEqual(['OPENAI_API_KEY=••••••••'])
  expect(previews(`A="${'x'.repeat(1_000)}"`)[0]).toHaveLength(301)
})

test('what the table masks is in no preview', () => {
  const lead = fc.constantFrom('', 'export ', '# ', ' ', '\ufeff', '=', '"', ';', 'PATH ', 'A ', 'A="1" # ')
  const name = fc.constantFrom('MY_TOKEN', 'GROK_API_KEY', 'LD_PRELOAD', 'A', 'a-b', 'TERM')
  const sign = fc.constantFrom('=', ' = ', ': ', '="', "='", '=x # ', '\r', ' ', '=\r')
  const end = fc.constantFrom('', '"', "'", '\0', '\r', ' # c')
  fc.assert(
    fc.property(lead, name, sign, end, (...[a, key, equals, b]) => {
      const document = file(`${a}${key}${equals}swordfish${b}\nMY_TOKEN=\nTERM=\nA=\n`)
      if (envEntries(document)[0]?.masked !== true) return
      for (const { fix } of checkEnv(document)) expect(fix?.preview ?? '').not.toContain('swordfish')
    }),
    { numRuns: 3_000 },
  )
})

const anyDocument = fc.oneof(
  anyEnvBytes,
  anyEnvText.map((word) => new TextEncoder().encode(word)),
)

test('all mends together end, do no harm, and are not offered again', () => {
  fc.assert(
    fc.property(anyDocument, (bytes) => {
      let document = parseEnvFile(bytes)
      for (let round = 0; ; round += 1) {
        const edits = offeredMends(document)
        if (edits.length === 0) return
        expect(round).toBeLessThan(6)
        const after = applyEnvEdits(document, edits)
        expect(() => refuseDangerousEnv(document, after)).not.toThrow()
        expect(renderEnvFile(after)).not.toEqual(renderEnvFile(document))
        document = after
      }
    }),
    { numRuns: 3_000 },
  )
})

test('one mend touches its line and no other byte, and takes its own finding away', () => {
  fc.assert(
    fc.property(anyDocument, fc.nat(), (bytes, choice) => {
      const document = parseEnvFile(bytes)
      const edits = offeredMends(document)
      const edit = edits[choice % edits.length]
      if (edit === undefined) return
      const after = applyEnvEdits(document, [edit])
      const [raw, mended] = [document.lines.map((line) => line.raw), after.lines.map((line) => line.raw)]
      expect(mended.slice(0, edit.line - 1)).toEqual(raw.slice(0, edit.line - 1))
      const rest = raw.length - edit.line
      expect(rest === 0 ? [] : mended.slice(-rest)).toEqual(raw.slice(edit.line))
      const isOf = ({ id, line = 0 }: { id: string; line?: number }) =>
        id === edit.finding && line >= edit.line && line <= after.lines.length - rest
      expect(checkEnv(after).filter(isOf)).toEqual([])
    }),
    { numRuns: 3_000 },
  )
})
