import type { Page } from 'playwright'

/** Adds variables in the table of the environment page, without saving them. */
export async function addVariables(
  page: Page,
  variables: readonly (readonly [key: string, value: string])[],
): Promise<void> {
  for (const [key, value] of variables) {
    await page.getByRole('button', { name: 'Add variable', exact: true }).click()
    // The first of what is offered is a name of one's own.
    await page.getByRole('combobox').press('Enter')
    await page.getByLabel('Name of the new variable').last().fill(key)
    await page.getByLabel('Value of the new variable').last().fill(value)
  }
}

/** Saves what is unsaved, and waits until the page says that it is. */
export async function saveEnvironment(page: Page): Promise<void> {
  const unsaved = page.getByRole('region', { name: 'Unsaved changes' })
  await unsaved.getByRole('button', { name: 'Save', exact: true }).click()
  await unsaved.waitFor({ state: 'detached' })
  await page.getByText(/^Saved\./).waitFor()
}
