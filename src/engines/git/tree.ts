/** Entries of a tree object: `mode name NUL id`, one after the other (gitcore-tutorial; `git ls-tree` shows them). */

/** What a mode says the entry is: its highest digits in octal. */
type EntryKind = "file" | "link" | "folder" | "submodule";

/** Gets where the name begins and ends, and where the id begins, all in `bytes`. */
export type TakeEntry = (kind: EntryKind, bytes: Buffer, nameAt: number, nameEnd: number, idAt: number) => void;

/**
 * Hands over each entry until the end.
 *
 * @returns false where the tree breaks the format: what came before was handed over
 */
export function eachTreeEntry(bytes: Buffer, idBytes: number, take: TakeEntry): boolean {
  let at = 0;
  while (at < bytes.length) {
    let mode = 0;
    let digits = 0;
    for (let byte = bytes[at] as number; byte !== 32; byte = bytes[++at] ?? -1) {
      if (byte < 0x30 || byte > 0x37 || ++digits > 7) return false;
      mode = mode * 8 + byte - 0x30;
    }
    const nameAt = at + 1;
    let nameEnd = nameAt;
    while (nameEnd < bytes.length && bytes[nameEnd] !== 0) nameEnd += 1;
    const idAt = nameEnd + 1;
    at = idAt + idBytes;
    if (digits === 0 || nameEnd === nameAt || at > bytes.length) return false;
    const kind = mode >> 12;
    if (kind === 0o04) take("folder", bytes, nameAt, nameEnd, idAt);
    else if (kind === 0o16) take("submodule", bytes, nameAt, nameEnd, idAt);
    else take(kind === 0o12 ? "link" : "file", bytes, nameAt, nameEnd, idAt);
  }
  return true;
}
