/**
 * What FFmpeg may touch: one local file, opened by a `file:` address, read by a demuxer of this list.
 * Playlists, manifests and image sequences (hls, dash, concat, sdp, image2 …) are left out on purpose: they name
 * other files or hosts, and a recording must never make us read anything but itself.
 */
import path from 'node:path';

export const PROTOCOL_WHITELIST = 'file,pipe';

/** FFmpeg's demuxer names. */
const demuxers = [
  ...['aa', 'aac', 'ac3', 'aiff', 'amr', 'amrnb', 'amrwb', 'ape', 'asf', 'asf_o', 'au', 'avi', 'caf', 'dsf', 'dts', 'dtshd', 'dv', 'eac3'],
  ...['flac', 'flv', 'g722', 'gsm', 'gxf', 'iff', 'live_flv', 'loas', 'matroska', 'mmf', 'mov', 'mp3', 'mpc', 'mpc8', 'mpeg', 'mpegts', 'mxf'],
  ...['nist', 'nistsphere', 'nut', 'ogg', 'oma', 'qcp', 'rm', 'shn', 'sln', 'sox', 'spdif', 'swf', 'tak', 'tta', 'voc', 'w64', 'wav', 'webm'],
  ...['wsd', 'wtv', 'wv', 'xwma'],
];
export const FORMAT_WHITELIST = demuxers.join(',');

/** Absolute and with its protocol, so that no file name can be read as an option or as another protocol. */
export const mediaAddress = (file: string): string => `file:${path.resolve(file)}`;
