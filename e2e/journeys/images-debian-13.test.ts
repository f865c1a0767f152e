import { describe } from 'vitest'
import { imagesJourney } from './images-journey.ts'

describe('images on Debian 13', () => imagesJourney('debian-13'))
