import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { bounds } from "../../core/bounds.ts";
import { Problem } from "../../core/problem.ts";

/** A policy file's text and what to call it. */
export interface PolicySource {
  readonly name: string;
  readonly text: string;
}

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
    sources.push({ name, text: decode(await readBounded(file, name), name) });
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
  if (flag.startsWith("git:")) return { name: flag, text: decode(await readFromGit(flag, root), flag) };
  let handle: FileHandle;
  try {
    handle = await open(flag);
  } catch (error) {
    throw refused(
      "policy.unreadable",
      flag,
      `it cannot be opened: ${(error as Error).message}`,
      "check --policy",
      error,
    );
  }
  await using file = handle;
  return { name: flag, text: decode(await readBounded(file, flag), flag) };
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

/** One byte more than the bound is enough to know that it is over it; a size from stat would trust /proc and pipes. */
async function readBounded(file: FileHandle, name: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    while (length <= bounds.policyBytes) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(64 * 1024));
      if (bytesRead === 0) return Buffer.concat(chunks);
      chunks.push(buffer.subarray(0, bytesRead));
      length += bytesRead;
    }
  } catch (error) {
    throw refused("policy.unreadable", name, `it cannot be read: ${(error as Error).message}`, undefined, error);
  }
  throw tooLarge(name);
}

/** `cat-file` hands the blob over as it is: no pager, no filter and no textconv of the repository's configuration. */
function readFromGit(flag: string, root: string): Promise<Buffer> {
  const [ref = "", ...rest] = flag.slice("git:".length).split(":");
  const path = rest.join(":");
  if (ref === "" || path === "") {
    throw refused(
      "policy.git-name",
      flag,
      "a commit or a path is missing",
      "write git:REF:PATH, as git:origin/main:bulkhead.yaml",
    );
  }
  // A commit's name never begins so, but an option does.
  if (ref.startsWith("-"))
    throw refused("policy.git-name", flag, "a commit's name cannot begin with a dash", undefined);
  return new Promise((resolve, reject) => {
    execFile(
      "git",
      ["-C", root, "--no-replace-objects", "cat-file", "blob", `${ref}:${path}`],
      {
        encoding: "buffer",
        maxBuffer: bounds.policyBytes,
        timeout: bounds.gitMilliseconds,
        killSignal: "SIGKILL",
        env: { ...process.env, GIT_TERMINAL_PROMPT: "0", LC_ALL: "C" },
      },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(gitProblem(flag, error, stderr.toString("utf8")));
      },
    );
  });
}

function gitProblem(flag: string, error: Error & { code?: unknown; killed?: boolean }, stderr: string): Problem {
  if (error.code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") return tooLarge(flag);
  if (error.code === "ENOENT") {
    return refused("policy.git", flag, "git could not be run", "install git, or name a file by --policy", error);
  }
  const said = (stderr.split("\n", 1)[0] ?? "").replace(/^fatal: /, "").slice(0, 300);
  const cause = error.killed === true ? `git gave nothing in ${bounds.gitMilliseconds / 1000} s` : `git says: ${said}`;
  return refused("policy.git", flag, cause, "the commit must be fetched; a shallow clone lacks others", error);
}

function decode(bytes: Buffer, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw refused("policy.encoding", name, "it is not UTF-8", "save it as UTF-8", error);
  }
}

function tooLarge(name: string): Problem {
  return refused("policy.too-large", name, `it is larger than ${bounds.policyBytes / 1024} KiB`, undefined);
}

function refused(code: string, place: string, cause: string, remedy: string | undefined, error?: unknown): Problem {
  return new Problem(
    { kind: "usage", code, place, cause, ...(remedy === undefined ? {} : { remedy }) },
    error === undefined ? undefined : { cause: error },
  );
}
