import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { mutations } from "./mutations.ts";

const run = promisify(execFile);
const place = (name: string) => fileURLToPath(new URL(name, import.meta.url));

describe("a mistake in the semantics is seen by the comparison with the oracle", { concurrency: 2 }, () => {
  for (const [index, { mistake }] of mutations.entries()) {
    test(mistake, async () => {
      const { stdout } = await run(process.execPath, ["--import", place("mutated-source.ts"), place("mutated.ts")], {
        env: { ...process.env, MUTATION: String(index) },
      });
      assert.match(stdout, /^\d+$/m);
    });
  }
});
