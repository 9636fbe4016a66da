/** All texts of others are parsed by the one parser that V8's own mistakes do not reach (src/core/parse-json.ts). */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";

const root = resolve(import.meta.dirname, "..");
/** The parser itself, and what a browser runs over data of our own. */
const own = new Set(["src/core/parse-json.ts", "src/report/html-script.ts"]);

test("nothing of the program asks V8 itself, nor an answer of the network for its JSON", () => {
  const files = globSync("{src,action}/**/*.ts", { cwd: root }).filter(
    (file) => !/\.(?:test|fixture|soak|cases)\.ts$/.test(file) && !own.has(file),
  );
  assert.ok(files.length > 1_000);
  const asking = files.filter((file) => /\bJSON\.parse\(|\.json\(\)/.test(readFileSync(join(root, file), "utf8")));
  assert.deepEqual(asking, []);
});
