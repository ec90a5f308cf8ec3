import { readFileSync } from 'node:fs';

/** VNNI adds four products of 8-bit numbers in one instruction. Without it int8 layers saturate, and are hardly faster than float32. */
export function hasVnni(file = '/proc/cpuinfo'): boolean {
  return flagsIn(file).some((flag) => flag === 'avx512_vnni' || flag === 'avx_vnni');
}

/** Empty where the system has no such file. */
function flagsIn(file: string): string[] {
  try {
    return /^flags\s*:(.*)$/m.exec(readFileSync(file, 'utf8'))?.[1]?.trim().split(/\s+/) ?? [];
  } catch {
    return [];
  }
}
