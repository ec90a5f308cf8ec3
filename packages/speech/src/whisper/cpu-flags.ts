import { readFileSync } from 'node:fs';

/**
 * What multiplies 8-bit numbers. `vnni` adds four products in one instruction, and `amx` multiplies whole tiles as well. With `none` int8 layers
 * saturate, and are hardly faster than float32.
 */
export type IntegerUnit = 'none' | 'vnni' | 'amx';

export function integerUnit(file = '/proc/cpuinfo'): IntegerUnit {
  const flags = new Set(flagsIn(file));
  if (!flags.has('avx512_vnni') && !flags.has('avx_vnni')) return 'none';
  return flags.has('amx_int8') ? 'amx' : 'vnni';
}

/** Empty where the system has no such file. */
function flagsIn(file: string): string[] {
  try {
    return /^flags\s*:(.*)$/m.exec(readFileSync(file, 'utf8'))?.[1]?.trim().split(/\s+/) ?? [];
  } catch {
    return [];
  }
}
