import { describeTerminal } from './terminal-journey.ts'

describeTerminal('debian-12-no-systemd')
