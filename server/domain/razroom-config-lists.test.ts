import { describe, expect, it } from 'vitest'
import { addConfigItem, setConfigValue } from './razroom-config.ts'

describe('addConfigItem', () => {
  const PATH = ['a', 'list']
  it.each([
    ['{ a: { list: [] } }', '{ a: { list: ["x"] } }'],
    ['{ a: { list: [ "1" ] } }', '{ a: { list: [ "1", "x" ] } }'],
    [
      '{ a: { list: [\n    "1", // one\n    // end\n  ] } }',
      '{ a: { list: [\n    "1", // one\n    // end\n    "x",\n  ] } }',
    ],
    ['{a: {list: [\r\n\t{b: 1}\r\n]}}', '{a: {list: [\r\n\t{b: 1},\r\n\t"x"\r\n]}}'],
  ])('adds to %j', (source, wanted) => {
    expect(addConfigItem(source, PATH, 'x')).toBe(wanted)
  })

  it.each(['{ a: { list: 5 } }', '{ a: {} }', '{ a: [] }', '{'])('refuses %j', (source) => {
    expect(() => addConfigItem(source, PATH, 'x')).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    )
  })

  it('refuses what is nested without end, as every change does', () => {
    const deep = `{ a: ${'['.repeat(600)}${']'.repeat(600)} }`
    expect(() => setConfigValue(deep, ['b'], 'x')).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    )
  })
})
