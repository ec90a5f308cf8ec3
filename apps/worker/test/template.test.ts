/** docker/runpod-template.json and the guide beside it say what the worker really listens to. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { settingsTable } from '../src/config.ts';

const read = (name: string): string => readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8');
const template = JSON.parse(read('docker/runpod-template.json')) as { disk: number; ports: string[]; env: Record<string, string> };
const guide = read('docs/gpu-worker-runpod.md');

it('exposes the port of the worker over HTTP', () => {
  expect(template.ports).toEqual([`${settingsTable.PORT.defaultText}/http`]);
  expect(guide).toContain(`**\`${settingsTable.PORT.defaultText}\`** as HTTP`);
});

it('sets variables that the worker knows, and the guide sets the same', () => {
  for (const [name, value] of Object.entries(template.env)) {
    expect(settingsTable).toHaveProperty(name);
    expect(guide).toContain(`\`${name}=${value}\``);
  }
  expect(guide).toContain(`| container disk | ${template.disk} GB |`);
});
