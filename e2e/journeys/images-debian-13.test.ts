import { describe } from 'vitest'
import { imagesJourney } from './images-journey.ts'

describe('images on Debian 13, as a systemd service', () => imagesJourney('debian-13', 'quadlet'))
