import { describeTerminal } from './terminal-journey.ts'

describeTerminal('debian-13')
