/** 999 MB, 1.6 GB: decimal, as disks and hubs count. */
export const bytesInWords = (bytes: number): string => (bytes < 999.5e6 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`);
