/** A client that never gives up: what a page and a person do together while everything around them breaks. */
import { setTimeout as pause } from 'node:timers/promises';
import { isFinal, type Job, type Recording, type SessionEvent, type Transcript } from '@bulk-transcribe/protocol';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { Upload } from 'tus-js-client';

const AGAIN_MS = 250;
const PIECE_BYTES = 64 * 1024;

export class PatientClient {
  readonly #origin: string;
  #cookie = '';

  /** `origin` may be a bad line to the controller. */
  constructor(origin: string) {
    this.#origin = origin;
  }

  async open(): Promise<void> {
    const answer = await this.#ask('/api/system');
    this.#cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  }

  /** By tus, going on wherever it was cut. */
  async upload(bytes: Buffer, name: string): Promise<Recording> {
    const upload = new Upload(bytes as never, {
      chunkSize: PIECE_BYTES,
      headers: { cookie: this.#cookie },
      metadata: { filename: name },
      retryDelays: null,
    });
    while (!(await attempt(upload, `${this.#origin}/api/uploads`))) await pause(AGAIN_MS);
    return await this.#json(`/api/recordings/${upload.url?.split('/').at(-1)}`);
  }

  /** Where the answer was lost the list says whether the job was made: names are unique here. */
  async startJob(name: string, recordingIds: readonly string[]): Promise<Job> {
    for (;;) {
      const known = (await this.jobs()).find((job) => job.name === name);
      if (known) return known;
      const body = JSON.stringify({ name, recordingIds });
      const answer = await this.#fetch('/api/jobs', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      if (answer?.ok) return (await answer.json()) as Job;
      await pause(AGAIN_MS);
    }
  }

  jobs(): Promise<Job[]> {
    return this.#json('/api/jobs');
  }

  transcript(taskId: string): Promise<Transcript> {
    return this.#json(`/api/tasks/${taskId}/transcript`);
  }

  /** Every event once, over all cuts, until the signal. */
  async *events(signal: AbortSignal): AsyncGenerator<{ id: number; event: SessionEvent }> {
    for (let last = '0'; !signal.aborted; await pause(AGAIN_MS)) {
      const answer = await this.#fetch('/api/events', { headers: { accept: 'text/event-stream', 'last-event-id': last }, signal });
      if (!answer?.ok || !answer.body) continue;
      const messages = answer.body.pipeThrough(new TextDecoderStream() as never).pipeThrough(new EventSourceParserStream());
      try {
        for await (const { id = last, data } of messages) {
          last = id;
          if (data) yield { id: Number(id), event: JSON.parse(data) as SessionEvent };
        }
      } catch {
        // Cut: it goes on after the last one.
      }
    }
  }

  /** Resolves once no task of the session waits or runs. */
  async allFinal(): Promise<Job[]> {
    for (;;) {
      const jobs = await this.jobs();
      if (jobs.every(({ tasks }) => tasks.every(({ state }) => isFinal(state)))) return jobs;
      await pause(AGAIN_MS);
    }
  }

  async #json<T>(route: string): Promise<T> {
    for (;;) {
      const answer = await this.#ask(route);
      const text = await answer.text().catch(() => null);
      if (text !== null) return JSON.parse(text) as T;
    }
  }

  /** Until it is answered well. A refusal that no wait can change is a failure of the run. */
  async #ask(route: string): Promise<Response> {
    for (;;) {
      const answer = await this.#fetch(route);
      if (answer?.ok) return answer;
      if (answer && answer.status < 500) throw new Error(`${route}: ${answer.status} ${await answer.text()}`);
      await pause(AGAIN_MS);
    }
  }

  async #fetch(route: string, init: RequestInit = {}): Promise<Response | null> {
    return await fetch(this.#origin + route, { ...init, headers: { ...init.headers, cookie: this.#cookie } }).catch(() => null);
  }
}

/** True once all bytes have arrived; false where it is worth another try. */
function attempt(upload: Upload, endpoint: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    upload.options.endpoint = upload.url ? null : endpoint;
    upload.options.onSuccess = () => resolve(true);
    upload.options.onError = (error) => {
      const status = 'originalResponse' in error ? (error.originalResponse?.getStatus() ?? 0) : 0;
      if (status === 404 || status === 410) upload.url = null;
      if (status >= 400 && status < 500 && ![404, 408, 409, 410, 423, 429].includes(status)) reject(error);
      else resolve(false);
    };
    upload.start();
  });
}
