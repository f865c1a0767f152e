import { describe } from 'vitest'
import { imagesJourney } from './images-journey.ts'

describe('images on Debian 12, with podman 4.3', () => imagesJourney('debian-12', 'container'))
