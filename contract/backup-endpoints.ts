/** Endpoints of backups. */
import Type from 'typebox'
import { BackupEntry, BackupName, BackupRequest, RestorePreview, RestoreRequest } from './backups.ts'
import type { Endpoint } from './endpoint.ts'
import { OperationStarted } from './schemas.ts'

const strict = { additionalProperties: false } as const
const accepted = { response: OperationStarted, status: 202 } as const
const backupName = Type.Object({ name: BackupName }, strict)

export const BACKUP_ENDPOINTS = {
  'GET /api/backups': {
    access: 'session',
    summary: 'The backups in the panel’s own directory, newest first',
    response: Type.Array(BackupEntry),
  },
  'POST /api/backup': {
    access: 'step-up',
    summary: 'Back up config and workspace',
    body: BackupRequest,
    ...accepted,
  },
  'POST /api/backups/:name/download': {
    access: 'step-up',
    summary: 'A backup as a file; it has every secret of the gateway',
    params: backupName,
    response: Type.Null(),
    secret: true,
    download: true,
  },
  'DELETE /api/backups/:name': {
    access: 'step-up',
    summary: 'Remove a backup',
    params: backupName,
    response: Type.Null(),
    status: 204,
  },
  'POST /api/restore/preview': {
    access: 'step-up',
    summary: 'What a restore would change',
    body: RestoreRequest,
    response: RestorePreview,
  },
  'POST /api/restore': {
    access: 'step-up',
    summary: 'Restore a backup; what it replaces is backed up first',
    body: RestoreRequest,
    ...accepted,
  },
} as const satisfies Record<string, Endpoint>
