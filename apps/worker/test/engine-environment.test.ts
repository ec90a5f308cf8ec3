import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { engineEnvironment } from '../src/config.ts';

describe('what the engine’s process sees', () => {
  it('is our environment without a single secret', () => {
    onTestFinished(() => void vi.unstubAllEnvs());
    for (const name of ['WORKER_TOKEN', 'RUNPOD_API_KEY', 'RUNPOD_TERMINATE_API_KEY']) vi.stubEnv(name, 'a-secret-of-the-worker');
    vi.stubEnv('MODELS_DIR', '/models');
    const environment = engineEnvironment();
    expect(environment).toMatchObject({ MODELS_DIR: '/models', PATH: process.env['PATH'] });
    expect(JSON.stringify(environment)).not.toContain('a-secret-of-the-worker');
  });
});
