/** What the search of every job store promises, on whatever database. */
import { expect, test } from 'vitest';
import type { OpenJobStore } from '../../src/jobs/open-job-store.ts';
import { noOverlay } from '../../src/transcripts/overlay.ts';
import { claimed, newTask, transcript } from './stored-jobs.ts';

/** A transcript with these lines, one every ten seconds; gives the id of its task. */
export async function transcribed(store: OpenJobStore, lines: readonly string[], session = 'mine'): Promise<string> {
  const { id } = await newTask(store, session);
  const segments = lines.map((text, index) => ({ start: index * 10, end: index * 10 + 9, text, avgLogProb: -0.1 }));
  await store.succeed(await claimed(store), { ...transcript, segments });
  return id;
}

export const found = async (store: OpenJobStore, query: string, session = 'mine') =>
  (await store.search(session, { query, limit: 20 })).found.map(({ taskId, lines }) => [taskId, ...lines.map(({ start }) => start)]);

export function testSearch(open: () => Promise<OpenJobStore>): void {
  test('transcripts are found in which all the words are said, newest first, with the lines that have them', async () => {
    const store = await open();
    const bank = await transcribed(store, ['Good morning.', 'The bank of Zürich\0', 'And the river.', 'ZURICH has a bank.']);
    const river = await transcribed(store, ['The river bank.', 'مرحبا بالعالم', '他在北京大学', "It's 'quoted' \\ & | ! :* <->"]);
    expect(await found(store, 'bank')).toEqual([
      [river, 0],
      [bank, 10, 30],
    ]);
    expect(await found(store, 'zurich BANK river')).toEqual([[bank, 10, 20, 30]]);
    expect(await found(store, '"river bank"')).toEqual([[river, 0]]);
    expect(await found(store, 'banks')).toEqual([]);
    expect(await found(store, 'morn')).toEqual([[bank, 0]]);
    expect(await found(store, '"morn"')).toEqual([]);
    expect(await found(store, '北京')).toEqual([[river, 20]]);
    expect(await found(store, 'مَرحبا')).toEqual([[river, 10]]);
    expect(await found(store, "'quoted' & ! :* <-> \\")).toEqual([[river, 30]]);
    expect(await found(store, '-- "')).toEqual([]);
    expect((await store.search('mine', { query: 'morning', limit: 1 })).found[0]).toMatchObject({
      job: 'Interviews',
      lineCount: 1,
      lines: [{ start: 0, text: 'Good morning.', marks: [[5, 12]] }],
    });
    expect(await found(store, 'bank', 'theirs')).toEqual([]);
  });

  test('a search goes on from page to page, and shows five lines of a long transcript', async () => {
    const store = await open();
    const ids = [];
    for (let index = 0; index < 3; index++)
      ids.push(
        await transcribed(
          store,
          Array.from({ length: 8 }, () => 'The same words.'),
        ),
      );
    const first = await store.search('mine', { query: 'same', limit: 2 });
    expect(first.found.map(({ taskId, lineCount, lines }) => [taskId, lineCount, lines.length])).toEqual([
      [ids[2], 8, 5],
      [ids[1], 8, 5],
    ]);
    const second = await store.search('mine', { query: 'same', limit: 2, before: first.next ?? '' });
    expect(second.found.map(({ taskId }) => taskId)).toEqual([ids[0]]);
    expect(second.next).toBeNull();
  });

  test('what is found is what is read: with corrections, and not once it is deleted', async () => {
    const store = await open();
    const id = await transcribed(store, ['The first line.', 'The second line.']);
    const correct = (after: number, text: string) =>
      store.keepOverlay('mine', id, { after, overlay: { ...noOverlay, segments: [{ start: 0, end: 9, text }] } });
    await correct(0, 'Another line.');
    expect(await found(store, 'first')).toEqual([]);
    expect(await found(store, 'another')).toEqual([[id, 0]]);
    expect(await found(store, 'line')).toEqual([[id, 0, 10]]);
    await correct(1, 'The first line.');
    expect(await found(store, 'first')).toEqual([[id, 0]]);
    expect(await found(store, 'another')).toEqual([]);
    await store.deleteJob('mine', (await store.task('mine', id))?.jobId ?? '');
    expect(await found(store, 'line')).toEqual([]);
  });
}
