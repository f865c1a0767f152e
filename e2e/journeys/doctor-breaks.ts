/** Ways to break a set-up host on purpose, each with what the doctor is to say of it. */
import type { Status } from '../../contract/schemas.ts'
import { AS_RAZROOM, IDLE_PROGRAM } from '../host/host-test-kit.ts'
import type { PanelHost } from '../host/panel-host.ts'
import {
  CONFIG_DIR,
  CONFIG_FILE,
  ENV_FILE,
  overwrite,
  readEnvFile,
  writeEnvFile,
} from './gateway-container.ts'

export interface Break {
  readonly id: string
  readonly severity: 'info' | 'warning' | 'error'
  /** Part of what the finding tells as seen. */
  readonly evidence: RegExp
  make(panel: PanelHost): Promise<unknown>
}

export const UNIT = '/home/razroom/.config/containers/systemd/razroom.container'

const KEEP_MANAGERS = `mkdir -p /etc/systemd/logind.conf.d
  printf '[Login]\\nUserStopDelaySec=1h\\n' > /etc/systemd/logind.conf.d/10-keep.conf
  systemctl restart systemd-logind`
const asRoot = (panel: PanelHost, ...argv: [string, ...string[]]) => panel.host.run(argv)
const asUser = (panel: PanelHost, ...argv: [string, ...string[]]) => panel.host.run(argv, { user: 'razroom' })
const reload = (panel: PanelHost) =>
  asRoot(panel, 'systemctl', '--machine=razroom@.host', '--user', 'daemon-reload')
export const writeConfig = (panel: PanelHost, text: string) => overwrite(panel, CONFIG_FILE, text)

/** A container of this name that idles, made without the panel and without its unit. */
async function runByHand(panel: PanelHost, ...options: string[]): Promise<void> {
  const { image } = await panel.cli<Status>('status')
  await panel.cli('stop')
  const run = ['podman', 'run', '--detach', '--replace', '--name=razroom', '--pull=never', ...options]
  const idle = [image?.reference ?? '', ...IDLE_PROGRAM]
  await panel.host.run([...AS_RAZROOM, '--property=KillMode=process', ...run, ...idle])
}

/** Each of these is mended by its own fix. */
export const BREAKS: readonly Break[] = [
  {
    id: 'linger.off',
    severity: 'warning',
    evidence: /linger\/razroom is not there/,
    // Ten seconds later logind would end the user's systemd with all that it runs: another finding.
    make: (panel) => asRoot(panel, 'sh', '-ec', `${KEEP_MANAGERS}; loginctl disable-linger razroom`),
  },
  {
    id: 'subids.missing',
    severity: 'error',
    evidence: /subuid none, subgid \d+-\d+/,
    make: (panel) => asRoot(panel, 'sed', '--in-place', '/^razroom:/d', '/etc/subuid'),
  },
  {
    id: 'files.env-mode',
    severity: 'warning',
    evidence: /0644/,
    make: (panel) => asUser(panel, 'chmod', '644', ENV_FILE),
  },
  {
    id: 'files.directory-mode',
    severity: 'warning',
    evidence: /0755/,
    make: (panel) => asUser(panel, 'chmod', '755', CONFIG_DIR),
  },
  {
    id: 'files.root-owned',
    severity: 'error',
    evidence: /\.env/,
    make: (panel) => asRoot(panel, 'chown', 'root:root', ENV_FILE),
  },
  {
    id: 'env.findings',
    severity: 'warning',
    evidence: /^line \d+: /,
    make: async (panel) => writeEnvFile(panel, `${await readEnvFile(panel)}MY_NAME="quoted"\n`),
  },
  {
    id: 'config.findings',
    severity: 'error',
    evidence: /^line \d+: /,
    make: (panel) => writeConfig(panel, '{ gateway: { mode: "local", \n'),
  },
  {
    id: 'token.sources-differ',
    severity: 'warning',
    evidence: /checks the one of razroom\.json/,
    make: (panel) =>
      writeConfig(
        panel,
        '{ gateway: { mode: "local", auth: { token: "another-token-0123456789-abcdefg" } } }\n',
      ),
  },
  {
    id: 'unit.edited',
    severity: 'warning',
    evidence: /razroom\.container is not as the panel would write it/,
    make: (panel) => asUser(panel, 'sed', '--in-place', 's/^StopTimeout=20/StopTimeout=33/', UNIT),
  },
  {
    id: 'unit.not-generated',
    severity: 'error',
    evidence: /unsupported key 'Nonsense'/,
    async make(panel) {
      await asUser(panel, 'sed', '--in-place', 's/^\\[Container\\]/[Container]\\nNonsense=1/', UNIT)
      await reload(panel)
    },
  },
  {
    id: 'unit.missing',
    severity: 'error',
    evidence: /there is no .*razroom\.container/,
    async make(panel) {
      await asUser(panel, 'rm', UNIT)
      await reload(panel)
    },
  },
  {
    id: 'network.host-loopback',
    severity: 'error',
    evidence: /its network is host/,
    make: (panel) => runByHand(panel, '--network=host'),
  },
  {
    id: 'owner.by-hand',
    severity: 'warning',
    evidence: /belongs to no unit/,
    make: (panel) => runByHand(panel),
  },
]
