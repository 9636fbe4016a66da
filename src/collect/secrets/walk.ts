/** The files of a folder, listed before they are read: what is shared with another thread, and what progress is measured by. */
import { type Dirent, readdirSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { Problem } from "../../core/problem.ts";
import { systemCause } from "../../core/system-cause.ts";
import { bounds as collectBounds } from "../bounds.ts";

export interface WalkOptions {
  /** Names of folders that are not looked into, wherever they are. */
  readonly skipped: ReadonlySet<string>;
  /** Folders that are not looked into, by their paths below the root. */
  readonly skippedPaths?: ReadonlySet<string>;
  /** What the run leaves out, by its path below the root. */
  readonly exclusion?: { excludes(path: string, isDirectory: boolean): boolean };
  /** Files that are not looked into, by their paths below the root. */
  readonly skipsFile?: (path: string) => boolean;
  readonly signal?: AbortSignal;
  /** How many files there are so far. */
  readonly onListed?: (files: number) => void;
}

export interface Walked {
  readonly files: FileNames;
  readonly count: number;
  /** Folders that could not be listed. */
  readonly unread: readonly { readonly path: string; readonly cause: string }[];
  /** Folders of the names that are skipped. */
  readonly skipped: readonly string[];
}

/** Names of files in memory that threads share: as bytes, for not every name is UTF-8. */
export interface FileNames {
  /** Paths below the root, a NUL behind each. */
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  /** Where each piece begins, and where the last ends. */
  readonly starts: Float64Array<SharedArrayBuffer>;
}

export interface FileName {
  /** As it is shown; what is not UTF-8 has U+FFFD in it. */
  readonly path: string;
  /** As it is opened. */
  readonly name: string | Buffer;
}

/** Files of a piece. */
const PIECE = 32;
/** Entries after which others have their turn. */
const YIELD = 20_000;
const SLASH = Buffer.from("/");
const NUL = Buffer.from([0]);

/** @throws Problem where the root is no folder, or there are more entries than the bound */
export async function walkFiles(root: string, options: WalkOptions): Promise<Walked> {
  const pending: Buffer[] = [Buffer.alloc(0)];
  const names: Buffer[] = [];
  const unread: { path: string; cause: string }[] = [];
  const skipped: string[] = [];
  let entries = 0;
  let sinceYield = 0;
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const shown = folder.toString();
    const listed = list(openable(root, folder, shown));
    if (!Array.isArray(listed)) {
      if (shown === "") throw new Problem({ kind: "usage", code: "secrets.folder", place: root, cause: listed.cause });
      unread.push({ path: shown, cause: listed.cause });
      continue;
    }
    entries += listed.length;
    if (entries > collectBounds.entries) {
      throw new Problem({
        kind: "input",
        code: "secrets.folder",
        place: root,
        cause: `more than ${collectBounds.entries} entries`,
        remedy: "scan a subdirectory",
      });
    }
    const below = folder.length === 0 ? folder : Buffer.concat([folder, SLASH]);
    for (const { entry, name } of named(listed)) {
      const path = shown === "" ? name : `${shown}/${name}`;
      if (options.exclusion?.excludes(path, entry.isDirectory()) === true) continue;
      if (entry.isDirectory()) {
        if (options.skipped.has(name)) skipped.push(path);
        else if (options.skippedPaths?.has(path) !== true) pending.push(Buffer.concat([below, entry.name]));
      } else if (entry.isFile() && options.skipsFile?.(path) !== true) names.push(Buffer.concat([below, entry.name]));
    }
    options.onListed?.(names.length);
    sinceYield += listed.length;
    if (sinceYield > YIELD) {
      sinceYield = 0;
      await setImmediate();
      options.signal?.throwIfAborted();
    }
  }
  return { files: packed(names), count: names.length, unread, skipped };
}

/** In the order of their names as they are shown. */
function named(listed: readonly Dirent<Buffer>[]): { readonly entry: Dirent<Buffer>; readonly name: string }[] {
  return listed
    .map((entry) => ({ entry, name: entry.name.toString() }))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : Buffer.compare(a.entry.name, b.entry.name)));
}

function packed(names: readonly Buffer[]): FileNames {
  let length = 0;
  for (const name of names) length += name.length + 1;
  const bytes = new Uint8Array(new SharedArrayBuffer(length));
  const pieces = Math.ceil(names.length / PIECE);
  const starts = new Float64Array(new SharedArrayBuffer((pieces + 1) * Float64Array.BYTES_PER_ELEMENT));
  let at = 0;
  for (const [number, name] of names.entries()) {
    if (number % PIECE === 0) starts[number / PIECE] = at;
    bytes.set(name, at);
    at += name.length + 1;
  }
  starts[pieces] = at;
  return { bytes, starts };
}

export function pieceCount({ starts }: FileNames): number {
  return starts.length - 1;
}

export function namesOf(root: string, { bytes, starts }: FileNames, piece: number): FileName[] {
  // A copy: what decodes and opens names takes no shared memory.
  const own = Buffer.from(bytes.slice(starts[piece], starts[piece + 1]));
  const names: FileName[] = [];
  for (let from = 0, to = own.indexOf(NUL); to !== -1; from = to + 1, to = own.indexOf(NUL, from)) {
    const raw = own.subarray(from, to);
    const path = raw.toString();
    names.push({ path, name: openable(root, raw, path) });
  }
  return names;
}

function openable(root: string, raw: Buffer, shown: string): string | Buffer {
  if (shown.includes("\ufffd")) return Buffer.concat([Buffer.from(root), SLASH, raw]);
  // What is listed has no dots to resolve, which is what joining takes its time for.
  return root === "" || shown === "" ? join(root, shown) : `${root}/${shown}`;
}

function list(path: string | Buffer): Dirent<Buffer>[] | { cause: string } {
  try {
    return readdirSync(path, { withFileTypes: true, encoding: "buffer" });
  } catch (error) {
    return { cause: systemCause(error) };
  }
}
