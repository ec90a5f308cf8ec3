/** Where RunPod's services are; beside the rest, so that knowing them loads nothing. */

/** The control plane, without the version. */
export const RUNPOD_API_BASE_URL = 'https://api.runpod.io';
/** Serverless endpoints, with the version; the id of one comes below it. */
export const RUNPOD_ENDPOINT_BASE_URL = 'https://api.runpod.ai/v2';
