import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { Share, Threads } from "../../core/threads.ts";
import { git, skipWithoutGit, temporaryFolder } from "../../engines/git/repository.fixture.ts";
import { zipOf } from "../../formats/zip/zip.fixture.ts";
import { secretsOfHistory } from "./history.ts";
import { scanHistoryShare } from "./history-pieces.ts";
import { openPolicyScanner } from "./scanner.ts";

const skip = skipWithoutGit;
type HistoryShare = Parameters<typeof scanHistoryShare>[0];

/** A file of keys, long enough that its versions are deltas; the nth key is put together, so that none stands here. */
const keysOf = (nth: number): string =>
  Array.from({ length: 40 }, (_, line) => `line ${line}\n`).join("") +
  `key = ghp_${`a${nth}B7c9D2e`.repeat(6).slice(0, 36)}\n`;

/** Versions of many files with keys, renamed ones and archives among them, in a pack and in files of their own. */
function madeHistory(context: TestContext): string {
  const folder = temporaryFolder(context);
  git(folder, ["init", "-q", "--initial-branch=main"]);
  for (let commit = 0; commit < 6; commit++) {
    for (let file = 0; file < 30; file++) {
      mkdirSync(join(folder, `d${file % 3}`), { recursive: true });
      writeFileSync(join(folder, `d${file % 3}/f${file}.env`), keysOf(commit * 100 + file));
    }
    writeFileSync(join(folder, "a.zip"), zipOf([{ name: "in.env", content: keysOf(9_000 + commit) }]));
    if (commit === 3) git(folder, ["mv", "d0/f0.env", "moved.env"]);
    git(folder, ["add", "-A"]);
    git(folder, ["commit", "-qm", `commit ${commit} ghp_${`z${commit}Y8x1W4v`.repeat(6).slice(0, 36)}`]);
    if (commit === 4) git(folder, ["repack", "-adq"]);
  }
  return folder;
}

/** The other thread, in this one: half of the pieces are its own, and it comes to them when the trace is done. */
function otherThread(change: (share: HistoryShare, send: (message: unknown) => void) => void | Promise<void>): Threads {
  return {
    async run(task, input, onMessage) {
      assert.equal(task, "history");
      const { turns, count } = input as Share;
      const taken = Math.ceil(count / 2);
      Atomics.add(turns, 0, taken);
      const own = new Int32Array(new SharedArrayBuffer(turns.byteLength)).fill(count - taken);
      const share = { ...(structuredClone(input) as HistoryShare), turns: own };
      while (Atomics.load(share.traced.state, 2) === 0) await setImmediate();
      await change(share, onMessage);
    },
  };
}

const keyed = openPolicyScanner({ secrets: { rules: [] } as never }, "/");

async function compare(folder: string, threads: Threads): Promise<void> {
  const alone = await secretsOfHistory(folder, await keyed);
  const shared = await secretsOfHistory(folder, await keyed, { threads, worth: 0 });
  assert.equal(JSON.stringify(shared), JSON.stringify(alone));
  assert.ok(alone.found.secrets.length > 100);
}

test("two threads find what one finds, in the same order", { skip }, async (context) => {
  let sent = 0;
  const threads = otherThread((share, send) =>
    scanHistoryShare(share, (message) => {
      sent += 1;
      send(message);
    }),
  );
  await compare(madeHistory(context), threads);
  assert.ok(sent > 1, "it had a part");
});

test("a thread that cannot start, dies or has other rules leaves its pieces to the first", {
  skip,
}, async (context) => {
  const folder = madeHistory(context);
  await compare(folder, { run: () => Promise.reject(new Error("no more threads")) });
  await compare(
    folder,
    otherThread((share) => scanHistoryShare({ ...share, source: { ...share.source, digest: "another" } }, () => {})),
  );
  let left = 1;
  const dying = otherThread((share, send) =>
    scanHistoryShare(share, (message) => {
      if (left-- === 0) throw new Error("out of memory");
      send(message);
    }),
  );
  await compare(folder, dying);
});

test("broken objects are the same gaps, whoever reads them", { skip }, async (context) => {
  const folder = madeHistory(context);
  git(folder, ["repack", "-adfq", "--depth=2"]);
  const packs = join(folder, ".git/objects/pack");
  const name = readdirSync(packs).find((each) => each.endsWith(".pack")) ?? "";
  const blobs = git(folder, ["verify-pack", "-v", join(packs, name)])
    .split("\n")
    .map((line) => line.split(/ +/))
    .filter(([, type]) => type === "blob");
  const bytes = readFileSync(join(packs, name));
  for (const at of [0, 40, blobs.length - 1]) {
    const [, , , size, offset] = blobs[at] ?? [];
    // The last byte of its checksum.
    const last = Number(offset) + Number(size) - 1;
    bytes[last] = (bytes[last] as number) ^ 1;
  }
  rmSync(join(packs, name));
  writeFileSync(join(packs, name), bytes);
  const { gaps } = await secretsOfHistory(folder, await keyed);
  assert.ok(gaps.some(({ code }) => code === "git.object-broken"));
  await compare(folder, otherThread(scanHistoryShare));
});

test("where the way that an object is stored is broken one thread reads all", { skip }, async (context) => {
  const folder = madeHistory(context);
  const id = git(folder, ["rev-parse", "HEAD:d1/f1.env"]).trim();
  const path = join(folder, ".git/objects", id.slice(0, 2), id.slice(2));
  rmSync(path);
  writeFileSync(path, "no zlib stream");
  await compare(folder, { run: () => assert.fail("no thread is started") });
});
