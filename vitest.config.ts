import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Minutes long, in one file each: begun last, they would leave the other core idle. */
const LONGEST = /\/e2e\/(kills|soak-pull)\.test\.ts$/;

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]) {
    const sorted = await super.sort(files);
    const long = sorted.filter(({ moduleId }) => LONGEST.test(moduleId));
    return [...long, ...sorted.filter((file) => !long.includes(file))];
  }
}

export default defineConfig({
  resolve: { conditions: ['bulk-transcribe-source', 'node'] },
  ssr: { resolve: { conditions: ['bulk-transcribe-source', 'node'] } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.{ts,tsx}', 'e2e/**/*.test.ts', 'scripts/**/*.test.ts'],
    execArgv: ['--conditions=bulk-transcribe-source'],
    // Far more than any takes here: a machine may be slow, or have other things to do. What hangs is found all the same.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 90_000 } },
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
  },
});
