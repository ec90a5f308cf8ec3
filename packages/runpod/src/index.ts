export * from './answer.ts';
export * from './pod.ts';
export * from './runpod-client.ts';
export * from './worker-urls.ts';
