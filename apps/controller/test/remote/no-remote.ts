import { FurtherSettings } from '../../src/remote/further-settings.ts';
import { RemoteSettings } from '../../src/remote/remote-settings.ts';
import type { RemoteAddress } from '../../src/remote/remote-worker.ts';
import { quiet } from '../database/template.ts';

/** Nothing set up in the environment; what is saved in this folder counts. */
export async function noRemote(dataRoot: string, workers: readonly RemoteAddress[] = []) {
  const env = { url: '', token: '', mode: '' } as const;
  const settings = await RemoteSettings.open({ dataRoot, env, allowInsecure: false, log: quiet });
  const further = await FurtherSettings.open({ dataRoot, env: workers, allowInsecure: false, log: quiet });
  return { settings, further, network: { allowInsecure: false } };
}
