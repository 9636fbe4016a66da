/** The files of a TUF repository, read and within bounds; nothing of them is believed before its signatures are counted. */
import { parseExactJson } from "../../../../core/exact-json.ts";
import { overJsonLimit } from "../../../../core/json-cost.ts";
import { isObject, type Untyped } from "../../../../core/untyped.ts";
import { tufBounds as bounds } from "../bounds.ts";
import { canonical } from "./canonical.ts";
import { failed } from "./failed.ts";
import { readKey, type TufKey } from "./keys.ts";

export interface Metadata<Signed> {
  readonly signed: Signed;
  /** What the signatures are over. */
  readonly signedBytes: Uint8Array;
  readonly signatures: readonly { readonly keyId: string; readonly signature: string }[];
  /** The file as it was. */
  readonly text: string;
}

interface Dated {
  readonly version: number;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

export interface Root extends Dated {
  /** Those of types that are known. */
  readonly keys: ReadonlyMap<string, TufKey>;
  readonly roles: Readonly<Record<TopRole, Role>>;
  readonly consistentSnapshot: boolean;
}

export const topRoles = ["root", "timestamp", "snapshot", "targets"] as const;
export type TopRole = (typeof topRoles)[number];

/** Who must sign. */
export interface Role {
  readonly keyIds: readonly string[];
  readonly threshold: number;
}

/** What a file says of another one. */
export interface FileMeta {
  readonly length?: number;
  /** By algorithm; hexadecimal. */
  readonly hashes?: ReadonlyMap<string, string>;
}

export interface VersionMeta extends FileMeta {
  readonly version: number;
}

export interface Timestamp extends Dated {
  readonly snapshot: VersionMeta;
}

export interface Snapshot extends Dated {
  /** By file name: `targets.json`. */
  readonly meta: ReadonlyMap<string, VersionMeta>;
}

export interface Targets extends Dated {
  readonly targets: ReadonlyMap<string, Required<FileMeta>>;
  readonly delegations: readonly Delegation[];
  readonly keys: ReadonlyMap<string, TufKey>;
}

export interface Delegation extends Role {
  readonly name: string;
  /** Shell patterns over the parts of a path. */
  readonly paths: readonly string[];
  /** Beginnings of the SHA-256 of a path. */
  readonly hashPrefixes: readonly string[];
  readonly terminating: boolean;
}

/** @param place - the file, for problems @throws Problem `tuf.form`, `tuf.bound` */
export const readRoot = (bytes: Uint8Array, place: string) => read(bytes, place, "root", rootOf);
export const readTimestamp = (bytes: Uint8Array, place: string) => read(bytes, place, "timestamp", timestampOf);
export const readSnapshot = (bytes: Uint8Array, place: string) => read(bytes, place, "snapshot", snapshotOf);
export const readTargets = (bytes: Uint8Array, place: string) => read(bytes, place, "targets", targetsOf);

/** Thrown within the readers alone, as a sentence about the file. */
class Fault extends Error {}

function read<Signed>(
  bytes: Uint8Array,
  place: string,
  type: TopRole,
  make: (signed: Untyped) => Signed,
): Metadata<Signed> {
  if (overJsonLimit(bytes, { depth: bounds.jsonDepth }) !== undefined) {
    throw failed("tuf.bound", place, `nested deeper than ${bounds.jsonDepth} levels`);
  }
  const parsed = parseExactJson(Buffer.from(bytes));
  if ("fault" in parsed) throw failed("tuf.form", place, parsed.fault);
  const { value } = parsed;
  try {
    const { signed, signatures } = object(value, "the file");
    const body = object(signed, "signed");
    if (body._type !== type) throw new Fault(`_type is not ${type}`);
    if (typeof body.spec_version !== "string" || !/^1(?:\.\d{1,4}){1,2}$/.test(body.spec_version)) {
      throw new Fault("spec_version is not 1");
    }
    const over = canonical(body);
    if (over === undefined) throw new Fault("a number that canonical JSON does not have");
    return {
      signed: make(body),
      signedBytes: Buffer.from(over),
      signatures: signaturesOf(signatures),
      text: Buffer.from(bytes).toString("utf8"),
    };
  } catch (error) {
    if (error instanceof Fault) throw failed("tuf.form", place, error.message);
    throw error;
  }
}

function signaturesOf(value: unknown): { keyId: string; signature: string }[] {
  const signatures = list(value, "signatures", bounds.signatures).map((each) => {
    const { keyid, sig } = object(each, "a signature");
    return { keyId: text(keyid, "keyid"), signature: text(sig, "sig") };
  });
  if (new Set(signatures.map(({ keyId }) => keyId)).size !== signatures.length)
    throw new Fault("two signatures of one key id");
  return signatures;
}

function rootOf(signed: Untyped): Root {
  const roles = object(signed.roles, "roles");
  return {
    ...dated(signed),
    keys: keysOf(signed.keys),
    roles: Object.fromEntries(
      topRoles.map((name) => [name, roleOf(object(roles[name], `role ${name}`))]),
    ) as Root["roles"],
    consistentSnapshot: signed.consistent_snapshot === true,
  };
}

function timestampOf(signed: Untyped): Timestamp {
  const meta = object(signed.meta, "meta");
  return { ...dated(signed), snapshot: versionMeta(own(meta, "snapshot.json")) };
}

function snapshotOf(signed: Untyped): Snapshot {
  const meta = Object.entries(object(signed.meta, "meta"));
  return { ...dated(signed), meta: new Map(meta.map(([name, value]) => [name, versionMeta(value)])) };
}

function targetsOf(signed: Untyped): Targets {
  const targets = new Map(
    Object.entries(object(signed.targets, "targets")).map(([path, value]) => {
      const { length, hashes } = fileMeta(object(value, "a target"));
      if (length === undefined || hashes === undefined) throw new Fault("a target without length or hashes");
      return [path, { length, hashes }];
    }),
  );
  if (signed.delegations === undefined) return { ...dated(signed), targets, delegations: [], keys: new Map() };
  const { keys, roles, succinct_roles: succinct } = object(signed.delegations, "delegations");
  if (succinct !== undefined) throw new Fault("succinct_roles are not supported");
  return {
    ...dated(signed),
    targets,
    keys: keysOf(keys),
    delegations: list(roles, "delegated roles", bounds.keys).map((each) =>
      delegationOf(object(each, "a delegated role")),
    ),
  };
}

function delegationOf(value: Untyped): Delegation {
  const name = text(value.name, "name of a delegated role");
  if (name === "" || name.length > 255 || topRoles.some((role) => role === name)) {
    throw new Fault("invalid name of a delegated role");
  }
  const texts = (member: unknown, what: string) =>
    member === undefined ? [] : list(member, what, bounds.keys).map((each) => text(each, what));
  const [paths, hashPrefixes] = [texts(value.paths, "paths"), texts(value.path_hash_prefixes, "path_hash_prefixes")];
  if ((value.paths === undefined) === (value.path_hash_prefixes === undefined)) {
    throw new Fault("a delegated role needs paths or path_hash_prefixes, not both");
  }
  return { ...roleOf(value), name, paths, hashPrefixes, terminating: value.terminating === true };
}

function roleOf({ keyids, threshold }: Untyped): Role {
  const keyIds = list(keyids, "keyids", bounds.keys).map((each) => text(each, "keyid"));
  if (new Set(keyIds).size !== keyIds.length) throw new Fault("a key id twice in one role");
  return { keyIds, threshold: positive(threshold, "threshold") };
}

function keysOf(value: unknown): Map<string, TufKey> {
  const entries = Object.entries(object(value, "keys"));
  if (entries.length > bounds.keys) throw new Fault(`more than ${bounds.keys} keys`);
  const keys = new Map<string, TufKey>();
  for (const [id, each] of entries) {
    const key = readKey(object(each, "a key"));
    if (key !== undefined) keys.set(id, key);
  }
  return keys;
}

function versionMeta(value: unknown): VersionMeta {
  const meta = object(value, "meta of a file");
  return { ...fileMeta(meta), version: positive(meta.version, "version") };
}

function fileMeta({ length, hashes }: Untyped): FileMeta {
  if (length !== undefined && (!Number.isSafeInteger(length) || (length as number) < 0))
    throw new Fault("invalid length");
  return {
    ...(length === undefined ? {} : { length: length as number }),
    ...(hashes === undefined ? {} : { hashes: hashesOf(object(hashes, "hashes")) }),
  };
}

function hashesOf(hashes: Untyped): Map<string, string> {
  const entries = Object.entries(hashes).map(
    ([algorithm, hex]) => [algorithm, text(hex, "hash").toLowerCase()] as const,
  );
  if (entries.length === 0) throw new Fault("hashes without any");
  return new Map(entries);
}

function dated({ version, expires }: Untyped): Dated {
  const written = text(expires, "expires");
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(written) ? Date.parse(written) : Number.NaN;
  if (Number.isNaN(at)) throw new Fault("expires is not a time");
  return { version: positive(version, "version"), expires: at };
}

function positive(value: unknown, what: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 1) throw new Fault(`${what} is not a positive integer`);
  return value as number;
}

function object(value: unknown, what: string): Untyped {
  if (!isObject(value)) throw new Fault(`${what} is not an object`);
  return value;
}

function own(value: Untyped, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

function list(value: unknown, what: string, most: number): readonly unknown[] {
  if (!Array.isArray(value)) throw new Fault(`${what} is not a list`);
  if (value.length > most) throw new Fault(`${what} has more than ${most} members`);
  return value;
}

function text(value: unknown, what: string): string {
  if (typeof value !== "string") throw new Fault(`${what} is not a text`);
  return value;
}
