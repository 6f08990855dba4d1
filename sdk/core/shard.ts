/** One of several parts of an estate: `index` of 1 to `count`. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Parses `2/8`; undefined for anything else. */
export function parseShard(text: string): Shard | undefined {
  const [, index, count] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  return shard.index >= 1 && shard.index <= shard.count ? shard : undefined;
}

/**
 * Whether a function belongs to a shard. For a given count, a function always belongs to the same single shard,
 * whatever other functions exist.
 * @param arn the function's ARN
 */
export function isInShard(arn: string, { index, count }: Shard): boolean {
  return hash(arn) % count === index - 1;
}

// 32-bit FNV-1a with murmur3's finalizer, because a remainder uses the low bits, which FNV mixes worst.
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
