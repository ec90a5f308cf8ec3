import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { baseUrl, choice, folder, integer, list, loadEnvironment, port, readSettings, SettingsError, text } from '../src/index.ts';

const table = {
  PORT: port({ default: 8476, about: 'Port.' }),
  DATA_ROOT: folder({ default: './data', about: 'Data.' }),
  MODELS_DIR: folder({ default: (settings) => path.join(String(settings['DATA_ROOT']), 'models'), about: 'Models.' }),
  BASE_URL: baseUrl({ about: 'Address.' }),
  TOKENS: list({ secret: true, item: /^\w{4,}$/, allowed: 'words', about: 'Tokens.' }),
  LEVEL: choice({ of: ['low', 'high'], default: 'low', about: 'Level.' }),
  LIMIT: integer({ default: 10, unit: 'bytes', min: 1, max: 99, about: 'Limit.' }),
  NAME: text({ default: '', about: 'Name.' }),
};
const read = (env: Record<string, string>) => readSettings(table, env, '/project');

describe('settings', () => {
  it('take the defaults where nothing is set, also for an empty variable', () => {
    expect(read({ PORT: '', LEVEL: ' ' })).toEqual({
      PORT: 8476,
      DATA_ROOT: '/project/data',
      MODELS_DIR: '/project/data/models',
      BASE_URL: '',
      TOKENS: [],
      LEVEL: 'low',
      LIMIT: 10,
      NAME: '',
    });
  });

  it('let a default follow a variable above it', () => {
    expect(read({ DATA_ROOT: '/srv/x' }).MODELS_DIR).toBe('/srv/x/models');
  });

  it('are frozen', () => {
    const settings = read({ TOKENS: 'abcd, efgh' });
    expect(Object.isFrozen(settings)).toBe(true);
    expect(Object.isFrozen(settings.TOKENS)).toBe(true);
    expect(settings.TOKENS).toEqual(['abcd', 'efgh']);
  });

  it.each([
    ['PORT', '70000', 'PORT is "70000"; allowed: a port number from 0 to 65535 (0 = any free one).'],
    ['PORT', '-1', 'PORT is "-1"'],
    ['PORT', '80.5', 'PORT is "80.5"'],
    ['LEVEL', 'middle', 'LEVEL is "middle"; allowed: low, high.'],
    ['LIMIT', '100', 'LIMIT is "100"; allowed: a whole number of bytes, 1 to 99.'],
    ['BASE_URL', 'https://user:pw@host', 'BASE_URL is'],
    ['BASE_URL', 'ftp://host', 'BASE_URL is'],
    ['BASE_URL', 'host', 'BASE_URL is'],
  ])('%s=%s is refused with its name and what is allowed', (name, value, message) => {
    expect(() => read({ [name]: value })).toThrow(message);
  });

  it('name every wrong variable at once and never show a secret', () => {
    const wrong = () => read({ PORT: 'x', TOKENS: 'no!secret' });
    expect(wrong).toThrow(SettingsError);
    expect(wrong).toThrow(/^PORT is "x".*\nTOKENS is not usable; allowed: words\.$/);
    expect(wrong).not.toThrow(/no!secret/);
  });

  it('remove trailing slashes of an address', () => {
    expect(read({ BASE_URL: 'https://example.org/sub//' }).BASE_URL).toBe('https://example.org/sub');
  });
});

describe('the environment', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'bt-env-'));
  writeFileSync(path.join(root, '.env'), 'A=file\nB="file b"\n# C=no\n');

  it('comes from .env, overruled by the real one', () => {
    expect(loadEnvironment(root, { A: 'real' })).toEqual({ A: 'real', B: 'file b' });
  });

  it('takes the proxies in lower case too; that one counts where both are set', () => {
    const env = { ENV_FILE: 'none', https_proxy: 'http://lower', HTTPS_PROXY: 'http://upper', no_proxy: 'a,b', http_proxy: '' };
    expect(loadEnvironment(root, env)).toMatchObject({ HTTPS_PROXY: 'http://lower', NO_PROXY: 'a,b' });
    expect(loadEnvironment(root, { ...env, HTTP_PROXY: 'http://upper' })['HTTP_PROXY']).toBe('http://upper');
  });

  it('leaves the file out with ENV_FILE=none, and needs none', () => {
    expect(loadEnvironment(root, { ENV_FILE: 'none' })).toEqual({ ENV_FILE: 'none' });
    expect(loadEnvironment(path.join(root, 'nowhere'), { X: '1' })).toEqual({ X: '1' });
  });
});
