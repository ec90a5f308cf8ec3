/** Why a worker could not be asked: from whatever was thrown to one of the known problems, for people. */
import { AppError, type RemoteProblem, type RemoteProblemCode, remoteProblem, toAppError } from '@bulk-transcribe/protocol';
import { RemoteProblemError } from '../workers/remote-problem-error.ts';
import { ForeignAnswer, OtherVersion } from '../workers/worker-answer.ts';

/** https://POD-PORT.proxy.runpod.net */
const podAddress = /^[a-z0-9]+-(\d+)\.proxy\.runpod\.net$/;
const WORKER_PORT = '8477';

export interface Circumstances {
  readonly url: string;
  /** For how long this address has given the same 404, milliseconds. */
  readonly missingForMs: number;
}

/** A pod's route has been seen to take about two minutes after its start; nobody waits longer than this for it. */
export const BOOT_WINDOW_MS = 5 * 60 * 1000;

export function diagnose(cause: unknown, circumstances: Circumstances): RemoteProblem {
  const chain = [...causes(cause)];
  for (const error of chain) {
    if (error instanceof RemoteProblemError) return remoteProblem(error.problem, error.message);
    if (error instanceof ForeignAnswer) return foreign(error, circumstances);
    if (error instanceof OtherVersion) return remoteProblem('other_version', error.message);
    const code = connectionProblem(error);
    if (code) return remoteProblem(code, describe[code](new URL(circumstances.url)));
  }
  const error = toAppError(cause);
  if (error.code === 'unauthorized') return remoteProblem('token_wrong', 'The worker refuses the token.');
  if (chain.some(({ name }) => name === 'TimeoutError')) return remoteProblem('timed_out', 'The worker did not answer in time.');
  return remoteProblem('worker_error', error.message);
}

function* causes(cause: unknown): Generator<Error> {
  for (let error = cause; error instanceof Error; error = error.cause) {
    yield error;
    // One per address of the name.
    if (error instanceof AggregateError) yield* error.errors.filter((inner): inner is Error => inner instanceof Error);
  }
}

const byCode: Readonly<Record<string, ConnectionProblem>> = {
  ENOTFOUND: 'name_not_found',
  EAI_AGAIN: 'name_not_found',
  EAI_NONAME: 'name_not_found',
  ECONNREFUSED: 'connection_refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENETDOWN: 'unreachable',
  ECONNRESET: 'unreachable',
  EPIPE: 'unreachable',
  UND_ERR_SOCKET: 'unreachable',
  EPROTO: 'tls_failed',
  ETIMEDOUT: 'timed_out',
  UND_ERR_CONNECT_TIMEOUT: 'timed_out',
  UND_ERR_HEADERS_TIMEOUT: 'timed_out',
  UND_ERR_BODY_TIMEOUT: 'timed_out',
};
type ConnectionProblem = 'name_not_found' | 'connection_refused' | 'unreachable' | 'tls_failed' | 'timed_out';

function connectionProblem(error: Error): ConnectionProblem | null {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined || error instanceof AppError) return null;
  if (/^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH)/.test(code)) return 'tls_failed';
  return byCode[code] ?? null;
}

const describe: Readonly<Record<ConnectionProblem, (url: URL) => string>> = {
  name_not_found: ({ hostname }) => `There is no host named ${hostname}.`,
  connection_refused: ({ host }) => `Nothing listens at ${host}.`,
  unreachable: ({ host }) => `The connection to ${host} does not come about, or breaks off.`,
  tls_failed: ({ host }) => `No secure connection to ${host}: its certificate is not valid, or it speaks no TLS.`,
  timed_out: ({ host }) => `${host} did not answer in time.`,
};

function foreign({ statusCode, body }: ForeignAnswer, { url, missingForMs }: Circumstances): RemoteProblem {
  const problem = (code: RemoteProblemCode, message: string): RemoteProblem => remoteProblem(code, `${message} (Status ${statusCode}.)`);
  if (statusCode === 403 && body.includes('1010')) return problem('user_agent_refused', 'Cloudflare, in front of the worker, refuses this program.');
  if (statusCode === 413) return problem('body_too_large', 'A proxy in between refuses the size of a part.');
  if (statusCode === 524 || statusCode === 504)
    return problem('timed_out', 'The proxy waited for the worker and gave up; what was asked may go on there.');
  if (statusCode >= 300 && statusCode < 400) return problem('redirected', 'The address leads to another one.');
  if (statusCode >= 502) return problem('pod_starting', 'The proxy is there, but behind it nothing answers yet.');
  return statusCode === 404 ? missing(new URL(url), missingForMs) : problem('not_a_worker', 'What answers there is not a worker.');
}

function missing({ hostname }: URL, missingForMs: number): RemoteProblem {
  const port = podAddress.exec(hostname)?.[1];
  if (port === undefined) return remoteProblem('not_a_worker', 'What answers there (status 404) is not a worker.');
  if (port !== WORKER_PORT) return remoteProblem('port_not_exposed', `The address names port ${port}; the worker listens on ${WORKER_PORT}.`);
  if (missingForMs < BOOT_WINDOW_MS)
    return remoteProblem(
      'pod_starting',
      'RunPod answers, but has no way to the pod yet (status 404): it is starting, or port 8477/http is not exposed.',
    );
  return remoteProblem('port_not_exposed', 'RunPod has had no way to port 8477 of the pod for more than five minutes (status 404).');
}
