/** What a pod costs its owner in spite of all is told on every page, and once in the log. */
import type { LifecycleReport, Termination } from '@bulk-transcribe/protocol';
import { pino } from 'pino';
import { expect, it, onTestFinished, test, vi } from 'vitest';
import { TOKEN } from '../../../worker/test/worker-client.ts';
import { alarmOf } from '../../src/workers/alarms.ts';
import { temporaryDataRoot } from '../database/template.ts';
import { openCore } from '../dispatch/controller-core.ts';
import { lifecycle, pinging } from '../remote/foreign-server.ts';
import { noRemote } from '../remote/no-remote.ts';

const termination: Termination = { since: '2026-11-01T00:00:00Z', acceptedAt: null, calls: 9, lastAnswer: 'status 401', alarm: true };
const notArmed: LifecycleReport = { ...lifecycle, armed: false, notArmedBecause: 'It has no API key.' };
const accepted: LifecycleReport = { ...lifecycle, termination: { ...termination, acceptedAt: '2026-11-01T00:00:01Z', alarm: false } };

it.each<[string, LifecycleReport, number, string | null]>([
  ['is well', lifecycle, 0, null],
  ['cannot end itself', notArmed, 0, 'The worker abc cannot end its own bill: It has no API key.'],
  ['cannot delete itself', { ...lifecycle, termination }, 0, 'The pod abc cannot delete itself (status 401).'],
  ['was deleted a moment ago', accepted, 119_999, null],
  ['was deleted, and answers', accepted, 120_000, 'The pod abc should be gone since 2 minutes and still answers.'],
  ['was deleted, and answers for long', accepted, 600_000, 'The pod abc should be gone since 10 minutes and still answers.'],
])('a pod that %s', (_what, report, acceptedForMs, text) => {
  const alarm = alarmOf('abc', report, acceptedForMs);
  if (text === null) expect(alarm).toBeNull();
  else expect(alarm?.text).toMatch(new RegExp(`^${text.replace(/[().]/g, '\\$&')}`));
});

test('an alarm stands on every page and in the list of workers, and once in the log', async () => {
  const lines: string[] = [];
  const log = pino({ level: 'error' }, { write: (line) => void lines.push(line) });
  const dataRoot = await temporaryDataRoot();
  const remote = await noRemote(dataRoot);
  const core = await openCore({ dataRoot, log, remote, patience: { heartbeatMs: 10 } });
  onTestFinished(() => core.close());
  const { url } = await pinging({ lifecycle: notArmed });
  await remote.settings.save({ url, token: TOKEN, mode: 'optional' });
  const text = expect.stringContaining('cannot end its own bill: It has no API key.');
  const alarms = () => core.dispatch.status().routing.notices;
  await vi.waitFor(() => expect(alarms()).toEqual([{ kind: 'alarm', text }]), { timeout: 90_000 });
  expect(core.dispatch.views().map(({ alarm }) => alarm)).toEqual(['', text]);
  const logged = () => lines.filter((line) => line.includes('cannot end its own bill'));
  await vi.waitFor(() => expect(logged()).toHaveLength(1), { timeout: 90_000 });
  // Some heartbeats later there is still one line.
  const looks = vi.spyOn(core.jobs, 'expired');
  await vi.waitFor(() => expect(looks.mock.calls.length).toBeGreaterThan(3), { timeout: 90_000 });
  expect(logged()).toHaveLength(1);
});
