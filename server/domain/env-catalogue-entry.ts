/** How the lists of the catalogue are written down: what is usual is left out. */
import type { KnownVariable } from './env-catalogue.ts'

type Usual = 'isSecret' | 'isPanelOwned' | 'alternatives' | 'goesWith'
/** An entry without what is usual: no secret, not the panel's, nothing that replaces it or must stand beside it. */
export type CatalogueEntry = Omit<KnownVariable, Usual> & Partial<Pick<KnownVariable, Usual>>

/** The entry with what was left out. */
export function knownVariable(entry: CatalogueEntry): KnownVariable {
  return { isSecret: false, isPanelOwned: false, alternatives: [], goesWith: [], ...entry }
}
