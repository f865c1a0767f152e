/** What came over the connection as the arguments of a verb, checked by its row. */
import { Compile, type Validator } from 'typebox/compile'
import { InputError } from '../../errors.ts'
import type { UserAccount } from '../host.ts'
import { VERBS, type VerbName } from './verbs.ts'

const checkers = new Map<VerbName, readonly Validator[]>()

/** @returns the arguments as the method takes them, or what is wrong with them */
export function checkArguments(name: VerbName, given: unknown[]): readonly unknown[] | Error {
  const { args, optional, isAccount } = VERBS[name]
  // Compiled when first used: all of them would cost the start a tenth of a second.
  const known = checkers.get(name) ?? args.map((schema) => Compile(schema))
  checkers.set(name, known)
  const isCountRight = given.length <= known.length && given.length >= known.length - optional
  const wrong = isCountRight ? given.findIndex((value, index) => !known[index]?.Check(value)) : given.length
  if (!isCountRight || wrong !== -1) {
    const place = isCountRight ? placeOfFault(known[wrong], given[wrong]) : ''
    return new InputError('REQUEST_INVALID', { detail: `argument ${wrong + 1} of ${name}${place}` })
  }
  if (!isAccount) return given
  return [nameOnly(String(given[0])), ...given.slice(1)]
}

/** Where in the argument, and what about it: a key too many is found by nobody who is told the number alone. */
function placeOfFault(schema: Validator | undefined, value: unknown): string {
  const [fault] = schema?.Errors(value) ?? []
  if (fault === undefined) return ''
  const key = 'additionalProperties' in fault.params ? ` (${fault.params.additionalProperties})` : ''
  return `: ${fault.instancePath.slice(0, 128)} ${fault.message}${key.slice(0, 128)}`
}

/** An account by its name alone, which guardHost() looks up; should it ever be used as it is, it is nobody's. */
function nameOnly(name: string): UserAccount {
  return { name, uid: 4_294_967_294, gid: 4_294_967_294, home: '/nonexistent', shell: '/bin/false' }
}
