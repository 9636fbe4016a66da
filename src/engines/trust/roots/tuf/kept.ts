/**
 * What is kept of a repository between two updates, as one file that is written whole. Reading it believes nothing of it:
 * everything is verified again from where trust begins, so that a damaged file, or one of other keys, is none.
 */
import { readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { parseJson } from "../../../../core/parse-json.ts";
import { isEvidenceProblem } from "../../../../core/problem.ts";
import { systemCause } from "../../../../core/system-cause.ts";
import { isObject } from "../../../../core/untyped.ts";
import { lockFolder } from "../../../files/lock.ts";
import { makePrivateFolder, writeWhole } from "../../../files/write.ts";
import { tufBounds as bounds } from "../bounds.ts";
import { failed } from "./failed.ts";
import {
  type Metadata,
  type Root,
  readSnapshot,
  readTargets,
  readTimestamp,
  type Snapshot,
  type Targets,
  type Timestamp,
} from "./metadata.ts";
import { type Anchor, firstRoot, nextRoot, requireFile, requireSigned } from "./rules.ts";

export interface Kept {
  /** From the anchor's version on; the last is the trusted one. */
  readonly roots: readonly [Metadata<Root>, ...Metadata<Root>[]];
  readonly timestamp?: Metadata<Timestamp>;
  readonly snapshot?: Metadata<Snapshot>;
  readonly targets?: Metadata<Targets>;
  /** Targets by path, as `targets` names them. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** ISO 8601, UTC: when the repository last said that all of it is current. Absent before the first whole update. */
  readonly checkedAt?: string;
}

const FORM = 1;
const LOCK_MILLISECONDS = 10_000;

export function trustedRootOf({ roots }: Pick<Kept, "roots">): Metadata<Root> {
  return roots.at(-1) ?? roots[0];
}

/**
 * @returns undefined where there is no file, or where it ends before the anchor begins, as after an update of the program
 * @throws Problem `tuf.cache` where it is not what an update wrote
 */
export function readKept(file: string, anchor: Anchor): Kept | undefined {
  const text = textOf(file);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    throw broken(file, "not JSON", error);
  }
  if (!isObject(value) || value.form !== FORM || !isTexts(value.roots))
    throw broken(file, "not of this program's form");
  try {
    return verified(value, value.roots, anchor, file);
  } catch (error) {
    if (isEvidenceProblem(error)) throw broken(file, error.message, error);
    throw error;
  }
}

function verified(
  value: Readonly<Record<string, unknown>>,
  texts: readonly string[],
  anchor: Anchor,
  file: string,
): Kept | undefined {
  const start = texts.findIndex((text) => versionOf(text) === anchor.version);
  const [first, ...later] = start < 0 ? [] : texts.slice(start);
  if (first === undefined) return undefined;
  let trusted = firstRoot(Buffer.from(first), anchor, file);
  const roots: [Metadata<Root>, ...Metadata<Root>[]] = [trusted];
  for (const text of later.slice(0, bounds.rootVersions)) {
    trusted = nextRoot(Buffer.from(text), trusted.signed, file);
    roots.push(trusted);
  }
  const root = trusted.signed;
  const timestamp = signedBy(value.timestamp, (bytes) => readTimestamp(bytes, file), root, "timestamp", file);
  const snapshot = signedBy(value.snapshot, (bytes) => readSnapshot(bytes, file), root, "snapshot", file);
  const targets = signedBy(value.targets, (bytes) => readTargets(bytes, file), root, "targets", file);
  const files = new Map<string, Uint8Array>();
  for (const [path, base64] of Object.entries(isObject(value.files) ? value.files : {})) {
    const meta = targets?.signed.targets.get(path);
    if (meta === undefined || typeof base64 !== "string") continue;
    const bytes = Buffer.from(base64, "base64");
    requireFile(bytes, meta, path);
    files.set(path, bytes);
  }
  const checkedAt = typeof value.checkedAt === "string" && isTime(value.checkedAt) ? value.checkedAt : undefined;
  return {
    roots,
    files,
    ...(timestamp === undefined ? {} : { timestamp }),
    ...(snapshot === undefined ? {} : { snapshot }),
    ...(targets === undefined ? {} : { targets }),
    ...(checkedAt === undefined || files.size === 0 ? {} : { checkedAt }),
  };
}

/** Undefined too where the keys were changed since: what they signed counts no more. */
function signedBy<Signed>(
  text: unknown,
  read: (bytes: Uint8Array) => Metadata<Signed>,
  root: Root,
  role: "timestamp" | "snapshot" | "targets",
  place: string,
): Metadata<Signed> | undefined {
  if (typeof text !== "string") return undefined;
  const metadata = read(Buffer.from(text));
  try {
    requireSigned(metadata, root.roles[role], root.keys, place, "the root");
    return metadata;
  } catch (error) {
    if (isEvidenceProblem(error)) return undefined;
    throw error;
  }
}

/**
 * Writes what an update came to, unless another process has written something newer meanwhile.
 *
 * @throws Problem `tuf.cache` where another one does not let go of it, or the folder cannot be written to; `files.…` (usage)
 */
export function writeKept(file: string, kept: Kept, anchor: Anchor): void {
  try {
    writeLocked(file, kept, anchor);
  } catch (error) {
    const { code = "", syscall } = error as NodeJS.ErrnoException;
    // A folder that cannot be made, or in which SQLite cannot lock: a home that is read-only.
    if (syscall === undefined && !code.startsWith("ERR_SQLITE")) throw error;
    throw failed("tuf.cache", dirname(file), systemCause(error), error, "name another directory with --roots");
  }
}

function writeLocked(file: string, kept: Kept, anchor: Anchor): void {
  const folder = dirname(file);
  makePrivateFolder(folder);
  using lock = lockFolder(folder, LOCK_MILLISECONDS);
  if (lock === undefined) throw failed("tuf.cache", folder, "another process is writing to it", undefined, "try again");
  let there: Kept | undefined;
  try {
    there = readKept(file, anchor);
  } catch (error) {
    // What is broken is replaced.
    if (!isEvidenceProblem(error)) throw error;
  }
  if (there !== undefined && isNewer(there, kept)) return;
  const { roots, timestamp, snapshot, targets, files, checkedAt } = kept;
  const value = {
    form: FORM,
    checkedAt,
    roots: roots.map(({ text }) => text),
    timestamp: timestamp?.text,
    snapshot: snapshot?.text,
    targets: targets?.text,
    files: Object.fromEntries([...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString("base64")])),
  };
  writeWhole(file, `${JSON.stringify(value)}\n`, { mode: 0o600 });
}

/** By the root first: a new one may have put back the counters of the others. */
function isNewer(there: Kept, own: Kept): boolean {
  const counters = (kept: Kept) => [
    trustedRootOf(kept).signed.version,
    kept.timestamp?.signed.version ?? 0,
    kept.snapshot?.signed.version ?? 0,
    kept.targets?.signed.version ?? 0,
    kept.checkedAt === undefined ? 0 : Date.parse(kept.checkedAt),
  ];
  const [theirs, ours] = [counters(there), counters(own)];
  const differing = theirs.findIndex((value, index) => value !== ours[index]);
  return differing >= 0 && (theirs[differing] ?? 0) > (ours[differing] ?? 0);
}

function textOf(file: string): string | undefined {
  try {
    if (statSync(file).size > bounds.cacheBytes) throw broken(file, `larger than ${bounds.cacheBytes} bytes`);
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw syscall === undefined ? error : broken(file, systemCause(error), error);
  }
}

function versionOf(text: string): number | undefined {
  try {
    return (parseJson(text) as { signed?: { version?: number } } | null)?.signed?.version;
  } catch {
    return undefined;
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

function isTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z$/.test(text) && !Number.isNaN(Date.parse(text));
}

function broken(file: string, cause: string, error?: unknown) {
  return failed("tuf.cache", file, cause, error, "run `bulkhead trust update`, which replaces it");
}
