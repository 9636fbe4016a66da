/** The list of known bases on this machine: read, added to, removed from. */
import { readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { Problem } from "../../core/problem.ts";
import { systemCause } from "../../core/system-cause.ts";
import { bounds as baseBounds } from "../../engines/contents/base/bounds.ts";
import { formatKnownBases, knownBases, parseKnownBases } from "../../engines/contents/base/known.ts";
import type { KnownBase } from "../../engines/contents/base/model.ts";
import type { KnownBases } from "../../engines/contents/base/recognise.ts";
import { makePrivateFolder, writeWhole } from "../../engines/files/write.ts";
import { bounds } from "./bounds.ts";

/** Empty where there is no file. @throws Problem `bases.document`, `bases.file` */
export function readKnownBases(path: string): KnownBase[] {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined) return [];
  if (size > bounds.knownBasesBytes) {
    const cause = `${size} bytes exceed the limit of ${bounds.knownBasesBytes}`;
    throw new Problem({ kind: "input", code: "bases.file", place: path, cause });
  }
  try {
    return parseKnownBases(readFileSync(path, "utf8"), path);
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem({ kind: "usage", code: "bases.file", place: path, cause: systemCause(error) });
  }
}

/** What recognises the bases in the file. @throws as {@link readKnownBases} */
export function openKnownBases(path: string): KnownBases {
  return knownBases(readKnownBases(path));
}

/** Adds bases; one of the same name and chain of layers takes the place of the older entry. */
export function learnBases(path: string, learnt: readonly KnownBase[]): void {
  const key = ({ name, chainId }: KnownBase) => `${name}\0${chainId}`;
  const all = new Map([...readKnownBases(path), ...learnt].map((base) => [key(base), base]));
  if (all.size > baseBounds.knownBases) {
    const cause = `would have more than ${baseBounds.knownBases} bases`;
    throw new Problem({ kind: "usage", code: "bases.file", place: path, cause, remedy: "--forget some of them" });
  }
  write(path, [...all.values()]);
}

/** Removes all bases of a name; returns how many there were. */
export function forgetBase(path: string, name: string): number {
  const before = readKnownBases(path);
  const after = before.filter((base) => base.name !== name);
  if (after.length < before.length) write(path, after);
  return before.length - after.length;
}

/** In one step, so that nobody reads half a file. */
function write(path: string, bases: readonly KnownBase[]): void {
  makePrivateFolder(dirname(path));
  writeWhole(path, formatKnownBases(bases), { mode: 0o600 });
}
