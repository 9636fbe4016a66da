/** Files written piece by piece, which are there whole or not at all. */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  fchmodSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { Problem } from "../core/problem.ts";

/** Characters that are put together before they are written: pieces are as short as a key. */
const CHUNK = 64 * 1024;

/** The same text in pieces of at least {@link CHUNK} characters, but for the last. */
export function* inChunks(pieces: Iterable<string>): Generator<string> {
  let chunk: string[] = [];
  let length = 0;
  for (const piece of pieces) {
    chunk.push(piece);
    length += piece.length;
    if (length < CHUNK) continue;
    yield chunk.join("");
    chunk = [];
    length = 0;
  }
  if (length > 0) yield chunk.join("");
}

/**
 * Writes a file beside the named one and puts it in its place when it is complete, so that a reader sees the old one or
 * the new one. What is no file (a device, a pipe), and a file whose folder cannot be written, is written as it is.
 *
 * @throws Problem `cli.output` where it cannot be written
 */
export function writeFile(name: string, pieces: Iterable<string>): void {
  try {
    const known = statSync(name, { throwIfNoEntry: false });
    // A link stays one: what it names is replaced.
    const file = known === undefined ? name : realpathSync(name);
    const fresh = known === undefined || known.isFile() ? openBeside(file, known) : undefined;
    if (fresh === undefined) {
      writeTo(openSync(name, "w"), pieces);
      return;
    }
    try {
      writeTo(fresh.descriptor, pieces);
      renameSync(fresh.path, file);
    } catch (error) {
      rmSync(fresh.path, { force: true });
      throw error;
    }
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error)) throw error;
    throw new Problem({ kind: "usage", code: "cli.output", place: name, cause: error.message });
  }
}

function openBeside(file: string, known: Stats | undefined): { path: string; descriptor: number } | undefined {
  const path = join(dirname(file), `.${basename(file).slice(0, 100)}.${randomBytes(6).toString("hex")}.new`);
  let descriptor: number;
  try {
    descriptor = openSync(path, "wx");
  } catch (error) {
    // The file itself may be ours to write although its folder is not.
    if (known !== undefined && isRefused(error)) return undefined;
    throw error;
  }
  if (known !== undefined) fchmodSync(descriptor, known.mode & 0o7777);
  return { path, descriptor };
}

function writeTo(descriptor: number, pieces: Iterable<string>): void {
  try {
    for (const chunk of inChunks(pieces)) {
      const bytes = Buffer.from(chunk);
      for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
    }
  } finally {
    closeSync(descriptor);
  }
}

function isRefused(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "EACCES" || code === "EPERM" || code === "EROFS";
}
