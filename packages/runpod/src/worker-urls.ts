/**
 * The addresses that a pulling worker asks, made of the templates that it is given: RunPod Serverless, the early pod worker,
 * and whoever speaks their interface.
 *
 * `$ID`, `$RUNPOD_POD_ID` and `$RUNPOD_GPU_TYPE_ID` are replaced wherever they stand; values are form-encoded in the query
 * (a space is +), percent-encoded in the path. `$ID` is the worker where it asks for work, the job where it tells of one.
 */

export interface UrlTemplate {
  readonly template: string;
  readonly podId: string;
  readonly gpuTypeId: string;
}

/** The version of the official client that this speaks like. */
export const CLIENT_VERSION = '1.12.0';

const TAKE = '/job-take/';

/** Asks for `want` jobs, while it has so many. */
export function takeUrl(given: UrlTemplate, { want, jobsInProgress }: { want: number; jobsInProgress: number }): string {
  const url = filled(want > 1 ? { ...given, template: given.template.replace(TAKE, '/job-take-batch/') } : given, given.podId);
  const batch = want > 1 ? { batch_size: String(want) } : {};
  return withQuery(url, { ...batch, job_in_progress: jobsInProgress > 0 ? '1' : '0' });
}

/** Asks which jobs to stop; null where the template does not tell the address. */
export function stopUrl(given: UrlTemplate): string | null {
  if (!given.template.includes(TAKE)) return null;
  return filled({ ...given, template: given.template.replace(TAKE, '/job-stop/') }, given.podId);
}

/** Takes the result of a job, or (never marked as a stream) a part of it. */
export const resultUrl = (given: UrlTemplate, { jobId, isStream = false }: { jobId: string; isStream?: boolean }): string =>
  withQuery(filled(given, jobId), { isStream: String(isStream) });

/** Hears that the worker lives, and with which jobs. */
export const pingUrl = (given: UrlTemplate, jobIds: readonly string[]): string =>
  withQuery(filled(given, given.podId), { ...(jobIds.length > 0 && { job_id: jobIds.join(',') }), runpod_version: CLIENT_VERSION });

/** Hears that the worker is of no use, and why. */
export const unfitUrl = (given: UrlTemplate, { check, reason }: { check: string; reason: string }): string =>
  withQuery(filled(given, given.podId), { status: 'unhealthy', check, reason, runpod_version: CLIENT_VERSION });

/** The early pod worker's addresses: nothing is added to them but, to the ping, the job. */
export const earlyTakeUrl = (given: UrlTemplate): string => filled(given, given.podId);
export const earlyDoneUrl = (given: UrlTemplate, jobId: string): string => filled(given, jobId);
export const earlyPingUrl = (given: UrlTemplate, jobId: string): string => withQuery(filled(given, given.podId), { job_id: jobId });

function filled({ template, podId, gpuTypeId }: UrlTemplate, id: string): string {
  const queryAt = template.indexOf('?');
  const [path, query] = queryAt < 0 ? [template, ''] : [template.slice(0, queryAt), template.slice(queryAt)];
  const values: Readonly<Record<string, string>> = { $RUNPOD_POD_ID: podId, $RUNPOD_GPU_TYPE_ID: gpuTypeId, $ID: id };
  const fill = (text: string, encode: (value: string) => string): string =>
    text.replace(/\$(?:RUNPOD_POD_ID|RUNPOD_GPU_TYPE_ID|ID)\b/g, (name) => encode(values[name] ?? name));
  return fill(path, encodeURIComponent) + fill(query, formEncoded);
}

/** application/x-www-form-urlencoded (URL standard, §5). */
const formEncoded = (value: string): string => new URLSearchParams({ value }).toString().slice('value='.length);

const withQuery = (url: string, query: Readonly<Record<string, string>>): string =>
  `${url}${url.includes('?') ? '&' : '?'}${new URLSearchParams(query)}`;
