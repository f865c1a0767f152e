/** `.env`, razroom.json and the token: one finding for each, whose details are on its own page. */
import type { Finding } from '../../../contract/schemas.ts'
import type { GoBack } from '../../../contract/versions.ts'
import { byWeight, certain, type Draft, type Verdict, verdict } from './verdict.ts'

interface FileKind {
  readonly id: 'env' | 'config'
  readonly name: string
  readonly page: string
  readonly meanings: Readonly<Record<'error' | 'warning', string>>
}

const ENV: FileKind = {
  id: 'env',
  name: '.env',
  page: '/environment',
  meanings: {
    error: 'podman or the gateway refuses the file, or a line of it does harm.',
    warning: 'The gateway sees something else than what was meant.',
  },
}
const CONFIG: FileKind = {
  id: 'config',
  name: 'razroom.json',
  page: '/configuration',
  meanings: {
    error: 'The gateway does not start with it.',
    warning: 'With it the gateway cannot be used as it was meant.',
  },
}

/** @param findings of domain/env-findings.ts */
export function checkEnvFile(path: string, exists: boolean, findings: readonly Finding[]): Verdict {
  if (exists) return checkFile(ENV, path, findings, undefined)
  return verdict(
    `there is no ${path}`,
    certain(
      {
        id: 'env.missing',
        severity: 'error',
        title: 'There is no .env',
        evidence: path,
        hint: 'An earlier version can be brought back on the Environment page, or by its ID: sudo razroom-panel versions env',
        ...{ page: ENV.page },
      },
      'The keys in it are gone with it. The next start writes one that has the token alone.',
    ),
  )
}

/**
 * @param findings of domain/config-findings.ts
 * @param goBack to the last version with which a gateway started, when there is one that differs
 */
export function checkConfigFile(
  path: string,
  findings: readonly Finding[],
  goBack: GoBack | undefined,
): Verdict {
  return checkFile(CONFIG, path, findings, goBack)
}

function checkFile(
  kind: FileKind,
  path: string,
  findings: readonly Finding[],
  goBack: GoBack | undefined,
): Verdict {
  const counted = findings.filter(({ severity }) => severity !== 'info')
  const [worst] = byWeight(counted)
  const notes = findings.length - counted.length
  const tail = notes === 0 ? '' : `, ${notes} note${notes === 1 ? '' : 's'}`
  if (!worst || worst.severity === 'info') return verdict(`${path} is clean${tail}`)
  const place = worst.line === undefined ? '' : `line ${worst.line}: `
  const more = counted.length - 1
  const others = more === 0 ? '' : ` and ${more} more`
  const finding: Finding = {
    id: `${kind.id}.findings`,
    severity: worst.severity,
    title:
      counted.length === 1
        ? `Something is wrong in ${kind.name}`
        : `${counted.length} things are wrong in ${kind.name}`,
    evidence: `${place}${worst.title}: ${worst.evidence}${others}`,
    ...(worst.hint === undefined ? {} : { hint: worst.hint }),
    ...(worst.line === undefined ? {} : { line: worst.line }),
  }
  const fix = fixOf(counted, goBack)
  const draft: Draft = {
    ...certain(finding, kind.meanings[worst.severity]),
    page: kind.page,
    ...(fix ? { fix } : {}),
  }
  return verdict(`${counted.length} in ${path}${tail}`, draft)
}

/** What can be mended is; a file that is past mending goes back to the one with which the gateway ran. */
function fixOf(findings: readonly Finding[], goBack: GoBack | undefined): Finding['fix'] {
  const mendable = findings.filter(({ fix }) => fix !== undefined)
  if (mendable.length > 0) {
    const previews = mendable.flatMap(({ line, fix }) =>
      fix?.preview === undefined
        ? []
        : [`${line === undefined ? '' : `${line}: `}${fix.preview === '' ? '(the line goes)' : fix.preview}`],
    )
    const label =
      mendable.length === 1 ? (mendable[0]?.fix?.label ?? 'Mend it') : `Mend ${mendable.length} of them`
    return { label, ...(previews.length > 0 ? { preview: previews.slice(0, 12).join('\n') } : {}) }
  }
  const isBroken = findings.some(({ severity }) => severity === 'error')
  if (!goBack || !isBroken) return undefined
  return {
    label: 'Go back to the version the gateway last started with',
    preview: `the version of ${goBack.provenAt}; the present one is kept among the versions`,
  }
}

/** @param findings of domain/token-findings.ts; null where no token counts */
export function checkToken(findings: readonly Finding[] | null, source: string): Verdict {
  if (findings === null) {
    return verdict(
      'no token counts',
      certain(
        {
          id: 'token.none',
          severity: 'info',
          title: 'The gateway asks for no token',
          evidence: 'a password counts in its place, or none is set',
          hint: 'The page of the configuration says which.',
        },
        'The panel cannot show or prove one.',
      ),
    )
  }
  const drafts = findings.map((finding) => ({
    ...certain(
      // Of what the token's own page mends by other means, only the way there is told.
      finding.id === 'token.sources-differ' ? finding : withoutFix(finding),
      'Whoever uses the token elsewhere may be refused, or let in too easily.',
    ),
    page: '/',
  }))
  return verdict(`the gateway checks the token of ${source}`, ...drafts)
}

function withoutFix({ fix: _, ...finding }: Finding): Finding {
  return finding
}

/** @param status of a request with the token: 401 refuses it; null when the gateway does not answer */
export function checkTokenProof(status: number | null): Verdict {
  if (status === null) return verdict('the gateway does not answer, so nothing was tried')
  if (status !== 401) return verdict(`the gateway takes the token (HTTP ${status})`)
  return verdict(
    'HTTP 401',
    certain(
      {
        id: 'token.refused',
        severity: 'error',
        title: 'The running gateway refuses the token of its files',
        evidence: 'POST /tools/invoke with it: 401',
        hint: 'It was changed since the start. Restart the gateway: sudo razroom-panel restart',
        fix: { label: 'Restart the gateway', preview: 'sudo razroom-panel restart' },
      },
      'Who copies the token from the panel is not let in.',
    ),
  )
}
