import { readFile } from 'node:fs/promises';
import type { Job, JobRequest, Recording, SessionEvent, Transcript } from '@bulk-transcribe/protocol';
import { EventSourceParserStream } from 'eventsource-parser/stream';

/** One session's view of the controller, through the API that the page uses. */
export class ApiClient {
  readonly #origin: string;
  #cookie = '';

  constructor(origin: string) {
    this.#origin = origin;
  }

  async #fetch(route: string, init: RequestInit = {}): Promise<Response> {
    const answer = await fetch(this.#origin + route, { ...init, headers: { ...init.headers, cookie: this.#cookie } });
    if (!answer.ok) throw new Error(`${init.method ?? 'GET'} ${route}: ${answer.status} ${await answer.text()}`);
    const [given] = answer.headers.getSetCookie();
    if (given !== undefined) this.#cookie = given.split(';')[0] ?? '';
    return answer;
  }

  async open(): Promise<void> {
    await this.#fetch('/api/system');
  }

  async upload(file: string, name: string): Promise<Recording> {
    const body = new Uint8Array(await readFile(file));
    const headers = { 'content-type': 'application/octet-stream' };
    const answer = await this.#fetch(`/api/recordings?name=${encodeURIComponent(name)}`, { method: 'POST', headers, body });
    return (await answer.json()) as Recording;
  }

  async startJob(request: JobRequest): Promise<Job> {
    const answer = await this.#fetch('/api/jobs', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(request) });
    return (await answer.json()) as Job;
  }

  async jobs(): Promise<Job[]> {
    return (await (await this.#fetch('/api/jobs')).json()) as Job[];
  }

  async transcript(taskId: string): Promise<Transcript> {
    return (await (await this.#fetch(`/api/tasks/${taskId}/transcript`)).json()) as Transcript;
  }

  /** The session's events from the first on; ends when the connection does. */
  async *events(lastEventId = '0'): AsyncGenerator<SessionEvent> {
    const answer = await this.#fetch('/api/events', { headers: { accept: 'text/event-stream', 'last-event-id': lastEventId } });
    if (!answer.body) return;
    for await (const { data } of answer.body.pipeThrough(new TextDecoderStream() as never).pipeThrough(new EventSourceParserStream()))
      yield JSON.parse(data) as SessionEvent;
  }
}
