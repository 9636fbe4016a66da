import nodeFs, { constants, lstatSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { systemCause } from "../../core/system-cause.ts";
import { readNamedText, readText, refused, type TextKind } from "../named/named-text.ts";
import { bounds } from "./bounds.ts";
import { type PolicyPlace, placeName } from "./place.ts";

/** A policy file's text and where it is. */
export interface PolicySource {
  readonly place: PolicyPlace;
  readonly text: string;
}

const kind: TextKind = {
  code: "policy",
  option: "--policy",
  example: "bulkhead.yaml",
  bytes: bounds.policyBytes,
};

export const treeNames: readonly string[] = ["bulkhead.yaml", "bulkhead.yml"];

/**
 * The policy file at the root of the tree under review; undefined where it has none. Its author may be an attacker:
 * only a regular file is read, so that no link leads out of the tree and no pipe holds the run up.
 *
 * @throws Problem (usage) where there are two, or one that cannot be read
 */
export async function readTreePolicy(root: string): Promise<PolicySource | undefined> {
  const sources: PolicySource[] = [];
  for (const name of treeNames) {
    const text = await readTreeText(root, name, kind);
    if (text !== undefined) sources.push({ place: { kind: "tree", path: name }, text });
  }
  if (sources.length > 1) {
    throw refused("policy.two-files", treeNames.join(", "), "two policy files in the directory", "keep one of them");
  }
  return sources[0];
}

/**
 * A policy file that the caller or another policy file names.
 *
 * @param root - of the tree under review, whose repository `git:` means
 * @throws Problem (usage) where it cannot be read
 */
export async function readPolicyAt(place: PolicyPlace, root: string): Promise<PolicySource> {
  const name = placeName(place);
  if (place.kind !== "tree") return { place, text: await readNamedText(name, root, kind) };
  const text = await readTreeText(root, place.path, kind);
  if (text === undefined) throw refused("policy.unreadable", name, "no such file", undefined);
  return { place, text };
}

/**
 * A file that a policy names, as `secrets.rules` do: by its lasting name (see place.ts). One of the tree under review is
 * read as its policy is.
 *
 * @throws Problem (usage) where it cannot be read
 */
export async function readNamedByPolicy(name: string, root: string): Promise<string> {
  if (name.startsWith("git:") || isAbsolute(name)) return await readNamedText(name, root, kind);
  const text = await readTreeText(root, name, kind);
  if (text === undefined) throw refused("policy.unreadable", name, "no such file", "the policy names it");
  return text;
}

/** A file of the tree, with no link on the way to it; undefined where there is none. */
async function readTreeText(root: string, path: string, kind: TextKind): Promise<string | undefined> {
  const handle = await openIfThere(join(root, path), path);
  if (handle === undefined) return undefined;
  await using file = handle;
  if (!(await file.stat()).isFile()) {
    throw refused("policy.not-a-file", path, "not a regular file", "replace it with a regular file");
  }
  if (
    path.includes("/") &&
    (await nodeFs.promises.realpath(dirname(join(root, path)))) !==
      join(await nodeFs.promises.realpath(root), dirname(path))
  ) {
    throw refused("policy.not-a-file", path, "a symbolic link leads to it", "replace it with a regular file");
  }
  return await readText(file, path, kind);
}

async function openIfThere(path: string, name: string): Promise<FileHandle | undefined> {
  try {
    // Most trees have none, and node:fs/promises takes longer to load than all else here.
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
    return await nodeFs.promises.open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    if (code === "ELOOP") {
      throw refused("policy.not-a-file", name, "a symbolic link", "replace it with the file, or use --policy");
    }
    throw refused("policy.unreadable", name, systemCause(error), undefined, error);
  }
}
