import type { Settings } from './settings.ts';
import { baseUrl, choice, text } from './settings.ts';

const proxy = (scheme: string) =>
  text({
    default: '',
    secret: true,
    pattern: /^https?:\/\/\S+$/,
    allowed: 'http://proxy:port, with user:password@ before it where needed',
    about: `Proxy for ${scheme}:// addresses from which models are downloaded; also in lower case.`,
  });

/** Rows of every app that installs models: where they come from, and the way there. The names are those of Hugging Face's own tools. */
export const modelSettings = {
  HF_ENDPOINT: baseUrl({ about: 'Address of the hub that models are installed from, or of a mirror; not set = https://huggingface.co.' }),
  HF_TOKEN: text({
    default: '',
    secret: true,
    pattern: /^[\x21-\x7e]{1,512}$/,
    allowed: 'a token of visible characters without blanks',
    about: 'Token for models that the hub gives only with one; sent to HF_ENDPOINT alone.',
  }),
  HF_HUB_OFFLINE: choice({ of: ['0', '1'], default: '0', about: '1 = the hub is never asked; models are put into MODELS_DIR by hand.' }),
  HTTPS_PROXY: proxy('https'),
  HTTP_PROXY: proxy('http'),
  NO_PROXY: text({ default: '', about: 'Hosts that are reached without a proxy, separated by commas.' }),
} as const;

const HUB = 'https://huggingface.co';

/** The same, as an installer takes them. */
export const hubSettings = (settings: Settings<typeof modelSettings>) => ({
  endpoint: settings.HF_ENDPOINT || HUB,
  token: settings.HF_TOKEN,
  offline: settings.HF_HUB_OFFLINE === '1',
  proxies: { http: settings.HTTP_PROXY, https: settings.HTTPS_PROXY, except: settings.NO_PROXY },
});

/** The same, as the environment of a child that fetches models itself; what is not set is left out. */
export const modelEnvironment = (settings: Settings<typeof modelSettings>): Record<string, string> =>
  Object.fromEntries(
    Object.keys(modelSettings).flatMap((name) => {
      const value = settings[name as keyof typeof modelSettings];
      return value === '' ? [] : [[name, value]];
    }),
  );
