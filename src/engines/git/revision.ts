/** What a revision (gitrevisions(7)) names: a branch, a tag or a commit, and its ancestors. */
import { Problem } from "../../core/problem.ts";
import { parseCommit, parseTag } from "./commit.ts";
import type { GitObject } from "./deflated.ts";
import { COMMIT, TAG, TREE } from "./entry.ts";
import type { Located } from "./locate.ts";
import type { Lookup } from "./lookup.ts";
import { isRefName, readRefNamed } from "./ref-name.ts";

export interface Reading {
  readonly located: Located;
  readonly lookup: Lookup;
  readonly idBytes: number;
  /** Commits whose parents were cut off. */
  readonly shallow: readonly string[];
}

export interface FoundObject {
  readonly id: string;
  readonly object: GitObject;
}

/** Where git looks for a short name, in its order (gitrevisions(7), `<refname>`). */
const PLACES = ["", "refs/", "refs/tags/", "refs/heads/", "refs/remotes/"];

/**
 * The object that a revision names: an id or how one begins, a ref's name, then `^`, `~3`, `^{commit}` and the like.
 * Forms that look through the history or the reflog are refused, and so is a name that several refs with different
 * objects have: git takes one of them, and whoever may push a tag decides which.
 *
 * @throws {Problem} `git.revision` where it names nothing, or not one thing; what reading objects throws
 */
export function readRevision(revision: string, reading: Reading): FoundObject {
  const [name = ""] = /^[^~^]*/.exec(revision) ?? [];
  const steps = revision.slice(name.length);
  let found = readNamed(idOf(name, revision, reading), revision, reading);
  for (const [step] of stepsOf(steps, revision)) found = follow(found, step, revision, reading);
  return found;
}

function stepsOf(steps: string, revision: string): RegExpExecArray[] {
  const found = [...steps.matchAll(/\^\{(?:commit|tree)?\}|\^\d{0,4}|~\d{0,6}/g)];
  if (found.map(([step]) => step).join("") === steps && found.length <= MOST_STEPS) return found;
  throw refused(revision, "only ^, ~, ^{commit} and ^{tree} may follow a name");
}

const MOST_STEPS = 100;
const MOST_ANCESTORS = 100_000;

function idOf(name: string, revision: string, { located, lookup, idBytes }: Reading): string {
  if (/^[0-9a-f]+$/i.test(name) && name.length === idBytes * 2) return name.toLowerCase();
  const places = name === "@" ? ["HEAD"] : PLACES.map((place) => place + name);
  const ids = new Map<string, string>();
  for (const place of [...places, `refs/remotes/${name}/HEAD`]) {
    if (!isRefName(place) || (place === name && !/^[A-Z_]+$|^refs\//.test(name))) continue;
    const id = readRefNamed(place, located, idBytes);
    if (id !== undefined) ids.set(place, id);
  }
  if (/^[0-9a-f]{4,}$/i.test(name) && name.length < idBytes * 2) {
    for (const id of lookup.beginning(name.toLowerCase())) ids.set(`object ${id}`, id);
  }
  const [first, ...others] = new Set(ids.values());
  if (first === undefined) throw refused(revision, `no branch, tag or commit is called ${name}`);
  if (others.length > 0) throw refused(revision, `it may be any of ${[...ids.keys()].join(", ")}`, "write it in full");
  return first;
}

function readNamed(id: string, revision: string, { lookup }: Reading): FoundObject {
  const object = lookup.read(id);
  if (object === undefined) throw refused(revision, `object ${id} is not in the repository`, FETCH);
  return { id, object };
}

export const FETCH = "the commit must be fetched; a shallow clone lacks others";

/** An annotated tag stands for what it leads to. */
export function peeled(found: FoundObject, revision: string, reading: Reading): FoundObject {
  let at = found;
  for (let steps = 0; at.object.type === TAG; steps++) {
    const tag = parseTag(at.object.bytes, reading.idBytes);
    if (tag === undefined || steps === MOST_STEPS) throw refused(revision, `tag ${at.id} is broken`);
    at = readNamed(Buffer.from(tag.object).toString("hex"), revision, reading);
  }
  return at;
}

function follow(found: FoundObject, step: string, revision: string, reading: Reading): FoundObject {
  const at = peeled(found, revision, reading);
  if (step === "^{}") return at;
  if (step === "^{tree}") return treeOf(at, revision, reading);
  if (at.object.type !== COMMIT) throw refused(revision, `${at.id} is not a commit`);
  if (step === "^{commit}") return at;
  const count = step.length === 1 ? 1 : Number(step.slice(1));
  if (step.startsWith("^")) return count === 0 ? at : parentOf(at, count, revision, reading);
  if (count > MOST_ANCESTORS) throw refused(revision, `over ${MOST_ANCESTORS} commits back`);
  let ancestor = at;
  for (let n = 0; n < count; n++) ancestor = parentOf(ancestor, 1, revision, reading);
  return ancestor;
}

function parentOf({ id, object }: FoundObject, nth: number, revision: string, reading: Reading): FoundObject {
  const commit = parseCommit(object.bytes, reading.idBytes);
  if (commit === undefined) throw refused(revision, `commit ${id} is broken`);
  const parent = reading.shallow.includes(id) ? undefined : commit.parents[nth - 1];
  if (parent === undefined) throw refused(revision, `commit ${id} has no such parent here`, FETCH);
  const found = readNamed(Buffer.from(parent).toString("hex"), revision, reading);
  if (found.object.type !== COMMIT) throw refused(revision, `${found.id} is not a commit`);
  return found;
}

/** The tree of a commit, or the tree itself. */
export function treeOf(found: FoundObject, revision: string, reading: Reading): FoundObject {
  const at = peeled(found, revision, reading);
  if (at.object.type === TREE) return at;
  const commit = at.object.type === COMMIT ? parseCommit(at.object.bytes, reading.idBytes) : undefined;
  if (commit === undefined) throw refused(revision, `${at.id} is not a commit`);
  return readNamed(Buffer.from(commit.tree).toString("hex"), revision, reading);
}

export function refused(place: string, cause: string, remedy?: string): Problem {
  return new Problem({
    kind: "input",
    code: "git.revision",
    place,
    cause,
    ...(remedy === undefined ? {} : { remedy }),
  });
}
