/**
 * Configuration as one table: name, kind, unit, default, one sentence. An app declares its table, `readSettings`
 * validates the environment against it and freezes the result, `docs/configuration.md` is generated from it.
 * Nothing here touches `process.env`.
 */
import path from 'node:path';

export interface Setting<T> {
  /** One sentence for the documentation. */
  readonly about: string;
  /** The default in words, where it is not the value itself. */
  readonly defaultText: string;
  /** What is allowed, completing "allowed: …". */
  readonly allowed: string;
  readonly secret: boolean;
  /** Throws where the text is not allowed. `root` is the folder that relative paths start from. */
  readonly parse: (text: string, root: string) => T;
  /** The value when the variable is not set; `settings` holds those that stand above it in the table. */
  readonly fallback: (settings: Readonly<Record<string, unknown>>, root: string) => T;
}

export type SettingsTable = Readonly<Record<string, Setting<unknown>>>;
export type Settings<Table extends SettingsTable> = { readonly [Name in keyof Table]: Table[Name] extends Setting<infer T> ? T : never };

/** A wrong value in the environment. `message` names every variable at fault and what is allowed, one line each. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

interface Options<T> {
  about: string;
  default: T;
}

const refuse = (): never => {
  throw new RangeError();
};

export function integer(options: Options<number> & { unit?: string; min?: number; max?: number }): Setting<number> {
  const { about, default: value, unit, min = 0, max = Number.MAX_SAFE_INTEGER } = options;
  const upper = max === Number.MAX_SAFE_INTEGER ? 'or more' : `to ${max}`;
  return {
    about,
    defaultText: String(value),
    allowed: `a whole number${unit ? ` of ${unit}` : ''}, ${min} ${upper}`,
    secret: false,
    parse: (text) => {
      const number = Number(text);
      return /^\d+$/.test(text) && number >= min && number <= max ? number : refuse();
    },
    fallback: () => value,
  };
}

export const port = (options: Options<number>): Setting<number> => ({
  ...integer({ ...options, max: 65_535 }),
  allowed: 'a port number from 0 to 65535 (0 = any free one)',
});

export function choice<const T extends string>(options: Options<T> & { of: readonly T[] }): Setting<T> {
  return {
    about: options.about,
    defaultText: options.default,
    allowed: options.of.join(', '),
    secret: false,
    parse: (text) => options.of.find((item) => item === text) ?? refuse(),
    fallback: () => options.default,
  };
}

export function text(options: Options<string> & { secret?: boolean; allowed?: string; pattern?: RegExp }): Setting<string> {
  const { about, default: value, secret = false, allowed = 'text without line breaks', pattern = /^[^\r\n\0]*$/ } = options;
  return { about, defaultText: value, allowed, secret, parse: (given) => (pattern.test(given) ? given : refuse()), fallback: () => value };
}

/** A comma-separated list; blanks around the items are dropped. */
export function list(options: { about: string; secret?: boolean; item?: RegExp; allowed?: string }): Setting<readonly string[]> {
  const { about, secret = false, item = /^\S+$/, allowed = 'a comma-separated list' } = options;
  const split = (given: string) =>
    given
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean);
  return {
    about,
    defaultText: '',
    allowed,
    secret,
    parse: (given) => {
      const items = split(given);
      return items.every((part) => item.test(part)) ? Object.freeze(items) : refuse();
    },
    fallback: () => Object.freeze([]),
  };
}

/** A folder; a relative one starts from the project's root. `default` may build on settings above it. */
export function folder(options: {
  about: string;
  default: string | ((settings: Readonly<Record<string, unknown>>) => string);
  defaultText?: string;
}): Setting<string> {
  const { about, default: value, defaultText } = options;
  return {
    about,
    defaultText: defaultText ?? (typeof value === 'string' ? value : ''),
    allowed: 'a path of a folder',
    secret: false,
    parse: (given, root) => (given.includes('\0') ? refuse() : path.resolve(root, given)),
    fallback: (settings, root) => path.resolve(root, typeof value === 'string' ? value : value(settings)),
  };
}

/** An absolute http or https URL without credentials, query or fragment; trailing slashes are removed. Empty = none. */
export function baseUrl(options: { about: string; default?: string }): Setting<string> {
  const { about, default: value = '' } = options;
  return {
    about,
    defaultText: value,
    allowed: 'an http:// or https:// address without user name, query or fragment',
    secret: false,
    parse: (given) => {
      const url = new URL(given);
      const plain = /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash;
      return plain ? url.href.replace(/\/+$/, '') : refuse();
    },
    fallback: () => value,
  };
}

/** Validates `env` against the table and freezes the result. Throws SettingsError. An empty variable counts as not set. */
export function readSettings<Table extends SettingsTable>(table: Table, env: NodeJS.ProcessEnv, root: string): Settings<Table> {
  const { settings, problems } = trySettings(table, env, root);
  if (problems.length > 0) throw new SettingsError(problems.join('\n'));
  return settings;
}

/** The same for who must go on whatever is set: a wrong value becomes the default, and `problems` names it. */
export function trySettings<Table extends SettingsTable>(
  table: Table,
  env: NodeJS.ProcessEnv,
  root: string,
): { settings: Settings<Table>; problems: readonly string[] } {
  const settings: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, setting] of Object.entries(table)) {
    const given = env[name]?.trim();
    try {
      settings[name] = given ? setting.parse(given, root) : setting.fallback(settings, root);
    } catch {
      problems.push(`${name} is ${setting.secret ? 'not usable' : JSON.stringify(given)}; allowed: ${setting.allowed}.`);
      settings[name] = setting.fallback(settings, root);
    }
  }
  return { settings: Object.freeze(settings) as Settings<Table>, problems };
}
