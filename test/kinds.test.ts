/** A test that starts programs is named so (CONTRIBUTING.md): the others share a process. */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";

const IMPORTED = /^(?:import|export)\s(?!type\s)[^;"]*"([^"]+)"|\bimport\("([^"]+)"\)/gm;

/**
 * The modules by which a test comes to start a program, itself first: none if it does not. What a reader's own fixture does with git
 * or openssl, which end at once, does not count.
 */
function startsBy(file: string, textOf: (file: string) => string, seen = new Set<string>()): readonly string[] {
  seen.add(file);
  for (const [, written, asked] of textOf(file).matchAll(IMPORTED)) {
    const name = written ?? asked ?? "";
    if (/^(?:node:)?child_process$/.test(name)) return [file];
    const target = join(dirname(file), name);
    if (!name.startsWith(".") || !target.startsWith("test/") || seen.has(target)) continue;
    const further = startsBy(target, textOf, seen);
    if (further.length > 0) return [file, ...further];
  }
  return [];
}

test("a test that starts programs, itself or by others of test/, is named .program.test.ts", () => {
  const files = globSync("{action,scripts,src,test,examples}/**/*.test.ts", { cwd: join(import.meta.dirname, "..") });
  const shared = files.filter((file) => !file.endsWith(".program.test.ts"));
  assert.ok(shared.length > 500, `${shared.length}`);
  const textOf = (file: string) => readFileSync(join(import.meta.dirname, "..", file), "utf8");
  assert.deepEqual(
    shared.map((file) => startsBy(file, textOf).join(" > ")).filter((chain) => chain !== ""),
    [],
  );
});

test("who starts one is found behind others", () => {
  const texts: Readonly<Record<string, string>> = {
    "test/a.test.ts": 'import { b } from "./rooms/b.ts";\n',
    "test/rooms/b.ts": 'import type { a } from "../a.test.ts";\nexport {\n  c,\n} from "../c.ts";\n',
    "test/c.ts": 'import { spawn } from "node:child_process";\n',
    "test/d.test.ts": 'import type { spawn } from "node:child_process";\nimport { e } from "../src/e.ts";\n',
  };
  const textOf = (file: string) => texts[file] ?? "";
  assert.deepEqual(startsBy("test/a.test.ts", textOf), ["test/a.test.ts", "test/rooms/b.ts", "test/c.ts"]);
  assert.deepEqual(startsBy("test/d.test.ts", textOf), []);
});
