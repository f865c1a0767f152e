/** YAML that old and new readers take alike. */
import { Document, isScalar, Scalar, visit } from 'yaml'

/**
 * The documents as block YAML under comment lines. A string stands plain only where YAML 1.1 (PyYAML, which
 * podman-compose uses, and Go's readers) and YAML 1.2 both read that same string; else in double quotes, where what
 * PyYAML takes for a line break or refuses is written as an escape (YAML 1.2.2, 5.1 and 5.7).
 *
 * @param comment lines without the leading '# ', an empty one for an empty comment line
 */
export function yamlText(comment: readonly string[], documents: readonly object[]): string {
  const head = comment.map((line) => (line === '' ? '#\n' : `# ${line}\n`)).join('')
  return head + documents.map(documentText).join('---\n')
}

function documentText(value: object): string {
  const document = new Document(value, { aliasDuplicateObjects: false })
  visit(document, {
    Scalar(_key, node) {
      if (isScalar(node) && typeof node.value === 'string') {
        node.type = isPlain(node.value) ? Scalar.PLAIN : Scalar.QUOTE_DOUBLE
      }
    },
  })
  const text = document.toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER })
  // They are in double quotes, all of them: no plain string has one.
  return text.replace(/[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

/** Letters and what stands within names, paths and references; no word that a reader of YAML 1.1 takes for another. */
function isPlain(text: string): boolean {
  if (!/^[A-Za-z/][A-Za-z0-9._/-]*(:[A-Za-z0-9._/-]+)*$/.test(text)) return false
  // The last is a number without its digits, to some.
  return !/^(y|n|yes|no|on|off|true|false|null|e[0-9]+)$/i.test(text)
}
