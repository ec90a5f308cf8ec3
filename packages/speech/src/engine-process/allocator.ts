/** What the engine's process has in its environment, beside that of its owner. */

/**
 * For glibc's allocator; others do not look at it. Left to itself it keeps the blocks of tens of megabytes that each run takes and gives back, in
 * pieces that fit no later run: an engine with Whisper base held 1.4 GB at most, and holds 0.8 GB. Blocks from 8 MiB on go back to the system.
 * Of what lies free at the end of the heap 64 MiB stay for the next step of a decoder; else they would go and come back at every step, which took
 * one part in thirty of all time.
 */
export const ALLOCATOR = { MALLOC_MMAP_THRESHOLD_: String(8 * 2 ** 20), MALLOC_TRIM_THRESHOLD_: String(64 * 2 ** 20) };
