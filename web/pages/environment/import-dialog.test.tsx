import { fireEvent, screen, within } from '@testing-library/preact'
import { expect, test } from 'vitest'
import { envLatestEtag } from '../../state/env.ts'
import {
  addOwn,
  difference,
  panel,
  press,
  saves,
  secret,
  settle,
  setUpPage,
  type,
} from './test-environment.tsx'

setUpPage()

const TEXT = [
  '# from elsewhere',
  'export NEW="new value"',
  'NAME=other',
  'API_KEY=sk-imported-secret-0123456789',
  'NODE_OPTIONS=--require /tmp/x.js',
  'PLAIN=words',
].join('\n')

const dialog = () => {
  const found = document.querySelector('dialog')
  if (!found) throw new Error('no dialog')
  return within(found)
}
const click = async (name: string | RegExp) => {
  fireEvent.click(dialog().getByRole('button', { name, hidden: true }))
  await settle()
}
const item = (name: string) => {
  const found = [...document.querySelectorAll<HTMLElement>('.import-item')].find(
    (element) => element.querySelector('.mono')?.textContent === name,
  )
  if (!found) throw new Error(`no ${name}`)
  return found
}

async function paste(text: string): Promise<void> {
  await press('Import…')
  fireEvent.input(dialog().getByLabelText('Or paste the text'), { target: { value: text } })
  await settle()
  await click('Continue')
}

test('a pasted text is compared with the file, secrets masked, and taken as unsaved edits', async () => {
  await paste(TEXT)
  expect(document.body.innerHTML).not.toContain('sk-imported-secret')
  expect(item('NEW').dataset.state).toBe('new')
  expect(item('NEW').textContent).toContain('Left out: export, quotes.')
  expect(item('API_KEY').dataset.state).toBe('changed')
  expect(item('NODE_OPTIONS').dataset.state).toBe('refused')
  expect(item('NODE_OPTIONS').textContent).toContain('it makes programs load code from elsewhere')
  expect(dialog().getByText('1 line left out')).toBeTruthy()
  fireEvent.click(within(item('NAME')).getByLabelText(/^Keep/))
  fireEvent.click(within(item('PLAIN')).getByLabelText('PLAIN'))
  await settle()
  await click('Take 2 variables')
  expect(document.querySelector('dialog')).toBeNull()
  expect(difference()).toEqual([
    '-API_KEY=•••••••• (25 characters)',
    '+API_KEY=•••••••• (29 characters)',
    '+NEW=new value',
  ])
  expect(saves()).toEqual([])
  await press('Undo the last edit')
  expect(difference()).toEqual([])
})

test('what opens the gateway is taken only when it is asked for', async () => {
  panel.etag = 'v8'
  panel.entries = [secret(1, 'RAZROOM_GATEWAY_TOKEN', 25)]
  envLatestEtag.value = 'v8'
  await settle()
  await paste('RAZROOM_GATEWAY_TOKEN=another-token-0123\nRAZROOM_GATEWAY_PASSWORD=pass-word-0123\nOTHER=1')
  expect(within(item('RAZROOM_GATEWAY_TOKEN')).getByLabelText(/^Keep/)).toHaveProperty('checked', true)
  const password = within(item('RAZROOM_GATEWAY_PASSWORD')).getByLabelText('RAZROOM_GATEWAY_PASSWORD')
  expect(password).toHaveProperty('checked', false)
  expect(item('RAZROOM_GATEWAY_TOKEN').textContent).toContain('replace the token that opens your gateway')
  expect(item('OTHER').textContent).not.toContain('opens your gateway')
  fireEvent.click(within(item('RAZROOM_GATEWAY_TOKEN')).getByLabelText(/^Replace by/))
  await settle()
  await click('Take 2 variables')
  expect(difference().filter((line) => line.startsWith('+'))).toEqual([
    '+RAZROOM_GATEWAY_TOKEN=•••••••• (18 characters)',
    '+OTHER=1',
  ])
})

test('read as podman does, quotes stay until they are mended', async () => {
  await paste('NEW="v"')
  fireEvent.click(dialog().getByLabelText(/As podman reads it/))
  await settle()
  expect(item('NEW').textContent).toContain('NEW="v"')
  await click('Remove the quotes: NEW')
  expect(item('NEW').textContent).not.toContain('"')
  await click('Take 1 variable')
  expect(difference()).toEqual(['+NEW=v'])
})

test('several lines pasted into a name open the import instead of running together', async () => {
  await addOwn('')
  const clipboardData = { getData: () => 'A=1\nB=2\n' }
  fireEvent.paste(screen.getByLabelText('Name of the new variable'), { clipboardData })
  await settle()
  expect(item('A').dataset.state).toBe('new')
  expect(item('B').dataset.state).toBe('new')
})

test('one line pasted into a name stays there', async () => {
  await addOwn('')
  fireEvent.paste(screen.getByLabelText('Name of the new variable'), {
    clipboardData: { getData: () => 'A=1\n' },
  })
  await settle()
  expect(document.querySelector('dialog')).toBeNull()
})

test('a file that is dropped on the page is read here, and one that is no text is refused', async () => {
  const drop = async (content: string) => {
    const dataTransfer = { types: ['Files'], files: [new File([content], '.env')] }
    const event = new Event('drop', { bubbles: true, cancelable: true })
    screen.getByRole('heading', { name: 'Environment' }).dispatchEvent(Object.assign(event, { dataTransfer }))
    await settle()
    // Otherwise the browser would leave the page to show the file.
    expect(event.defaultPrevented).toBe(true)
  }
  await drop('DROPPED=1\n')
  expect(item('DROPPED').dataset.state).toBe('new')
  await click('Back')
  await drop('\0\0')
  expect(dialog().getByText('This is not a text file in UTF-8.')).toBeTruthy()
})

test('a text without variables has nothing to take', async () => {
  await paste('# nothing\n')
  expect(dialog().getByText('There is no variable in the text.')).toBeTruthy()
  await click('Take')
  expect(document.querySelector('dialog')).not.toBeNull()
})

test('while the text is being edited nothing can be imported', async () => {
  fireEvent.click(screen.getByRole('tab', { name: 'Text' }))
  await settle()
  await press('Show the text')
  await type('Text of .env', 'A=1\n')
  await press('Import…')
  expect(document.querySelector('dialog')).toBeNull()
})
