/**
 * RunPod's control plane as the contracts describe it: REST v2 and GraphQL for pods, on a local port. It checks keys and the
 * User-Agent, keeps its pods, and answers otherwise where a test's script says so.
 */
import { EventEmitter, once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { answer, bearerKey, type FakeCall, json, problem, type Reply, refusedByCloudflare, type Scripted, toReply } from './fake-answers.ts';
import { LoopbackServer } from './loopback-server.ts';

interface FakePod {
  readonly id: string;
  /** Keys that may act on it. */
  readonly keys: readonly string[];
  readonly createdAt: string;
  status: 'RUNNING' | 'EXITED';
}

export class FakeRunpod extends EventEmitter<{ call: [FakeCall] }> {
  readonly calls: FakeCall[] = [];
  /** How long it takes to answer, milliseconds. */
  latencyMs = 0;
  readonly #server = new LoopbackServer((request, response) => void this.#serve(request, response));
  readonly #pods = new Map<string, FakePod>();
  readonly #script: Scripted[] = [];
  #always: Scripted | null = null;

  private constructor() {
    super();
  }

  static async start(): Promise<FakeRunpod> {
    const fake = new FakeRunpod();
    await fake.#server.listen();
    return fake;
  }

  get url(): string {
    return this.#server.url;
  }

  addPod(id: string, keys: readonly string[], createdAt = new Date().toISOString()): void {
    this.#pods.set(id, { id, keys, createdAt, status: 'RUNNING' });
  }

  /** RUNNING, EXITED, or null where it is gone. */
  statusOf(id: string): FakePod['status'] | null {
    return this.#pods.get(id)?.status ?? null;
  }

  /** The next calls that change something get these answers, one each. */
  script(...answers: readonly Scripted[]): void {
    this.#script.push(...answers);
  }

  /** All of them get this answer from now on; null ends that. */
  always(answer: Scripted | null): void {
    this.#always = answer;
  }

  /** The calls that would change something. */
  get attempts(): FakeCall[] {
    return this.calls.filter(({ method }) => method !== 'GET');
  }

  /** Waits until `enough` holds for what has been called so far. */
  async until(enough: () => boolean): Promise<void> {
    while (!enough()) await once(this, 'call');
  }

  async close(): Promise<void> {
    await this.#server.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    const call = { method, url, headers, body: await text(request), at: Date.now() };
    this.calls.push(call);
    if (this.latencyMs > 0) await pause(this.latencyMs);
    const scripted = method === 'GET' ? null : (this.#script.shift() ?? this.#always);
    if (scripted && 'hangUp' in scripted) request.socket.destroy();
    else answer(response, scripted ? toReply(scripted) : this.#regular(call));
    this.emit('call', call);
  }

  #regular(call: FakeCall): Reply {
    const refused = refusedByCloudflare(call);
    if (refused) return refused;
    const key = bearerKey(call);
    if (![...this.#pods.values()].some(({ keys }) => keys.includes(key))) return problem(401, 'Unauthorized', 'The key is not valid.');
    if (call.url === '/graphql') return this.#graphql(call, key);
    const [, id = '', action = ''] = /^\/v2\/pods\/([^/?]+)(\/action)?$/.exec(call.url) ?? [];
    const pod = this.#pods.get(id);
    if (!pod) return problem(404, 'Not Found', 'There is no such pod, or it is not yours.');
    if (!pod.keys.includes(key)) return problem(403, 'Forbidden', 'access denied');
    if (call.method === 'GET') return json({ ...describe(pod), env: { SECRET: 'in clear text' } });
    return this.#act(pod, call.method === 'DELETE' && !action ? 'terminate' : (JSON.parse(call.body) as { action: string }).action);
  }

  #act(pod: FakePod, action: string): Reply {
    if (action === 'terminate') {
      this.#pods.delete(pod.id);
      // Its keys stay known, as an account's do: the next call is answered by 404.
      this.#pods.set(`former ${pod.id}`, { ...pod, id: '' });
      return { status: 204 };
    }
    if (action !== 'stop') return problem(422, 'Unprocessable Entity', `There is no action ${action}.`);
    pod.status = 'EXITED';
    return json(describe(pod));
  }

  /** Errors come with status 200; success is a null. */
  #graphql(call: FakeCall, key: string): Reply {
    const { query, variables } = JSON.parse(call.body) as { query: string; variables?: { podId?: string } };
    const pod = this.#pods.get(variables?.podId ?? '');
    const mutation = /pod(Terminate|Stop)\(/.exec(query)?.[1];
    if (!pod?.keys.includes(key)) return json({ errors: [{ message: `pod not found to ${mutation?.toLowerCase()}` }], data: null });
    this.#act(pod, mutation?.toLowerCase() ?? '');
    return json({ data: mutation === 'Stop' ? { podStop: { id: pod.id } } : { podTerminate: null } });
  }
}

const describe = ({ id, status, createdAt }: FakePod) => ({
  id,
  name: `name of ${id}`,
  image: 'image',
  status,
  actions: status === 'RUNNING' ? ['stop', 'restart', 'terminate'] : ['start', 'terminate'],
  cost: status === 'RUNNING' ? 0.44 : 0,
  createdAt,
});
