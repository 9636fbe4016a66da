import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { bounds } from "../../core/bounds.ts";
import { readNamedText, readText, refused, type TextKind } from "../named-text.ts";

/** A policy file's text and what to call it. */
export interface PolicySource {
  readonly name: string;
  readonly text: string;
}

const kind: TextKind = {
  code: "policy",
  option: "--policy",
  example: "bulkhead.yaml",
  bytes: bounds.policyBytes,
};

const treeNames = ["bulkhead.yaml", "bulkhead.yml"] as const;

/**
 * The policy file at the root of the tree under review; undefined where it has none. Its author may be an attacker:
 * only a regular file is read, so that no link leads out of the tree and no pipe holds the run up.
 *
 * @throws Problem (usage) where there are two, or one that cannot be read
 */
export async function readTreePolicy(root: string): Promise<PolicySource | undefined> {
  const sources: PolicySource[] = [];
  for (const name of treeNames) {
    const handle = await openIfThere(join(root, name), name);
    if (handle === undefined) continue;
    await using file = handle;
    if (!(await file.stat()).isFile()) {
      throw refused("policy.not-a-file", name, "it is not a regular file", "put the policy itself there");
    }
    sources.push({ name, text: await readText(file, name, kind) });
  }
  if (sources.length > 1) {
    throw refused("policy.two-files", treeNames.join(", "), "the tree has two policy files", "keep one of them");
  }
  return sources[0];
}

/**
 * The policy that the caller vouches for: a file, or `git:REF:PATH`, a file as a commit of the repository at `root`
 * has it.
 *
 * @throws Problem (usage) where it cannot be read
 */
export async function readTrustedPolicy(flag: string, root: string): Promise<PolicySource> {
  return { name: flag, text: await readNamedText(flag, root, kind) };
}

async function openIfThere(path: string, name: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    if (code === "ELOOP") {
      throw refused(
        "policy.not-a-file",
        name,
        "it is a symbolic link",
        "put the policy itself there, or name it by --policy",
      );
    }
    throw refused("policy.unreadable", name, `it cannot be opened: ${(error as Error).message}`, undefined, error);
  }
}
