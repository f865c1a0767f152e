/** Reads unit files for tests as systemd does: systemd.syntax(7), systemd.unit(5), systemd.service(5). */

/** Values of each key of a section in their order, comments left out. */
export type ParsedUnit = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>

/** @throws {Error} a line that is neither comment, section nor assignment, or a continued line */
export function parseUnit(text: string): ParsedUnit {
  const unit: Record<string, Record<string, string[]>> = {}
  let section: Record<string, string[]> | undefined
  for (const line of text.split('\n')) {
    if (line === '' || /^[#;]/.test(line)) continue
    if (line.endsWith('\\')) throw new Error(`continued line: ${line}`)
    const header = /^\[([A-Za-z]+)\]$/.exec(line)
    const [, key, value] = /^([A-Za-z]+)=(.*)$/s.exec(line) ?? []
    if (header?.[1] !== undefined) {
      section = {}
      if (header[1] in unit) throw new Error(`section twice: ${line}`)
      unit[header[1]] = section
    } else if (section !== undefined && key !== undefined && value !== undefined) {
      section[key] = [...(section[key] ?? []), value]
    } else throw new Error(`not a line of a unit: ${JSON.stringify(line)}`)
  }
  return unit
}

/**
 * Words of a command line: quotes and escapes removed, `%%` and `$$` undone.
 * @throws {Error} an open quote, an unknown escape, a specifier that is not in `specifiers`, a variable
 */
export function parseWords(value: string, specifiers: Readonly<Record<string, string>> = {}): string[] {
  const words: string[] = []
  let rest = value.trim()
  while (rest !== '') {
    const [all = '', quoted, bare] = /^(?:"((?:[^"\\]|\\.)*)"|([^\s"'\\]+))(?=\s|$)\s*/s.exec(rest) ?? []
    if (all === '') throw new Error(`not a word: ${rest}`)
    if (bare === ';') throw new Error('a semicolon ends the command')
    words.push(expand(quoted === undefined ? (bare ?? '') : unquote(quoted), specifiers))
    rest = rest.slice(all.length)
  }
  return words
}

function unquote(text: string): string {
  return text.replace(/\\(.)/gs, (_all, character: string) => {
    if (!['\\', '"'].includes(character)) throw new Error(`unknown escape \\${character}`)
    return character
  })
}

function expand(text: string, specifiers: Readonly<Record<string, string>>): string {
  const specified = text.replace(/%(.?)/gs, (_all, letter: string) => {
    const meaning = letter === '%' ? '%' : specifiers[letter]
    if (meaning === undefined) throw new Error(`specifier %${letter} in ${text}`)
    return meaning
  })
  return specified.replace(/\$(.?)/gs, (_all, next: string) => {
    if (next !== '$') throw new Error(`variable in ${text}`)
    return '$'
  })
}
