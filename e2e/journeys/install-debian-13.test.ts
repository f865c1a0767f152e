import { describeInstallJourney } from './install-journey.ts'

describeInstallJourney('debian-13', { uninstall: 'return' })
