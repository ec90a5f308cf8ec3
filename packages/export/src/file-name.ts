/** Names that Windows keeps for devices (Microsoft, "Naming Files, Paths, and Namespaces"). */
const reserved = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;
const MAX_BYTES = 200;

/** The name of an export of the recording `name`: its extension replaced, at most 255 bytes. */
export const exportFileName = (name: string, extension: string): string => `${safeName(name.replace(/\.[a-z0-9]{1,5}$/i, ''))}.${extension}`;

/**
 * A file or folder name that is safe on every system: no path separators, no control or direction-changing characters,
 * no device names, no leading or trailing dots or blanks.
 */
export function safeName(name: string): string {
  const stem = name
    .normalize('NFC')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must go
    .replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069<>:"/\\|?*]/g, '_')
    .replace(/^[. ]+|[. ]+$/g, '');
  return cutBytes(stem === '' ? 'recording' : reserved.test(stem) ? `_${stem}` : stem);
}

/** Cuts at a character, not inside one. */
function cutBytes(text: string): string {
  let result = '';
  let bytes = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > MAX_BYTES) break;
    result += character;
  }
  return result;
}
