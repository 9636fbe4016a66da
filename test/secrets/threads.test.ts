import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { MessageChannel } from "node:worker_threads";
import { openThreads, threadsFrom } from "../../src/cli/threads.ts";
import { defaultPolicy } from "../../src/collect/policy/default.ts";
import { secretsOfFolder, versionControl } from "../../src/collect/secrets/folder.ts";
import { openPolicyScanner } from "../../src/collect/secrets/scanner.ts";
import type { Ahead, Share, Threads } from "../../src/core/threads.ts";

/** Files of a large folder are shared with a thread of the program, and nobody can tell from what is found. */

const root = mkdtempSync(join(tmpdir(), "bulkhead-threads-"));
after(() => rmSync(root, { recursive: true }));
const token = (at: number) => ["ghp", `${"aB3dE5".repeat(5)}${String(at).padStart(6, "x")}`].join("_");
for (let folder = 0; folder < 41; folder++) {
  mkdirSync(join(root, `d${folder}`));
  for (let file = 0; file < 100; file++) {
    const text = file === 50 ? `token = "${token(folder)}"\n` : `number ${file}\n`;
    writeFileSync(join(root, `d${folder}`, `f${file}.txt`), text);
  }
}

test("what two threads find is what one finds, with the caller's own rules as well", async (context) => {
  threadsFrom(new URL("../../bin/bulkhead.js", import.meta.url));
  const opened = openThreads();
  if (opened === undefined) return context.skip("one processor: there is no second thread");
  const rules = join(root, "rules.toml");
  writeFileSync(rules, "[[rules]]\nid = 'seven'\nregex = '''number (7\\d)\\b'''\nkeywords = ['number 7']\n");
  const keyed = await openPolicyScanner(defaultPolicy, root, { files: [rules] });
  const alone = await secretsOfFolder(root, keyed, { skipped: versionControl });
  assert.equal(new Set(alone.found.secrets.map(({ rule }) => rule)).size, 2);

  /** All of it is the other thread's, so that the test does not go by who is faster. */
  let sent = 0;
  const other: Threads = {
    run(task, input, onMessage) {
      const { port1, port2 } = new MessageChannel();
      const { port, turns } = input as Ahead;
      Atomics.store(turns, 0, 2 ** 30);
      port.once("message", (share) => {
        port1.postMessage({ ...(share as Share), turns: new Int32Array(new SharedArrayBuffer(4)) });
      });
      port.once("close", () => port1.close());
      const counted = (message: unknown): void => {
        sent++;
        onMessage(message);
      };
      return opened.run(task, { ...(input as object), port: port2 }, counted, [port2]);
    },
  };
  const totals: string[] = [];
  const shared = await secretsOfFolder(root, keyed, {
    skipped: versionControl,
    threads: other,
    onProgress: (done, total) => totals.push(`${done} of ${total}`),
  });
  assert.deepEqual(shared, alone);
  assert.equal(sent, Math.ceil(4_101 / 32));
  assert.equal(totals.at(-1), "4101 of 4101");

  // Its rules are others by now: what it found would be of another scanner.
  sent = 0;
  writeFileSync(rules, "[[rules]]\nid = 'eight'\nregex = '''number (8\\d)\\b'''\nkeywords = ['number 8']\n");
  assert.deepEqual(await secretsOfFolder(root, keyed, { skipped: versionControl, threads: other }), alone);
  assert.equal(sent, 0);
});
