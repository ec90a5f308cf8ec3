/** RunPod's own workers, as recorded (`pnpm record:sdk`), prove our fake of their server right. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { FakeJobServer } from './fake-job-server.ts';
import { outcomeOf, type RecordedCall, readRecording, recordedVersions } from './pull/sdk/scenes.ts';

describe.each(recordedVersions)('runpod %s', (version) => {
  it.each(readRecording(version).scenes.map((scene) => [scene.name, scene] as const))(
    '%s: each call is taken, and comes to the same',
    async (_, scene) => {
      const server = await FakeJobServer.start();
      onTestFinished(() => server.close());
      server.holdMs = 0;
      const jobs = scene.jobs.map(({ id, input }) => server.add(id, input));
      for (const { id, stop } of scene.jobs) if (stop) server.stop(id);
      for (const call of scene.calls) expect([call.path, await replayed(server, call)]).toEqual([call.path, expect.toBeOneOf([200, 204])]);
      expect(jobs.map(outcomeOf)).toEqual(scene.outcome);
    },
  );
});

async function replayed({ url }: FakeJobServer, { method, path, headers, body }: RecordedCall): Promise<number> {
  return (await fetch(url + path, { method, headers, ...(body !== '' && { body }) })).status;
}
