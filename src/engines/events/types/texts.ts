/** Lists of texts as the kernel has them: each with a zero after it. */

/** Texts of `a\0b\0`; a zero at the end ends the last one and starts none. */
export function splitTexts(all: string): string[] {
  if (all === "") return [];
  return (all.endsWith("\0") ? all.slice(0, -1) : all).split("\0");
}
