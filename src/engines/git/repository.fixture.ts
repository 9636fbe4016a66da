/** Repositories that the real git makes, for tests. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { type HistoryOptions, history } from "./history.ts";
import type { HistoryBlob, HistoryMessage, HistorySummary } from "./model.ts";
import { openRepository } from "./repository.ts";

/** A folder that is gone after the test. */
export function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-git-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs git without any settings of the user or the machine. */
export function git(folder: string, words: readonly string[], input?: string | Buffer): string {
  return execFileSync("git", words, {
    cwd: folder,
    input: input ?? "",
    encoding: "utf8",
    maxBuffer: 256 * 1024 * 1024,
    stdio: ["pipe", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_AUTHOR_NAME: "Ann",
      GIT_AUTHOR_EMAIL: "ann@example.org",
      GIT_AUTHOR_DATE: "1700000000 +0100",
      GIT_COMMITTER_NAME: "Ben",
      GIT_COMMITTER_EMAIL: "ben@example.org",
      GIT_COMMITTER_DATE: "1700000000 +0100",
    },
  });
}

export const hasGit = ((): boolean => {
  try {
    execFileSync("git", ["--version"]);
    return true;
  } catch {
    return false;
  }
})();

/** What a test says that needs git where there is none. */
export const skipWithoutGit = hasGit ? false : "git is not installed";

export interface ReadHistory {
  readonly blobs: Map<string, HistoryBlob>;
  readonly messages: HistoryMessage[];
  readonly summary: HistorySummary;
}

/** Everything at once; bytes are copied. */
export function readAll(folder: string, options: HistoryOptions = { unreachable: false }): ReadHistory {
  using repository = openRepository(folder, { outside: true });
  if (repository === undefined) throw new Error(`${folder} is no repository`);
  const blobs = new Map<string, HistoryBlob>();
  const messages: HistoryMessage[] = [];
  const items = history(repository, options);
  for (;;) {
    const { done, value } = items.next();
    if (done) return { blobs, messages, summary: value };
    if (value.kind === "message") messages.push(value);
    if (value.kind !== "blob") continue;
    if (blobs.has(value.id)) throw new Error(`${value.id} came twice`);
    blobs.set(value.id, { ...value, bytes: Buffer.from(value.bytes) });
  }
}

/** Ids of all blobs that git itself finds reachable, in order. */
export function reachableBlobs(folder: string): string[] {
  const objects = git(folder, ["rev-list", "--all", "--objects", "--no-object-names"]);
  return git(folder, ["cat-file", "--batch-check"], objects)
    .split("\n")
    .filter((line) => line.includes(" blob "))
    .map((line) => line.split(" ")[0] as string)
    .sort();
}
