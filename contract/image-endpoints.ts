/** Endpoints of images, registries and uploads. */
import Type from 'typebox'
import type { Endpoint } from './endpoint.ts'
import {
  ImageList,
  PruneRequest,
  RegistryLogin,
  RegistryLoginRequest,
  RegistryLogoutRequest,
  UpdateRequest,
  Upload,
} from './images.ts'
import { OperationStarted } from './schemas.ts'

const accepted = { response: OperationStarted, status: 202 } as const
/** A saved image of the real gateway is 2 to 4 GB. */
const MAX_UPLOAD_BYTES = 16 * 1024 ** 3

export const IMAGE_ENDPOINTS = {
  'GET /api/images': { access: 'session', summary: 'The images of the gateway’s user', response: ImageList },
  'POST /api/image/update': {
    access: 'session',
    summary: 'Bring a new image and start it; the old one comes back when it does not answer',
    body: UpdateRequest,
    ...accepted,
  },
  'POST /api/image/rollback': {
    access: 'session',
    summary: 'Run the image before the last update again',
    ...accepted,
  },
  'POST /api/images/prune': {
    access: 'session',
    summary: 'Remove the images named, none of which may be in use',
    body: PruneRequest,
    ...accepted,
  },
  'GET /api/registry-logins': {
    access: 'session',
    summary: 'The registries the gateway’s user is logged in to',
    response: Type.Array(RegistryLogin),
  },
  'POST /api/registry-logins': {
    access: 'step-up',
    summary: 'Log in to a registry',
    body: RegistryLoginRequest,
    response: Type.Null(),
    status: 204,
  },
  'DELETE /api/registry-logins': {
    access: 'session',
    summary: 'Log out of a registry',
    body: RegistryLogoutRequest,
    response: Type.Null(),
    status: 204,
  },
  'POST /api/uploads': {
    access: 'step-up',
    summary: 'Send a file for a later request: an image archive or a backup',
    response: Upload,
    upload: { maxBytes: MAX_UPLOAD_BYTES },
  },
} as const satisfies Record<string, Endpoint>
