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
    at = readEntry(bytes, at, idBytes, take);
    if (at === -1) return false;
  }
  return true;
}

/**
 * The entry that begins at an offset, which is within `bytes`.
 *
 * @returns where it ends; -1 where it breaks the format, and then nothing was handed over
 */
export function readEntry(bytes: Buffer, start: number, idBytes: number, take: TakeEntry): number {
  let at = start;
  let mode = 0;
  let digits = 0;
  for (let byte = bytes[at] as number; byte !== 32; byte = bytes[++at] ?? -1) {
    if (byte < 0x30 || byte > 0x37 || ++digits > 7) return -1;
    mode = mode * 8 + byte - 0x30;
  }
  const nameAt = at + 1;
  let nameEnd = nameAt;
  while (nameEnd < bytes.length && bytes[nameEnd] !== 0) nameEnd += 1;
  const idAt = nameEnd + 1;
  const end = idAt + idBytes;
  if (digits === 0 || nameEnd === nameAt || end > bytes.length) return -1;
  const kind = mode >> 12;
  if (kind === 0o04) take("folder", bytes, nameAt, nameEnd, idAt);
  else if (kind === 0o16) take("submodule", bytes, nameAt, nameEnd, idAt);
  else take(kind === 0o12 ? "link" : "file", bytes, nameAt, nameEnd, idAt);
  return end;
}
