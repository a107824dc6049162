import { LRUCache } from 'lru-cache'

/** Keeps what is used, by key; the least recently used leaves when there are too many bytes. */
export function byteCache<Kept extends object>(
  maxBytes: number,
  sizeBytes: (kept: Kept) => number,
  dispose?: (kept: Kept) => void,
): LRUCache<string, Kept> {
  return new LRUCache<string, Kept>({
    // The cache takes whole numbers from 1: a share of the bytes may be a fraction, none at all, or no limit.
    maxSize: Math.min(Math.max(1, Math.floor(maxBytes)), Number.MAX_SAFE_INTEGER),
    sizeCalculation: sizeBytes,
    ...(dispose && { dispose }),
  })
}
