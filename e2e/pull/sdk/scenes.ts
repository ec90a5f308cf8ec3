/** What is played to RunPod's own worker, and the form in which its calls are kept. */
import { readFileSync } from 'node:fs';
import type { FakeJob, JobCall } from '../../fake-job-server.ts';

interface SceneJob {
  readonly id: string;
  readonly input: object;
  /** It is stopped once the worker says that it has it. */
  readonly stop?: true;
}

export interface Scene {
  readonly name: 'handler' | 'pair' | 'generator' | 'unfit' | 'early';
  readonly jobs: readonly SceneJob[];
}

export interface RecordedCall {
  readonly kind: JobCall['kind'];
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface RecordedScene extends Scene {
  /** Each different call once, in the order in which they first came. */
  readonly calls: readonly RecordedCall[];
  /** What the fake server knew of each job at the end. */
  readonly outcome: readonly Pick<FakeJob, 'id' | 'end' | 'progress' | 'parts'>[];
}

export interface Recording {
  readonly origin: string;
  readonly scenes: readonly RecordedScene[];
}

/** The versions of the package whose worker is recorded. */
export const recordedVersions = ['0.1.12', '1.12.0'] as const;

export const recordingFile = (version: string): URL => new URL(`runpod-${version}.json`, import.meta.url);

export const readRecording = (version: string): Recording => JSON.parse(readFileSync(recordingFile(version), 'utf8')) as Recording;

/** Long enough for a ping that names the job. */
const SECONDS = 2.5;

const todaysScenes: readonly Scene[] = [
  {
    name: 'handler',
    jobs: [
      { id: 'job-text', input: { do: 'say', text: 'привет', seconds: SECONDS } },
      { id: 'job-error', input: { do: 'error', text: 'No input provided.' } },
      { id: 'job-fail', input: { do: 'fail', text: 'Of no use.' } },
      { id: 'job-progress', input: { do: 'progress', text: '3/10' } },
      { id: 'job-stopped', input: { do: 'wait' }, stop: true },
    ],
  },
  {
    name: 'pair',
    jobs: [
      { id: 'job-1', input: { do: 'say', text: 'one', seconds: SECONDS } },
      { id: 'job-2', input: { do: 'say', text: 'two', seconds: SECONDS } },
    ],
  },
  { name: 'generator', jobs: [{ id: 'job-streamed', input: { text: 'one two' } }] },
  { name: 'unfit', jobs: [] },
];

const earlyScenes: readonly Scene[] = [
  {
    name: 'early',
    jobs: [
      { id: 'job-text', input: { do: 'say', text: 'café', seconds: SECONDS } },
      { id: 'job-fail', input: { do: 'fail', text: 'No input provided.' } },
    ],
  },
];

/** For a version of the package. The names of the variables changed with 0.2. */
export const scenesFor = (version: string): readonly Scene[] => (version.startsWith('0.1.') ? earlyScenes : todaysScenes);

/** Others are made by HTTP libraries. */
const KEPT_HEADERS = ['authorization', 'charset', 'content-type', 'user-agent'];
/** The package keeps it on its session, so that it leaks into later calls that are of no job. */
const KEPT_OF_POSTS = [...KEPT_HEADERS, 'x-request-id'];

/** Without what differs from machine to machine. */
export function kept({ kind, method, url, headers, body }: JobCall): RecordedCall {
  const names = method === 'POST' ? KEPT_OF_POSTS : KEPT_HEADERS;
  const named = names.flatMap((name) => (typeof headers[name] === 'string' ? [[name, plainAgent(headers[name])]] : []));
  return { kind, method, path: url.pathname + url.search, headers: Object.fromEntries(named), body: withoutTrace(body) };
}

const plainAgent = (text: string): string =>
  text.replace(/\([^)]*\)/, '(<os>)').replace(/(Language\/Python|python-requests\/) ?[\d.]+/, '$1 <version>');

export function outcomeOf({ id, end, progress, parts }: FakeJob): RecordedScene['outcome'][number] {
  return { id, ...(end && { end: JSON.parse(withoutTrace(JSON.stringify(end))) as NonNullable<FakeJob['end']> }), progress, parts };
}

/** A trace names files of the machine. It stands in JSON in JSON. */
const withoutTrace = (body: string): string => body.replace(/(\\"error_traceback\\": \\").*?(?<!\\\\)(\\")/, '$1<trace>$2');
