/** Words of the sections Models and System of the page /admin; part of the catalogue in strings.ts. */
import type { ModelInfo, ModelInstall } from '@bulk-transcribe/protocol';

const count = new Intl.NumberFormat('en');
const languageNames = new Intl.DisplayNames(['en'], { type: 'language' });
const states: Readonly<Record<ModelInstall['state'], string>> = {
  running: 'Being installed',
  failed: 'Not installed',
  unfinished: 'Stopped in the middle; what is there is used',
};

export const systemStrings = {
  models: {
    title: 'Models',
    failed: 'That did not work.',
    none: 'Only the model that comes with Bulk Transcribe is here: Moonshine tiny, English.',
    proposal: (name: string | null, english: string | null) => {
      if (name === null) return 'None of the known models fits this machine.';
      return english === null || english === name
        ? `For this machine: ${name}.`
        : `For this machine: ${name}, or ${english} where all recordings are English.`;
    },
    install: 'Install',
    installNamed: (name: string) => `Install ${name}`,
    remove: 'Remove',
    removeNamed: (name: string) => `Remove ${name}`,
    removeTitle: (name: string) => `Remove ${name}?`,
    removeText: (size: string) => `${size} on disk become free. Transcripts that it made stay.`,
    keep: 'Keep',
    goOn: 'Try again',
    goOnNamed: (name: string) => `Try again to install ${name}`,
    states,
    progressLabel: (name: string) => `Installation of ${name}`,
    more: 'Other models',
    other: 'Another one of the hub, by owner and name',
    origin: (origin: 'hub' | 'folder') => (origin === 'hub' ? 'downloaded' : 'put there by hand'),
    languages: (codes: readonly string[]) => {
      if (codes.length === 0) return '';
      return codes.length === 1 ? `${languageNames.of(codes[0] ?? '')} only` : `${count.format(codes.length)} languages`;
    },
    memory: (size: string) => `needs ${size} of memory`,
    download: (size: string) => `${size} to download`,
    can: ({ wordTimes, prompt, translation }: Pick<ModelInfo, 'wordTimes' | 'prompt' | 'translation'>) => {
      const abilities = [wordTimes && 'a time on every word', prompt && 'names and terms', translation && 'translation into English'];
      const able = abilities.filter((ability) => ability !== false);
      return able.length === 0 ? '' : `Can: ${able.join(', ')}`;
    },
  },
  system: {
    title: 'System',
    disk: 'Disk',
    diskOf: (free: string, total: string, folder: string) => `${free} free of ${total} (${folder})`,
    database: 'Database',
    databaseOf: (kind: 'embedded' | 'server', version: string, size: string) =>
      `PostgreSQL ${version}, ${kind === 'embedded' ? 'embedded' : 'on its own server'}, ${size}`,
    recordings: 'Recordings',
    recordingsOf: (n: number, size: string) => `${count.format(n)}, ${size}`,
    transcripts: 'Transcripts',
    transcriptsOf: (n: number, sessions: number) => `${count.format(n)} of ${count.format(sessions)} ${sessions === 1 ? 'session' : 'sessions'}`,
    retention: 'Kept for',
    retentionOf: (days: number) =>
      days === 0 ? 'ever, until somebody deletes them' : `${count.format(days)} days after a job is through (RETENTION_DAYS)`,
    version: 'Version',
    runs: 'Runs on',
    runsOn: (node: string, platform: string) => `Node.js ${node}, ${platform}`,
    started: 'Started',
  },
};
