/** Pages of figures from several machines: each run writes its own chapters, and those of others stay as they are. */

/** Only that of its machine: "2 cores of …". */
export const processorOf = (machine: string): string => machine.split(',', 1)[0] ?? machine;

/** `page`: as it is now. A chapter begins with its title, `## …`: those with the same title are written anew, others are added, in the order of their titles. */
export function withChapters(page: string, head: string, chapters: readonly string[]): string {
  const titleOf = (chapter: string): string => chapter.split('\n', 1)[0] ?? '';
  const all = new Map([...page.split(/^(?=## )/m).slice(1), ...chapters].map((chapter) => [titleOf(chapter), chapter.trim()]));
  return `${[head.trim(), ...[...all.keys()].toSorted().map((title) => all.get(title))].join('\n\n')}\n`;
}
