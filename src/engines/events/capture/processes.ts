/** Lists of processes, in all versions that captures have. */
import type { ThreadSnapshot } from "../sink.ts";
import { splitTexts } from "../types/texts.ts";
import type { Cursor } from "./cursor.ts";

/** No login: the kernel's -1. */
const NO_LOGIN = 0xffff_ffff;

/**
 * Bytes of what entries had before libs 0.10 after the root: it put two fields in front of them, so that what follows is told
 * by how much there is.
 */
const BEFORE_0_10 = 29;

/** Each thread of a block, in its order. @throws Problem `events.broken` */
export function readProcesses(cursor: Cursor, version: number, each: (thread: ThreadSnapshot) => void): void {
  const end = cursor.end;
  while (end - cursor.at >= 4) {
    const start = cursor.at;
    if (version >= 9) {
      const length = cursor.u32();
      if (length < 4 || length > end - start) throw cursor.broken(`an entry of ${length} bytes is over its block`);
      cursor.end = start + length;
    }
    each(entry(cursor, version));
    if (version >= 9) cursor.at = cursor.end;
    cursor.end = end;
  }
}

function entry(cursor: Cursor, version: number): ThreadSnapshot {
  const tid = cursor.id();
  const pid = cursor.id();
  const parent = cursor.id();
  const sid = version >= 6 ? { sid: cursor.id() } : {};
  const vpgid = version >= 8 ? { vpgid: cursor.id() } : {};
  const comm = cursor.counted();
  const exe = cursor.counted();
  const exePath = version >= 7 ? cursor.counted() : "";
  const args = splitTexts(cursor.counted());
  const cwd = cursor.counted();
  cursor.skip(8);
  const flags = cursor.u32();
  const uid = cursor.u32();
  const gid = cursor.u32();
  if (version >= 2) cursor.skip(3 * 4 + 2 * 8);
  const environment = version >= 3 ? { environment: splitTexts(cursor.counted()) } : {};
  const numbers = version >= 4 ? { vtid: cursor.id(), vpid: cursor.id() } : {};
  const cgroups = version >= 4 ? { cgroups: splitTexts(cursor.counted()) } : {};
  const root = version >= 5 ? cursor.counted() : "";
  return {
    ...{ tid, pid, parent, ...sid, ...vpgid, comm, exe, exePath, args, cwd, flags, uid, gid },
    ...{ ...environment, ...numbers, ...cgroups },
    ...(root === "" ? {} : { root }),
    ...(version >= 9 ? late(cursor) : {}),
  };
}

type Late = { -readonly [Key in keyof ThreadSnapshot]?: ThreadSnapshot[Key] };

/** What was added at the end, each as far as the entry goes. */
function late(cursor: Cursor): Late {
  const more: Late = {};
  if (cursor.left() > BEFORE_0_10) {
    if (cursor.left() >= 8) more.pidNamespaceStarted = cursor.u64();
    if (cursor.left() >= 4) more.tty = cursor.u32();
  }
  if (cursor.left() >= 4) {
    const login = cursor.u32();
    if (login !== NO_LOGIN) more.loginUid = login;
  }
  if (cursor.left() >= 1) more.exeWritable = cursor.u8() !== 0;
  if (cursor.left() >= 24) {
    const inheritable = cursor.u64();
    more.capabilities = { inheritable, permitted: cursor.u64(), effective: cursor.u64() };
  }
  if (cursor.left() >= 1) more.exeUpperLayer = cursor.u8() !== 0;
  if (cursor.left() >= 8) more.exeInode = cursor.u64();
  if (cursor.left() >= 8) more.exeChanged = cursor.u64();
  if (cursor.left() >= 8) more.exeModified = cursor.u64();
  if (cursor.left() >= 1) more.exeFromMemfd = cursor.u8() !== 0;
  if (cursor.left() >= 1) more.exeLowerLayer = cursor.u8() !== 0;
  if (cursor.left() >= 8) more.pgid = cursor.id();
  return more;
}
