/** The long actions on the gateway. Each returns at once; what happens then comes as events. */
import { api } from './client.ts'

export async function startGateway(): Promise<void> {
  await api('POST /api/gateway/start')
}

export async function stopGateway(): Promise<void> {
  await api('POST /api/gateway/stop')
}

export async function restartGateway(): Promise<void> {
  await api('POST /api/gateway/restart')
}

export async function removeContainer(): Promise<void> {
  await api('DELETE /api/gateway/container')
}

/** Runs the image before the last update again. @throws {ApiProblem} NO_PREVIOUS_IMAGE */
export async function rollbackImage(): Promise<void> {
  await api('POST /api/image/rollback')
}

/** @param id of a running operation */
export async function cancelOperation(id: string): Promise<void> {
  await api('DELETE /api/operations/:id', { params: { id } })
}
