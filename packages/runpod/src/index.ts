export * from './addresses.ts';
export * from './answer.ts';
export type { ApiKey, ApiOptions } from './api.ts';
export * from './endpoint-client.ts';
export { type EndpointJob, type EndpointRequest, type JobOutcome, outcomeOf } from './endpoint-job.ts';
export * from './pod.ts';
export * from './runpod-client.ts';
export * from './worker-urls.ts';
