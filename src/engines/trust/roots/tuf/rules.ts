/**
 * What makes a file of a TUF repository the right one (TUF specification 1.0, section 5): each rule takes what is trusted,
 * the bytes that came, and the time at which the update began. No I/O.
 */
import { createHash } from "node:crypto";
import { failed } from "./failed.ts";
import { isSignedBy, type TufKey } from "./keys.ts";
import {
  type Delegation,
  type FileMeta,
  type Metadata,
  type Role,
  type Root,
  readRoot,
  readSnapshot,
  readTargets,
  readTimestamp,
  type Snapshot,
  type Targets,
  type Timestamp,
} from "./metadata.ts";

/** Where trust begins: the keys of one version of the root. */
export interface Anchor {
  readonly version: number;
  readonly threshold: number;
  readonly keys: readonly TufKey[];
}

/** The anchor that a root file of the user's is. @throws Problem `tuf.form`, `tuf.bound`, `tuf.signature` */
export function anchorIn(bytes: Uint8Array, place: string): Anchor {
  const { signed } = readRoot(bytes, place);
  const { keyIds, threshold } = signed.roles.root;
  const anchor = { version: signed.version, threshold, keys: keyIds.flatMap((id) => signed.keys.get(id) ?? []) };
  firstRoot(bytes, anchor, place);
  return anchor;
}

/** @param place - the file, for problems @throws Problem `tuf.form`, `tuf.bound`, `tuf.signature`, `tuf.mismatch` */
export function firstRoot(bytes: Uint8Array, anchor: Anchor, place: string): Metadata<Root> {
  const root = readRoot(bytes, place);
  if (root.signed.version !== anchor.version) {
    throw failed("tuf.mismatch", place, `version ${root.signed.version}, not ${anchor.version}`);
  }
  // By key: what ids the anchor's keys have, only the file says.
  const signers = root.signatures.flatMap(({ keyId, signature }) => {
    const key = root.signed.keys.get(keyId);
    return key !== undefined && isSignedBy(key, signature, root.signedBytes) ? [key.spki] : [];
  });
  const trusted = new Set(anchor.keys.map(({ spki }) => spki));
  requireThreshold(
    new Set(signers.filter((spki) => trusted.has(spki))).size,
    anchor.threshold,
    place,
    "the trusted root",
  );
  requireSigned(root, root.signed.roles.root, root.signed.keys, place, "itself");
  return root;
}

/** Section 5.3: signed by the version before it and by itself. @throws Problem as above, and `tuf.rollback` */
export function nextRoot(bytes: Uint8Array, before: Root, place: string): Metadata<Root> {
  const root = readRoot(bytes, place);
  requireSigned(root, before.roles.root, before.keys, place, `root version ${before.version}`);
  requireSigned(root, root.signed.roles.root, root.signed.keys, place, "itself");
  if (root.signed.version !== before.version + 1) {
    throw failed("tuf.rollback", place, `version ${root.signed.version}, not ${before.version + 1}`);
  }
  return root;
}

/** Whether a new root takes other keys for what versions are counted by: what they counted may be an attacker's then (5.3.11). */
export function changesCounters(before: Root, after: Root): boolean {
  return (["timestamp", "snapshot"] as const).some(
    (role) => signersOf(before, role).join() !== signersOf(after, role).join(),
  );
}

function signersOf({ roles, keys }: Root, role: "timestamp" | "snapshot"): string[] {
  return roles[role].keyIds.map((id) => keys.get(id)?.spki ?? id).sort();
}

/**
 * Section 5.4.
 *
 * @returns the new one, or the one before where nothing was published since
 * @throws Problem `tuf.form`, `tuf.bound`, `tuf.signature`, `tuf.rollback`, `tuf.expired`
 */
export function newTimestamp(
  bytes: Uint8Array,
  root: Root,
  before: Metadata<Timestamp> | undefined,
  now: Date,
  place: string,
): Metadata<Timestamp> {
  const fresh = readTimestamp(bytes, place);
  requireSigned(fresh, root.roles.timestamp, root.keys, place, "the root");
  if (before !== undefined) {
    requireNotBelow(fresh.signed.version, before.signed.version, place);
    requireNotBelow(fresh.signed.snapshot.version, before.signed.snapshot.version, place, "snapshot.json");
  }
  const timestamp = fresh.signed.version === before?.signed.version ? before : fresh;
  requireUnexpired(timestamp.signed.expires, now, place);
  return timestamp;
}

/** Section 5.5. @throws Problem `tuf.form`, `tuf.bound`, `tuf.signature`, `tuf.mismatch`, `tuf.rollback`, `tuf.expired` */
export function newSnapshot(
  bytes: Uint8Array,
  root: Root,
  timestamp: Timestamp,
  before: Metadata<Snapshot> | undefined,
  now: Date,
  place: string,
): Metadata<Snapshot> {
  requireFile(bytes, timestamp.snapshot, place);
  const snapshot = readSnapshot(bytes, place);
  requireSigned(snapshot, root.roles.snapshot, root.keys, place, "the root");
  requireVersion(snapshot.signed.version, timestamp.snapshot.version, place);
  for (const [name, { version }] of before?.signed.meta ?? []) {
    const after = snapshot.signed.meta.get(name);
    if (after === undefined) throw failed("tuf.rollback", place, `${name} is not in it any more`);
    requireNotBelow(after.version, version, place, name);
  }
  requireUnexpired(snapshot.signed.expires, now, place);
  return snapshot;
}

/** Sections 5.6.2 to 5.6.5, of the top-level targets and of delegated ones alike. @throws Problem as {@link newSnapshot} */
export function newTargets(
  bytes: Uint8Array,
  snapshot: Snapshot,
  by: { readonly role: Role; readonly keys: ReadonlyMap<string, TufKey>; readonly name: string },
  now: Date,
  place: string,
): Metadata<Targets> {
  const meta = snapshot.meta.get(`${by.name}.json`);
  if (meta === undefined) throw failed("tuf.mismatch", place, "the snapshot does not name it");
  requireFile(bytes, meta, place);
  const targets = readTargets(bytes, place);
  requireSigned(targets, by.role, by.keys, place, "what delegates to it");
  requireVersion(targets.signed.version, meta.version, place);
  requireUnexpired(targets.signed.expires, now, place);
  return targets;
}

/**
 * Counts keys that signed, not signatures or ids: a key that is listed under two ids counts once.
 *
 * @throws Problem `tuf.signature`
 */
export function requireSigned(
  metadata: Metadata<unknown>,
  { keyIds, threshold }: Role,
  keys: ReadonlyMap<string, TufKey>,
  place: string,
  by: string,
): void {
  const signers = new Set<string>();
  for (const { keyId, signature } of metadata.signatures) {
    const key = keyIds.includes(keyId) ? keys.get(keyId) : undefined;
    if (key === undefined || signers.has(key.spki)) continue;
    if (isSignedBy(key, signature, metadata.signedBytes)) signers.add(key.spki);
    if (signers.size >= threshold) return;
  }
  requireThreshold(signers.size, threshold, place, by);
}

function requireThreshold(count: number, threshold: number, place: string, by: string): void {
  if (count >= threshold) return;
  throw failed("tuf.signature", place, `signed by ${count} of the ${threshold} keys that ${by} asks for`);
}

/** What the file above says of one, where it says it. @throws Problem `tuf.mismatch` */
export function requireFile(bytes: Uint8Array, { length, hashes }: FileMeta, place: string): void {
  if (length !== undefined && bytes.length !== length) {
    throw failed("tuf.mismatch", place, `${bytes.length} bytes, not ${length}`);
  }
  if (hashes === undefined) return;
  const known = [...hashes].filter(([algorithm]) => algorithm === "sha256" || algorithm === "sha512");
  if (known.length === 0) throw failed("tuf.mismatch", place, "none of its hashes is by a known algorithm");
  for (const [algorithm, hex] of known) {
    if (createHash(algorithm).update(bytes).digest("hex") !== hex) {
      throw failed("tuf.mismatch", place, `its ${algorithm} is not what is named`);
    }
  }
}

/** @throws Problem `tuf.expired` */
export function requireUnexpired(expires: number, now: Date, place: string): void {
  if (expires > now.getTime()) return;
  const at = new Date(expires).toISOString().slice(0, 19);
  throw failed(
    "tuf.expired",
    place,
    `expired at ${at}Z: the repository may be frozen`,
    undefined,
    "check the clock, then try again",
  );
}

function requireVersion(version: number, named: number, place: string): void {
  if (version !== named) throw failed("tuf.mismatch", place, `version ${version}, not ${named}`);
}

function requireNotBelow(version: number, before: number, place: string, of?: string): void {
  if (version >= before) return;
  const what = of === undefined ? `version ${version}` : `version ${version} of ${of}`;
  throw failed("tuf.rollback", place, `${what}, although ${before} was seen`);
}

/** Whether a delegation is about a path (section 4.5). */
export function isDelegated({ paths, hashPrefixes }: Delegation, path: string): boolean {
  const hash = hashPrefixes.length === 0 ? "" : createHash("sha256").update(path).digest("hex");
  return hashPrefixes.some((prefix) => hash.startsWith(prefix)) || paths.some((pattern) => fits(pattern, path));
}

/** Shell patterns part by part: `*` and `?` stand for nothing with a slash, and for no part more or less. */
function fits(pattern: string, path: string): boolean {
  const [patterns, parts] = [pattern.split("/"), path.split("/")];
  return patterns.length === parts.length && patterns.every((each, index) => fitsPart(each, parts[index] ?? ""));
}

/** Each star takes as little as it can, and more where the rest does not fit: time by the product of both lengths. */
function fitsPart(pattern: string, text: string): boolean {
  let [at, in_, star, mark] = [0, 0, -1, 0];
  while (at < text.length) {
    if (pattern[in_] === "*") {
      star = in_++;
      mark = at;
    } else if (in_ < pattern.length && (pattern[in_] === "?" || pattern[in_] === text[at])) {
      in_ += 1;
      at += 1;
    } else if (star >= 0) {
      in_ = star + 1;
      at = ++mark;
    } else return false;
  }
  while (pattern[in_] === "*") in_ += 1;
  return in_ === pattern.length;
}
