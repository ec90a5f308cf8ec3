import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Job, Recording, SessionEvent, Task } from '@bulk-transcribe/protocol';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { Browser, startTestApp, type TestApp, transcriptOf } from './test-app.ts';

/** Reads a stream of server-sent events. */
class Listener {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #messages: EventSourceMessage[] = [];
  readonly #parser = createParser({ onEvent: (message) => this.#messages.push(message), onRetry: (ms) => (this.retry = ms) });
  readonly #decoder = new TextDecoder();
  retry = 0;
  text = '';

  constructor(response: Response) {
    if (!response.body) throw new Error('no body');
    this.#reader = response.body.getReader();
  }

  /** The next event; undefined at the end of the stream. */
  async next(): Promise<{ id: string | undefined; event: SessionEvent } | undefined> {
    while (this.#messages.length === 0) if (!(await this.read())) return undefined;
    const message = this.#messages.shift();
    return message && { id: message.id, event: JSON.parse(message.data) as SessionEvent };
  }

  async read(): Promise<boolean> {
    const { value, done } = await this.#reader.read();
    const text = this.#decoder.decode(value, { stream: true });
    this.text += text;
    this.#parser.feed(text);
    return !done;
  }
}

describe('the event stream', () => {
  let app: TestApp;
  let ann: Browser;
  beforeEach(async () => {
    app = await startTestApp();
    ann = new Browser(app.url);
    await ann.fetch('/api/system');
  });
  afterEach(() => app.close());

  const listen = async (browser: Browser, headers: Record<string, string> = {}): Promise<Listener> => {
    const response = await browser.fetch('/api/events', { headers: { accept: 'text/event-stream', ...headers } });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    expect(response.headers.get('cache-control')).toMatch(/no-cache|no-store/);
    return new Listener(response);
  };
  const patchJob = (browser: Browser, id: string, kept: boolean): Promise<Response> =>
    browser.fetch(`/api/jobs/${id}`, { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ kept }) });
  const newJob = async (browser: Browser): Promise<{ job: Job; task: Task }> => {
    const { id } = (await browser.upload<Recording>('a.wav', 'bytes')).body;
    const job = (await browser.post<Job>('/api/jobs', { recordingIds: [id] })).body;
    return { job, task: job.tasks[0] as Task };
  };

  it('tells what happens from now on, to its own session alone', async () => {
    await newJob(ann);
    const listener = await listen(ann);
    const bob = new Browser(app.url);
    await newJob(bob);
    const { job, task } = await newJob(ann);
    expect((await listener.next())?.event).toEqual({ type: 'job', job });
    app.jobs.succeed(task.id, transcriptOf('Hi.'));
    expect((await listener.next())?.event).toMatchObject({ type: 'task', task: { id: task.id, state: 'succeeded' } });
    await ann.fetch(`/api/jobs/${job.id}`, { method: 'DELETE' });
    expect((await listener.next())?.event).toEqual({ type: 'job-deleted', jobId: job.id });
  });

  it('replays what was missed after Last-Event-ID, each once', async () => {
    const listener = await listen(ann);
    const { task } = await newJob(ann);
    const seen = await listener.next();
    await ann.post(`/api/tasks/${task.id}/cancel`, {});
    await ann.post(`/api/tasks/${task.id}/retry`, {});
    const again = await listen(ann, { 'last-event-id': seen?.id ?? '' });
    const states = [await again.next(), await again.next()].map((item) => item?.event.type === 'task' && item.event.task.state);
    expect(states).toEqual(['cancelled', 'queued']);
  });

  it('begins with an id and the time to wait, so that a listener cut off before any event misses none', async () => {
    await newJob(ann);
    const listener = await listen(ann);
    await listener.read();
    expect(listener.text).toMatch(/^id: 1\nretry: 2000\n\n/);
    expect(listener.retry).toBe(2000);
  });

  it('refuses an id that is none', async () => {
    expect((await ann.fetch('/api/events', { headers: { 'last-event-id': 'x' } })).status).toBe(400);
  });

  it('drops a listener that takes nothing, and nobody waits for it', async () => {
    const short = await startTestApp({}, { listenerSilenceMs: 300 });
    onTestFinished(() => short.close());
    const owner = new Browser(short.url);
    await owner.fetch('/api/system');
    const ids = await Promise.all(Array.from({ length: 200 }, async (_, i) => (await owner.upload<Recording>(`${i}.wav`, `${i}`)).body.id));
    const job = (await owner.post<Job>('/api/jobs', { recordingIds: ids })).body;
    const connected = once(short.server, 'connection') as Promise<[Socket]>;
    const stuck = connect(Number(new URL(short.url).port), '127.0.0.1').pause();
    stuck.on('error', () => undefined);
    stuck.write(`GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\nCookie: ${owner.cookie}\r\n\r\n`);
    const [there] = await connected;
    const dropped = once(there, 'close');
    // Far more than the buffers of both ends hold.
    const asked: number[] = [];
    for (let kept = 0; kept < 150; kept++) asked.push((await patchJob(owner, job.id, kept % 2 === 0)).status);
    expect(new Set(asked)).toEqual(new Set([200]));
    await dropped;
    stuck.destroy();
  });

  it('ends when the app closes', async () => {
    const listener = await listen(ann);
    const ended = listener.next();
    await app.close();
    expect(await ended).toBeUndefined();
  });
});
