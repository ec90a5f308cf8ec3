import { expect, it } from 'vitest';
import { watchGpuMemory } from '../../src/device/gpu-memory.ts';
import { readGpus } from '../../src/device/read-gpus.ts';

it('the most that was in use is told, of what its driver said before, meanwhile and at the end', async () => {
  const free = [20_000, 9000, 15_000];
  const looks: number[] = [];
  const watch = watchGpuMemory(() =>
    readGpus(async () => {
      looks.push(free[looks.length] ?? 18_000);
      return `NVIDIA L4, 24000, ${looks.at(-1)}\n`;
    }),
  );
  while (looks.length < 3) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await watch.stop()).toBe((24_000 - 9000) * 2 ** 20);
  const after = looks.length;
  await new Promise((resolve) => setImmediate(resolve));
  expect(looks).toHaveLength(after);
});

it('a look at the end counts, however short it was; without a driver nobody knows', async () => {
  let used = 1000;
  const watch = watchGpuMemory(async () => [{ name: 'L4', totalBytes: 5000, freeBytes: 5000 - used }]);
  used = 3000;
  expect(await watch.stop()).toBe(3000);
  expect(await watchGpuMemory(async () => []).stop()).toBeNull();
});
