import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { openThreads, threadsFrom } from "../../src/cli/threads.ts";
import { defaultPolicy } from "../../src/collect/policy/default.ts";
import type { Threads } from "../../src/core/threads.ts";
import { scanPipelines } from "../../src/scan/pipelines.ts";

/** Evaluations of many workflows are shared with a thread of the program itself, and nobody can tell from the report. */

const root = mkdtempSync(join(tmpdir(), "bulkhead-threads-"));
after(() => rmSync(root, { recursive: true }));

const paths = Array.from({ length: 230 }, (_, at) => join(".github", "workflows", `made-${at}.yml`));
mkdirSync(join(root, ".github", "workflows"), { recursive: true });
for (const [at, path] of paths.entries()) {
  const title = "$" + "{{ github.event.issue.title }}";
  const text = `on: [issues, push]\njobs:\n  job-${at}:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${title}\n`;
  writeFileSync(join(root, path), at % 50 === 7 ? "on: [push\njobs: {" : text);
}

test("a thread that does all of it, one that does some, and none lead to the same evaluations", async (context) => {
  threadsFrom(new URL("../../bin/bulkhead.js", import.meta.url));
  const opened = openThreads();
  if (opened === undefined) return context.skip("one processor: there is no second thread");
  const judging = { policy: defaultPolicy, now: new Date("2026-11-28") };
  const alone = await scanPipelines(root, paths, judging, "tree");
  assert.ok(alone.evaluations.some(({ verdict }) => verdict === "unknown"));
  assert.ok(alone.evaluations.some(({ verdict }) => verdict === "fail"));
  let pieces = 0;
  const counting: Threads = {
    run: (task, input, onMessage) =>
      opened.run(task, input, (message) => {
        pieces++;
        onMessage(message);
      }),
  };
  const shared = await scanPipelines(root, paths, { ...judging, threads: counting }, "tree");
  assert.deepEqual(shared, alone);

  // The other thread's turn first: this one waits until it has taken everything.
  pieces = 0;
  const all: Threads = {
    run(task, input, onMessage) {
      const { turns, count } = input as { turns: Int32Array<SharedArrayBuffer>; count: number };
      const own = { ...(input as object), turns: new Int32Array(new SharedArrayBuffer(4)), count };
      Atomics.store(turns, 0, count);
      return counting.run(task, own, onMessage);
    },
  };
  const other = await scanPipelines(root, paths, { ...judging, threads: all }, "tree");
  assert.deepEqual(other, alone);
  assert.equal(pieces, Math.ceil(paths.length / 20));
});
