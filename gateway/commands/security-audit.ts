import { statSync } from 'node:fs'
import { resolveServerAuth } from '../auth.ts'
import { type CliContext, toJson, warningBox } from '../cli-context.ts'
import { systemErrorCode } from '../fatal-error.ts'

/** One thing the audit found. */
export interface AuditFinding {
  checkId: string
  severity: 'critical' | 'warn' | 'info'
  title: string
  detail: string
  remediation?: string
}

const MIN_SECRET_LENGTH = 24

/** `security audit`: looks at the configuration and at the modes of the files that hold secrets. */
export function securityAuditCommand(context: CliContext, asJson: boolean): string {
  const findings = [...auditFiles(context), ...auditGateway(context)]
  const count = (severity: AuditFinding['severity']) =>
    findings.filter((found) => found.severity === severity).length
  const summary = { critical: count('critical'), warn: count('warn'), info: count('info') }
  if (asJson) return `${warningBox()}${toJson({ ts: Date.now(), summary, findings })}`
  const rows = findings.map(({ severity, title, detail, remediation }) => {
    return `${severity.toUpperCase()} ${title}\n  ${detail}\n${remediation ? `  Fix: ${remediation}\n` : ''}`
  })
  return `Summary: ${summary.critical} critical, ${summary.warn} warn, ${summary.info} info\n${rows.join('')}`
}

function auditFiles({ paths }: CliContext): AuditFinding[] {
  const checks = [
    { checkId: 'fs.state_dir.perms', path: paths.stateDir, forbidden: 0o077, fix: 'chmod 700' },
    { checkId: 'fs.config.perms', path: paths.configPath, forbidden: 0o077, fix: 'chmod 600' },
    { checkId: 'fs.env.perms', path: paths.envPath, forbidden: 0o077, fix: 'chmod 600' },
  ]
  return checks.flatMap(({ checkId, path, forbidden, fix }): AuditFinding[] => {
    const mode = modeOf(path)
    if (mode === undefined || (mode & forbidden) === 0) return []
    const severity = mode & 0o022 ? 'critical' : 'warn'
    const detail = `${path} mode=${mode.toString(8)}`
    return [{ checkId, severity, title: 'Readable by others', detail, remediation: `${fix} ${path}` }]
  })
}

function auditGateway({ config, env }: CliContext): AuditFinding[] {
  const findings: AuditFinding[] = []
  const auth = resolveServerAuth(config, env, {})
  if (!auth) {
    findings.push({
      checkId: 'gateway.no_auth',
      severity: 'critical',
      title: 'No token',
      detail:
        'Neither gateway.auth.token/password nor RAZROOM_GATEWAY_TOKEN is set; the gateway refuses to start.',
      remediation: 'set gateway.auth.token or RAZROOM_GATEWAY_TOKEN',
    })
  } else if (auth.secret.length < MIN_SECRET_LENGTH) {
    findings.push({
      checkId: 'gateway.token_too_short',
      severity: 'warn',
      title: 'Short token',
      detail: `The ${auth.mode} from ${auth.source} has ${auth.secret.length} characters.`,
      remediation: `use at least ${MIN_SECRET_LENGTH} random characters`,
    })
  }
  const controlUi = config.gateway?.controlUi
  if (controlUi?.allowInsecureAuth) {
    findings.push({
      checkId: 'gateway.control_ui.insecure_auth',
      severity: 'critical',
      title: 'Browsers need no pairing',
      detail: 'gateway.controlUi.allowInsecureAuth=true lets any browser with the token in without approval.',
      remediation: 'remove it and approve browsers with `devices approve`',
    })
  }
  return findings
}

function modeOf(path: string): number | undefined {
  try {
    return statSync(path).mode & 0o777
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined
    throw error
  }
}
