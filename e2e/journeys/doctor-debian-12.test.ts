import { describe } from 'vitest'
import { IS_FULL } from '../attacks/env-requests.ts'
import { describeFreshDoctor } from './doctor-fresh.ts'

// In the gate its podman is that of the machine without systemd, and its services are those of Debian 13.
describe.runIf(IS_FULL)('a machine of both', () => describeFreshDoctor('debian-12', '--quadlet'))
