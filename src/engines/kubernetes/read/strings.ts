/**
 * Texts that outlive the file that they stand in. What is cut from a text keeps the whole of it in memory (V8's sliced
 * strings), and manifests say the same few thousand words again and again: each is held once, by itself.
 */

/** Longer texts are seldom said twice. */
const SHARED_LENGTH = 256;
/** Different texts that are held; of 59,000 objects they are some 20,000. */
const SHARED_TEXTS = 500_000;
/** V8 copies what is shorter, instead of cutting it. */
const CUT_LENGTH = 13;

export type Strings = (text: string) => string;

export function createStrings(): Strings {
  const known = new Map<string, string>();
  return (text) => {
    if (text.length > SHARED_LENGTH) return detached(text);
    const shared = known.get(text);
    if (shared !== undefined) return shared;
    const own = detached(text);
    if (known.size < SHARED_TEXTS) known.set(own, own);
    return own;
  };
}

/** The same text, cut from no other. */
export function detached(text: string): string {
  // A lone surrogate comes of an escape, so such a text was put together, and not cut.
  if (text.length < CUT_LENGTH || !text.isWellFormed()) return text;
  return Buffer.from(text, "utf8").toString("utf8");
}
