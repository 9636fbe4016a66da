/**
 * Texts that outlive what they were made of. A text that is cut from another keeps the whole of that in memory, one that
 * was put together keeps its parts (V8's sliced and cons strings); and a great run says the same few thousand things again
 * and again. Here each is held once, by itself.
 */

/** Longer texts are seldom said twice. */
const SHARED_LENGTH = 256;
/** V8 copies what is shorter, instead of cutting it. */
const CUT_LENGTH = 13;

export type Strings = (text: string) => string;

/** For texts that are soon forgotten, and not worth being held once. */
export const asItIs: Strings = (text) => text;

/** @param limit - different texts that are held at most; then it begins anew */
export function createStrings(limit: number): Strings {
  const known = new Map<string, string>();
  return (text) => {
    if (text.length > SHARED_LENGTH) return detached(text);
    const shared = known.get(text);
    if (shared !== undefined) return shared;
    if (known.size >= limit) known.clear();
    const own = detached(text);
    known.set(own, own);
    return own;
  };
}

/** Longer lists are seldom written twice. */
const SHARED_ITEMS = 16;

/**
 * One list for all that hold the same texts: `["get", "list", "watch"]` stands in half of all roles. Others are cut to
 * their length, for a list that was pushed to holds room for more.
 *
 * @param limit - different lists that are held at most; then it begins anew
 */
export function createLists(limit: number): (items: readonly string[]) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (items) => {
    if (items.length === 0) return NONE;
    if (items.length > SHARED_ITEMS) return items.slice();
    // Two that read alike when they are joined are told apart by their items: the second is held by itself.
    const [first] = items;
    const key = items.length === 1 ? (first as string) : items.join("\n");
    const shared = known.get(key);
    if (shared !== undefined) return isSame(shared, items) ? shared : items.slice();
    if (known.size >= limit) known.clear();
    const own = Object.freeze(items.slice());
    known.set(key, own);
    return own;
  };
}

const NONE: readonly string[] = Object.freeze([]);

function isSame(some: readonly string[], others: readonly string[]): boolean {
  if (some.length !== others.length) return false;
  for (let at = 0; at < some.length; at++) if (some[at] !== others[at]) return false;
  return true;
}

/** Most are short, and go through one buffer: making one for each would take most of the time. */
const COPIED_LENGTH = 1_024;
/** A UTF-16 unit becomes three bytes at most. */
const copied = Buffer.allocUnsafeSlow(3 * COPIED_LENGTH) as Buffer & DirectBuffer;

/** Of Node's own, without the checks of arguments that `write` and `toString` begin with; its types do not name them. */
interface DirectBuffer {
  utf8Write(text: string, offset: number): number;
  utf8Slice(start: number, end: number): string;
}

/** The same text, cut from no other. */
export function detached(text: string): string {
  // UTF-8 has no lone surrogate; such a text comes of an escape, so it was put together, and not cut.
  if (text.length < CUT_LENGTH || !text.isWellFormed()) return text;
  if (text.length > COPIED_LENGTH) return Buffer.from(text, "utf8").toString("utf8");
  return copied.utf8Slice(0, copied.utf8Write(text, 0));
}
