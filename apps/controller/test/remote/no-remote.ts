import { RemoteSettings } from '../../src/remote/remote-settings.ts';
import { quiet } from '../database/template.ts';

/** Nothing set up in the environment; what is saved in this folder counts. */
export async function noRemote(dataRoot: string) {
  const env = { url: '', token: '', mode: '' } as const;
  const settings = await RemoteSettings.open({ dataRoot, env, allowInsecure: false, log: quiet });
  return { settings, further: [], network: { allowInsecure: false } };
}
