import type { RemoteMode } from '@bulk-transcribe/protocol';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { NetworkRules } from '../workers/guarded-lookup.ts';
import { FurtherSettings } from './further-settings.ts';
import { readFurther } from './further-workers.ts';
import { RemoteSettings } from './remote-settings.ts';
import { RemoteTester } from './test-remote.ts';

/** The remote worker's configuration, and the test of it. */
export interface Remote {
  readonly settings: RemoteSettings;
  readonly tester: RemoteTester;
  readonly network: NetworkRules;
  /** The workers beside the first one. */
  readonly further: FurtherSettings;
}

/** Throws SettingsError where the environment names an address that is none to connect to. */
export async function openRemote({ config, log }: { config: Config; log: Logger }): Promise<Remote> {
  const network = { allowInsecure: config.ALLOW_INSECURE_WORKER === 'true' };
  const env = { url: config.REMOTE_WORKER_URL, token: config.WORKER_TOKEN, mode: config.REMOTE_WORKER_MODE as RemoteMode | '' };
  const settings = await RemoteSettings.open({ dataRoot: config.DATA_ROOT, env, ...network, log });
  const workers = readFurther(config.REMOTE_WORKERS, network);
  const further = await FurtherSettings.open({ dataRoot: config.DATA_ROOT, env: workers, ...network, log });
  return { settings, network, further, tester: new RemoteTester({ settings, network }) };
}
