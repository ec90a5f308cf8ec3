/** RunPod's control plane, as far as the life of one pod needs it: REST v2, and GraphQL for as long as it exists. */
import { Type } from '@sinclair/typebox';
import { type Answer, failed } from './answer.ts';
import { Api, type ApiKey, type ApiOptions } from './api.ts';
import { isPodId, Pod, type PodAction } from './pod.ts';

/** An answer about one pod is some KB. */
const LONGEST_ANSWER_BYTES = 1024 * 1024;

export class RunpodClient {
  readonly #api: Api;

  /** `baseUrl`: of the control plane, without the version: `/v2/…` and `/graphql` lie below it. */
  constructor(options: ApiOptions) {
    this.#api = new Api(options, { longestAnswerBytes: LONGEST_ANSWER_BYTES });
  }

  /** The pod, if this key may read it: `not_found` is no proof that there is none. */
  async getPod(id: string, key: ApiKey): Promise<Answer<Pod>> {
    return await this.#api.ask({ method: 'GET', path: podPath(id), key }, Pod);
  }

  /** Deletes the pod and what lies on it; a network volume stays. */
  async deletePod(id: string, key: ApiKey): Promise<Answer<null>> {
    return await this.#api.tell({ method: 'DELETE', path: podPath(id), key });
  }

  /** `terminate` does what deletePod does; `stop` lets go of the GPU and keeps the pod. */
  async actOnPod(id: string, action: PodAction, key: ApiKey): Promise<Answer<null>> {
    return await this.#api.tell({ method: 'POST', path: `${podPath(id)}/action`, key, body: { action } });
  }

  async terminateByGraphql(id: string, key: ApiKey): Promise<Answer<null>> {
    return await this.#mutate('podTerminate(input: {podId: $podId})', id, key);
  }

  async stopByGraphql(id: string, key: ApiKey): Promise<Answer<null>> {
    return await this.#mutate('podStop(input: {podId: $podId}) { id }', id, key);
  }

  /** Errors come with status 200. A result of null is success. */
  async #mutate(mutation: string, id: string, key: ApiKey): Promise<Answer<null>> {
    podPath(id);
    const body = { query: `mutation act($podId: String!) { ${mutation} }`, variables: { podId: id } };
    const answer = await this.#api.ask({ method: 'POST', path: '/graphql', key, body }, GraphqlAnswer);
    if (!answer.ok) return answer;
    const [error] = answer.value.errors ?? [];
    if (error) return failed(/pod not found/i.test(error.message) ? 'not_found' : 'upstream', error.message, { status: answer.status });
    if (!answer.value.data) return failed('upstream', 'The answer holds neither data nor errors.', { status: answer.status });
    return { ok: true, status: answer.status, value: null };
  }
}

const GraphqlAnswer = Type.Object({
  data: Type.Optional(Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()])),
  errors: Type.Optional(Type.Array(Type.Object({ message: Type.String() }))),
});

function podPath(id: string): string {
  if (!isPodId(id)) throw new TypeError('This is not the id of a pod.');
  return `/v2/pods/${id}`;
}
