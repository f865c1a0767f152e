import { describeMainJourney } from './main-journey.ts'

describeMainJourney('debian-12')
