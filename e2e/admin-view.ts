/** Pictures of the page /admin as somebody meets it who adds a worker, with a real one: from the token to a worker that is gone. */
import type { Page } from 'playwright-core';
import { longRecording, mixedRecordings } from './media.ts';
import { picture } from './picture.ts';
import { startSecondWorker } from './second-worker.ts';
import { reaches, transcribe } from './visitor.ts';

export const ADMIN_TOKEN = 'the-admin-token-of-the-pictures';

export async function adminView(page: Page): Promise<void> {
  await using worker = await startSecondWorker('the-worker-token-of-the-pictures');
  await page.getByRole('link', { name: 'Admin' }).click();
  await page.getByLabel('Admin token').fill('wrong');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByText('Unauthorized').waitFor();
  await picture(page, 'admin-gate');
  await page.getByLabel('Admin token').fill(ADMIN_TOKEN);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('listitem', { name: 'This computer' }).waitFor();
  await picture(page, 'admin-empty');
  await installed(page);
  await page.getByRole('button', { name: 'Add another' }).click();
  await page.getByLabel('Name of the machine').fill('pod-b');
  await page.getByLabel('Address of the machine').fill('https://abc123xyz-8477.proxy.runpod.net');
  await page.getByRole('button', { name: 'Save it' }).click();
  await page.getByRole('listitem', { name: 'pod-b' }).getByText('It has no token').waitFor();
  await picture(page, 'admin-further');
  await page.getByRole('button', { name: 'Remove pod-b' }).click();
  await page.getByRole('button', { name: 'Remove', exact: true }).last().click();
  await page.getByRole('listitem', { name: 'pod-b' }).waitFor({ state: 'detached' });
  await page.getByRole('textbox', { name: 'Address' }).fill('http://127.0.0.1:1');
  await page.getByLabel('Token: Not set').fill(worker.token);
  await page.getByRole('button', { name: 'Test connection' }).click();
  await page.getByText('Nothing listens at').waitFor();
  await picture(page, 'admin-test-failed');
  await page.getByRole('textbox', { name: 'Address' }).fill(worker.url);
  await page.getByText('Required', { exact: true }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('listitem', { name: worker.name }).getByText('reachable, idle').waitFor();
  await page.getByRole('button', { name: 'Test connection' }).click();
  await page.getByText('The worker answers').waitFor();
  await page.goto('/');
  const [broken, , ...others] = mixedRecordings();
  await transcribe(page, [{ name: 'hearing.mp3', bytes: longRecording(40) }, ...others.slice(0, 2), broken ?? []].flat());
  await reaches(page, 'hearing.mp3', 'Transcribing');
  await picture(page, 'jobs-remote');
  await page.goto('/admin');
  await page.getByRole('heading', { name: 'Queue' }).waitFor();
  await page.getByRole('button', { name: 'Test connection' }).click();
  await page.getByText('The worker answers').waitFor();
  await picture(page, 'admin-working');
  await worker.kill();
  await page.getByText('takes no work').waitFor();
  await page.getByRole('textbox', { name: 'Address' }).fill('https://another-8477.proxy.runpod.net');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('is not sent to').waitFor();
  await picture(page, 'admin-waiting');
  await page.goto('/');
  await page.getByText('New recordings wait').waitFor();
  await picture(page, 'jobs-required-waiting');
  await page.goto('/admin');
  await page.getByText('Off', { exact: true }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved.').waitFor();
  await page.goto('/');
  await page.context().request.delete('/api/session/data');
  await page.reload();
}

/** A model of somebody's, from a hub on this machine. */
async function installed(page: Page): Promise<void> {
  await page.getByText('Other models').click();
  await page.getByLabel('Another one of the hub').fill('somebody/whisper-of-mine');
  await page.getByLabel('Another one of the hub').press('Enter');
  await page.getByRole('button', { name: 'Remove somebody--whisper-of-mine' }).waitFor();
  await picture(page, 'admin-models');
  await page.getByText('Other models').click();
}
