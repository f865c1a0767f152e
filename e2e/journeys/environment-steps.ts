import type { Page } from 'playwright'

/** Adds variables in the table of the environment page and saves them. */
export async function editEnvironment(
  page: Page,
  variables: readonly (readonly [key: string, value: string])[],
): Promise<void> {
  for (const [key, value] of variables) {
    await page.getByRole('button', { name: 'Add variable', exact: true }).click()
    await page.getByLabel('Name').last().fill(key)
    await page.getByLabel('Value').last().fill(value)
  }
  await page.getByRole('button', { name: 'Save', exact: true }).click()
}
