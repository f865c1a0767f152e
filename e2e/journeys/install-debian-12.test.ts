import { describeInstallJourney } from './install-journey.ts'

describeInstallJourney('debian-12', { user: 'alice', isInGate: false })
