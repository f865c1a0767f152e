import { describeModeJourney } from './mode-journey.ts'

describeModeJourney('debian-13')
