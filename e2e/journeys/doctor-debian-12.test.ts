import { describeFreshDoctor } from './doctor-fresh.ts'

describeFreshDoctor('debian-12', '--quadlet')
