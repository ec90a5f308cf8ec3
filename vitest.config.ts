import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['bulk-transcribe-source', 'node'] },
  ssr: { resolve: { conditions: ['bulk-transcribe-source', 'node'] } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.{ts,tsx}', 'e2e/**/*.test.ts', 'scripts/**/*.test.ts'],
    execArgv: ['--conditions=bulk-transcribe-source'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
});
