/** Hosts that name their region, and that refuse a signature for another one. */
const patterns: readonly RegExp[] = [
  /^s3[.-]([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/,
  /^s3\.dualstack\.([a-z0-9-]+)\.amazonaws\.com$/,
  /^([a-z0-9-]+)\.digitaloceanspaces\.com$/,
  /^s3\.([a-z0-9-]+)\.backblazeb2\.com$/,
  /^s3\.([a-z0-9-]+)\.wasabisys\.com$/,
  /^s3api-([a-z0-9-]+)\.runpod\.io$/,
];

/** What services without regions take for one. */
const ANY = 'us-east-1';

/** The region to sign for, where none is named. */
export function regionOf(endpoint: string): string {
  const { hostname } = new URL(endpoint);
  for (const pattern of patterns) {
    const region = pattern.exec(hostname)?.[1];
    if (region) return region.toLowerCase();
  }
  return ANY;
}
