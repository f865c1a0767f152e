import { describe } from 'vitest'
import { compareEnvReaders } from './test-env-readers.ts'

describe('readers of .env on Debian 12', () => compareEnvReaders('debian-12'))
