/** Where the image comes from: as it is filled in, checked, sent and said in a shell. */
import { isAbsolutePath } from '../../contract/rules.ts'
import type { BuildArgs, ImageSource } from '../../contract/settings.ts'
import { referenceObstacle } from '../../server/domain/container-grammar.ts'

export interface SourceForm {
  readonly kind: ImageSource['kind']
  readonly path: string
  /** NAME=value, one a line. */
  readonly buildArgs: string
  readonly reference: string
  readonly archive: string
}

export type SourceErrors = { readonly [K in keyof SourceForm]?: string }

const MAX_BUILD_ARGS = 64
const MAX_BUILD_ARG_LENGTH = 4_096

/** The form for a source that is in use. @param bundledAvailable false: the bundled gateway cannot be chosen */
export function sourceForm(source: ImageSource, bundledAvailable: boolean): SourceForm {
  return {
    kind: source.kind === 'bundled' && !bundledAvailable ? 'repo' : source.kind,
    path: source.kind === 'repo' ? source.path : '',
    buildArgs:
      source.kind === 'repo'
        ? Object.entries(source.buildArgs ?? {})
            .map(([name, value]) => `${name}=${value}`)
            .join('\n')
        : '',
    reference: source.kind === 'registry' ? source.reference : '',
    archive: source.kind === 'archive' ? source.path : '',
  }
}

/** What is wrong with what the chosen kind needs; nothing when it can be sent. */
export function checkSource(form: SourceForm): SourceErrors {
  switch (form.kind) {
    case 'bundled':
      return {}
    case 'repo': {
      const path = checkPath(form.path, 'Name the directory that has the Dockerfile.', '/home/me/razroom')
      const buildArgs = checkBuildArgs(form.buildArgs)
      return {
        ...(path === undefined ? {} : { path }),
        ...(buildArgs === undefined ? {} : { buildArgs }),
      }
    }
    case 'registry': {
      const reference = checkReference(form.reference.trim())
      return reference === undefined ? {} : { reference }
    }
    case 'archive': {
      const archive = checkPath(form.archive, 'Name the file, or send one.', '/home/me/razroom.tar')
      return archive === undefined ? {} : { archive }
    }
  }
}

/** The source of a form without errors. */
export function toImageSource(form: SourceForm): ImageSource {
  switch (form.kind) {
    case 'bundled':
      return { kind: 'bundled' }
    case 'repo': {
      const buildArgs = readBuildArgs(form.buildArgs)
      return {
        kind: 'repo',
        path: form.path.trim(),
        ...(Object.keys(buildArgs).length === 0 ? {} : { buildArgs }),
      }
    }
    case 'registry':
      return { kind: 'registry', reference: form.reference.trim() }
    case 'archive':
      return { kind: 'archive', path: form.archive.trim() }
  }
}

/** The flags of setup and update that say the same. */
export function sourceFlags(source: ImageSource): string[] {
  switch (source.kind) {
    case 'bundled':
      return ['--bundled']
    case 'repo':
      return [
        '--repo',
        source.path,
        ...Object.entries(source.buildArgs ?? {}).flatMap(([name, value]) => [
          '--build-arg',
          `${name}=${value}`,
        ]),
      ]
    case 'registry':
      return ['--image', source.reference]
    case 'archive':
      return ['--archive', source.path]
  }
}

/** What is wrong with a path that must be there. @param example of one that is right */
function checkPath(text: string, whenEmpty: string, example: string): string | undefined {
  const path = text.trim()
  if (path === '') return whenEmpty
  return isAbsolutePath(path) ? undefined : `Give an absolute path, such as ${example}, without "..".`
}

function checkReference(reference: string): string | undefined {
  if (reference === '') return 'Name the image, such as registry.example/razroom:2026.1.'
  const obstacle = referenceObstacle(reference)
  return obstacle === undefined ? undefined : `${obstacle.charAt(0).toUpperCase()}${obstacle.slice(1)}.`
}

/** Lines that hold something; an empty one means nothing. */
function argLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

function readBuildArgs(text: string): BuildArgs {
  return Object.fromEntries(
    argLines(text).map((line) => {
      const at = line.indexOf('=')
      return [line.slice(0, at), line.slice(at + 1)]
    }),
  )
}

function checkBuildArgs(text: string): string | undefined {
  const lines = argLines(text)
  const names = new Set<string>()
  for (const line of lines) {
    const name = /^([A-Za-z_][A-Za-z0-9_]{0,127})=/.exec(line)?.[1]
    if (name === undefined) return `“${line}” is not NAME=value.`
    if (names.has(name)) return `${name} is there twice.`
    if (/[\x00-\x1f\x7f]/.test(line)) return `${name} has a control character.`
    if (line.length - name.length - 1 > MAX_BUILD_ARG_LENGTH)
      return `${name} may have ${MAX_BUILD_ARG_LENGTH} characters at most.`
    names.add(name)
  }
  return lines.length > MAX_BUILD_ARGS ? `There can be ${MAX_BUILD_ARGS} at most.` : undefined
}
