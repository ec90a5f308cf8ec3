/** The pod template that we give away, against RunPod's own schema of it, and against what the worker knows. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { trySettings } from '@bulk-transcribe/service';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { settingsTable } from '../src/config.ts';

const read = (name: string) => readFileSync(path.join(import.meta.dirname, name), 'utf8');
const template = () =>
  JSON.parse(read('../../../docker/runpod-template.json')) as {
    env: Record<string, string>;
    ports: string[];
    image: string;
    [field: string]: unknown;
  };

/** A validator of CreateTemplateRequest; the file's references start at its root. */
function validator() {
  const schemas = JSON.parse(read('vectors/runpod-template/create-template-request.json')) as object;
  // Words of OpenAPI beside JSON Schema's (examples, formats) are not for us.
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  return ajv.compile({ ...schemas, $ref: '#/components/schemas/CreateTemplateRequest' });
}

describe('the template for RunPod', () => {
  it('is checked against the schema whose hash ORIGIN.md names', () => {
    const hash = createHash('sha256').update(read('vectors/runpod-template/create-template-request.json')).digest('hex');
    expect(read('vectors/runpod-template/ORIGIN.md')).toContain(`\`create-template-request.json\` | \`${hash}\``);
  });

  it('is a template as RunPod takes it', () => {
    const isValid = validator();
    expect(isValid(template()), JSON.stringify(isValid.errors)).toBe(true);
    expect(isValid({ ...template(), disk: '30' })).toBe(false);
    expect(isValid({ ...template(), idleTimeout: 600 })).toBe(false);
  });

  it('sets only what the worker knows, and nothing that it refuses', () => {
    const { env } = template();
    expect(Object.keys(env).filter((name) => !(name in settingsTable))).toEqual([]);
    const resolved = { ...env, WORKER_TOKEN: 'a-token-of-16-or-more', RUNPOD_TERMINATE_API_KEY: 'rpa_KEY' };
    expect(trySettings(settingsTable, resolved, '/')).toMatchObject({ problems: [], settings: { TERMINATE_IDLE_TIME: 600_000 } });
  });

  it('holds no secret, and tells the proxy of the worker’s port', () => {
    const { env, ports } = template();
    for (const [name, value] of Object.entries(env)) if (/TOKEN|KEY/.test(name)) expect(value, name).toMatch(/^\{\{ RUNPOD_SECRET_\w+ \}\}$/);
    expect(ports).toEqual([`${settingsTable.PORT.defaultText}/http`]);
  });
});
