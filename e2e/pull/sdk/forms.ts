/** Calls of a worker by what they are for, in a form that can be compared: the same for every job. */
import { type RecordedCall, readRecording } from './scenes.ts';

interface Form {
  readonly method: string;
  /** Without the job. */
  readonly path: string;
  readonly query: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  /** Names of the members. */
  readonly body: readonly string[];
}

/** What a call is for, and its form: the names of things, and their values where these are fixed. */
function formOf({ kind, method, path: withQuery, headers, body }: RecordedCall): [purpose: string, form: Form] {
  const url = new URL(withQuery, 'http://localhost');
  const path = url.pathname;
  const subject = decodeURIComponent(path.slice(path.lastIndexOf('/') + 1));
  const said = body === '' ? {} : (JSON.parse(body) as Record<string, unknown>);
  const { 'user-agent': _own, 'x-request-id': job, ...fixed } = headers;
  const form = {
    method,
    path: method === 'POST' ? path.slice(0, path.lastIndexOf('/')) : path,
    query: [...url.searchParams.keys()],
    headers: { ...fixed, ...(job && { 'x-request-id': job === subject ? '<job>' : job }) },
    body: Object.keys(said),
  };
  return [purposeOf(kind, url, said), form];
}

function purposeOf(kind: RecordedCall['kind'], { pathname, searchParams }: URL, said: Record<string, unknown>): string {
  if (kind === 'take') return pathname.includes('-batch/') ? 'take several' : 'take';
  if (kind === 'ping') return searchParams.has('status') ? 'unfit' : `ping${searchParams.has('job_id') ? ' at work' : ''}`;
  if (kind !== 'done') return kind;
  if (said['status'] === 'IN_PROGRESS') return 'progress';
  return 'error' in said ? 'error' : 'output';
}

export const formsOf = (calls: readonly RecordedCall[]): Readonly<Record<string, Form>> => Object.fromEntries(calls.map(formOf));

/** Those of RunPod's own workers. */
export function formsOfRunpod(version: string): Readonly<Record<string, Form>> {
  return formsOf(readRecording(version).scenes.flatMap(({ calls }) => calls));
}
