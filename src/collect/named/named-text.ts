/** Texts that the caller names on the command line and thereby vouches for. */
import nodeFs from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { isEvidenceProblem, Problem } from "../../core/problem.ts";
import { systemCause } from "../../core/system-cause.ts";

/** What kind of text it is, for its bound and for what is said of it. */
export interface TextKind {
  /** First part of the codes of its problems. */
  readonly code: "policy" | "baseline" | "report" | "vex" | "network" | "rules" | "imports";
  /** The option that names it. */
  readonly option: string;
  /** What such a file is usually called. */
  readonly example: string;
  readonly bytes: number;
}

/**
 * Reads a file, or with `git:REF:PATH` a file as a commit of the repository at `root` has it.
 *
 * @throws Problem (usage) where it cannot be read, is over its bound or is not UTF-8
 */
export async function readNamedText(flag: string, root: string, kind: TextKind): Promise<string> {
  if (flag.startsWith("git:")) return decode(await readFromGit(flag, root, kind), flag, kind);
  let handle: FileHandle;
  try {
    handle = await nodeFs.promises.open(flag);
  } catch (error) {
    throw refused(`${kind.code}.unreadable`, flag, systemCause(error), `check ${kind.option}`, error);
  }
  await using file = handle;
  return await readText(file, flag, kind);
}

/** The open file's text; see {@link readNamedText} for what is refused. */
export async function readText(file: FileHandle, name: string, kind: TextKind): Promise<string> {
  return decode(await readBounded(file, name, kind), name, kind);
}

/** One byte more than the bound is enough to know that it is over it; a size from stat would trust /proc and pipes. */
async function readBounded(file: FileHandle, name: string, kind: TextKind): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    while (length <= kind.bytes) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(64 * 1024));
      if (bytesRead === 0) return Buffer.concat(chunks);
      chunks.push(buffer.subarray(0, bytesRead));
      length += bytesRead;
    }
  } catch (error) {
    throw refused(`${kind.code}.unreadable`, name, systemCause(error), `check ${kind.option}`, error);
  }
  throw tooLarge(name, kind);
}

/** The repository's files are read: git is not run, so nothing that a configuration names can be. */
async function readFromGit(flag: string, root: string, kind: TextKind): Promise<Buffer> {
  const [ref = "", ...rest] = flag.slice("git:".length).split(":");
  const path = rest.join(":");
  if (ref === "" || path === "") {
    const remedy = `write git:REF:PATH, as git:origin/main:${kind.example}`;
    throw refused(`${kind.code}.git-name`, flag, "a commit or a path is missing", remedy);
  }
  const { readFileAt } = await import("../../engines/git/file-at.ts");
  let bytes: Buffer;
  try {
    bytes = readFileAt(root, ref, path);
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    throw refused(`${kind.code}.git`, flag, `${error.place}: ${error.message}`, error.remedy, error);
  }
  if (bytes.length > kind.bytes) throw tooLarge(flag, kind);
  return bytes;
}

function decode(bytes: Buffer, name: string, kind: TextKind): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw refused(`${kind.code}.encoding`, name, "not UTF-8", "save it as UTF-8", error);
  }
}

function tooLarge(name: string, kind: TextKind): Problem {
  return refused(`${kind.code}.too-large`, name, `larger than ${kind.bytes / 1024} KiB`, undefined);
}

export function refused(
  code: string,
  place: string,
  cause: string,
  remedy: string | undefined,
  error?: unknown,
): Problem {
  return new Problem(
    { kind: "usage", code, place, cause, ...(remedy === undefined ? {} : { remedy }) },
    error === undefined ? undefined : { cause: error },
  );
}
