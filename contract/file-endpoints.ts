/** Endpoints of the gateway's two files, `.env` and razroom.json, and of their versions. */
import Type from 'typebox'
import { ConfigChange, ConfigCheck, ConfigCheckRequest, ConfigDocument, ConfigSaved } from './config.ts'
import type { Endpoint } from './endpoint.ts'
import { EnvChange, EnvCheck, EnvDocument, EnvSaved } from './env.ts'
import { FileVersion, VersionDifference, versionParams, versionQuery, WizardMark } from './versions.ts'

const strict = { additionalProperties: false } as const
const revealed = Type.Object({ text: Type.String(), etag: Type.String() })

export const FILE_ENDPOINTS = {
  'GET /api/env': {
    access: 'session',
    summary: 'The variables of .env, secrets masked',
    response: EnvDocument,
  },
  'POST /api/env/reveal': {
    access: 'step-up',
    summary: 'The text of .env, or the value of one line',
    body: Type.Object({ line: Type.Optional(Type.Integer({ minimum: 1 })) }, strict),
    response: revealed,
    secret: true,
  },
  'PUT /api/env': {
    access: 'session',
    summary: 'Save .env',
    body: EnvChange,
    response: EnvSaved,
    ifMatch: true,
  },
  'POST /api/env/check': {
    access: 'session',
    summary: 'What the readers of .env make of this text',
    body: Type.Object({ text: Type.String({ maxLength: 1_048_576 }) }, strict),
    response: EnvCheck,
  },
  'GET /api/env/versions': {
    access: 'session',
    summary: 'Versions of .env, newest first',
    response: Type.Array(FileVersion),
  },
  'GET /api/env/versions/:id': {
    access: 'session',
    summary: 'What a version of .env changed, or what going back to it would; secrets masked',
    params: versionParams,
    query: versionQuery,
    response: VersionDifference,
  },
  'POST /api/env/versions/:id/restore': {
    access: 'session',
    summary: 'Go back to a version of .env; the file as it is becomes a version',
    params: versionParams,
    response: EnvSaved,
    ifMatch: true,
  },

  'POST /api/wizard-mark': {
    access: 'control',
    summary: 'The onboarding wizard runs on a terminal: what changes meanwhile is its doing',
    body: WizardMark,
    response: Type.Null(),
    status: 204,
  },

  'GET /api/config': {
    access: 'session',
    summary: 'razroom.json, secrets masked, and what is wrong with it',
    response: ConfigDocument,
  },
  'POST /api/config/reveal': {
    access: 'step-up',
    summary: 'The text of razroom.json',
    body: Type.Object({}, strict),
    response: revealed,
    secret: true,
  },
  'PUT /api/config': {
    access: 'session',
    summary: 'Save razroom.json',
    body: ConfigChange,
    response: ConfigSaved,
    ifMatch: true,
  },
  'POST /api/config/check': {
    access: 'session',
    summary: 'What is wrong with this text as razroom.json',
    body: ConfigCheckRequest,
    response: ConfigCheck,
  },
  'GET /api/config/versions': {
    access: 'session',
    summary: 'Versions of razroom.json, newest first',
    response: Type.Array(FileVersion),
  },
  'GET /api/config/versions/:id': {
    access: 'session',
    summary: 'What a version of razroom.json changed, or what going back to it would; secrets masked',
    params: versionParams,
    query: versionQuery,
    response: VersionDifference,
  },
  'POST /api/config/versions/:id/restore': {
    access: 'session',
    summary: 'Go back to a version of razroom.json; the file as it is becomes a version',
    params: versionParams,
    response: ConfigSaved,
    ifMatch: true,
  },
} as const satisfies Record<string, Endpoint>
