/** What is said of each endpoint. */
import type { TSchema } from 'typebox'

/**
 * Who may call: `public` anyone on this machine; `session` a logged-in page; `step-up` one that logged in or
 * confirmed within ten minutes; `control` only root over the control socket.
 */
export type Access = 'public' | 'session' | 'step-up' | 'control'

export interface Endpoint {
  readonly access: Access
  readonly summary: string
  readonly params?: TSchema
  readonly query?: TSchema
  readonly body?: TSchema
  /** Body of the answer; `Type.Null()` for 204. */
  readonly response: TSchema
  /** HTTP status of success; 200 unless said. */
  readonly status?: 200 | 202 | 204
  /** PUT with If-Match: the ETag that was read. */
  readonly ifMatch?: true
  /** The answer carries a secret: never cached; a GET of it must not come from another site. */
  readonly secret?: true
  readonly socket?: true
  /** The body is a file: application/octet-stream, streamed, at most so many bytes. */
  readonly upload?: { readonly maxBytes: number }
  /** The answer is a file: application/octet-stream as an attachment; `response` is Type.Null(). */
  readonly download?: true
}
