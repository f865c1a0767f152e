import { describe } from 'vitest'
import { compareEnvReaders } from './test-env-readers.ts'

describe('readers of .env on Debian 13', () => compareEnvReaders('debian-13'))
