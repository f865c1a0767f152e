import { describeFreshDoctor } from './doctor-fresh.ts'

describeFreshDoctor('debian-12-no-systemd', '--container')
