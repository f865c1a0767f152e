import { resolve } from 'node:path'
import { isAbsolutePath } from '../../contract/rules.ts'
import type { BuildArgs, ImageSource } from '../../contract/settings.ts'
import type { CliIo } from './cli-io.ts'
import { listOption, type OptionSpec, type OptionValues, textOption } from './command.ts'
import { usageError } from './problem-error.ts'

/** The options that name an image source, for `setup` and `update`. */
export const IMAGE_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  repo: { type: 'string', value: 'DIR', about: 'build the image from this Razroom checkout' },
  image: { type: 'string', value: 'REF', about: 'pull this image from its registry, unless it is here' },
  archive: { type: 'string', value: 'FILE', about: 'load the image that podman save wrote into this file' },
  bundled: { type: 'boolean', about: 'build the bundled gateway, for a first try' },
  'build-arg': {
    type: 'string',
    value: 'K=V',
    multiple: true,
    about: 'an ARG of the Dockerfile, with --repo; once for each (nothing secret: it shows)',
  },
}

/** The forms of these options for a usage line. */
export const IMAGE_FORM = '[--repo DIR [--build-arg K=V]...|--image REF|--archive FILE|--bundled]'

/**
 * The image source that the command line names; undefined when it names none.
 * Errors: USAGE for two of them, and for a value that cannot be.
 */
export function readImageSource(options: OptionValues, io: Pick<CliIo, 'cwd'>): ImageSource | undefined {
  const named = ['repo', 'image', 'archive', 'bundled'].filter((name) => options[name] !== undefined)
  const [first, second] = named
  if (first !== undefined && second !== undefined)
    throw usageError(`--${first} and --${second} exclude each other`)
  const args = listOption(options, 'build-arg')
  if (args.length > 0 && first !== 'repo') throw usageError('--build-arg goes with --repo')
  switch (first) {
    case 'repo':
      return repoSource('--repo', textOption(options, 'repo') ?? '', io, readBuildArgs(args))
    case 'archive':
      return {
        kind: 'archive',
        path: hostPath('--archive', 'file', textOption(options, 'archive') ?? '', io),
      }
    case 'image':
      return registrySource('--image', textOption(options, 'image') ?? '')
    case 'bundled':
      return { kind: 'bundled' }
    default:
      return undefined
  }
}

/** @param name of the option or the variable, for the error */
export function repoSource(
  name: string,
  path: string,
  io: Pick<CliIo, 'cwd'>,
  buildArgs: BuildArgs = {},
): ImageSource {
  const hasArgs = Object.keys(buildArgs).length > 0
  return { kind: 'repo', path: hostPath(name, 'directory', path, io), ...(hasArgs ? { buildArgs } : {}) }
}

/** @param name of the option or the variable, for the error */
export function registrySource(name: string, reference: string): Extract<ImageSource, { kind: 'registry' }> {
  if (!/^[a-zA-Z0-9][a-zA-Z0-9._/:@-]{0,511}$/.test(reference))
    throw usageError(`${name} must be an image reference, not ${JSON.stringify(reference)}`)
  return { kind: 'registry', reference }
}

function hostPath(name: string, what: string, value: string, io: Pick<CliIo, 'cwd'>): string {
  const path = resolve(io.cwd, value)
  if (value === '' || !isAbsolutePath(path))
    throw usageError(`${name} must be a ${what}, not ${JSON.stringify(value)}`)
  return path
}

function readBuildArgs(args: readonly string[]): BuildArgs {
  const pairs = args.map((arg): [string, string] => {
    const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]{0,127})=([^\x00-\x1f\x7f]*)$/.exec(arg) ?? []
    if (name === undefined || value === undefined)
      throw usageError(`--build-arg must be NAME=VALUE on one line, not ${JSON.stringify(arg)}`)
    return [name, value]
  })
  return Object.fromEntries(pairs)
}
