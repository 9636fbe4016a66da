/** SECURITY.md promises what attackers may not do, and names the test that holds each promise: those tests are there. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { allDifferentials } from "./differential/all.ts";

const root = join(import.meta.dirname, "..");

interface Claim {
  readonly promise: string;
  /** Paths with the titles of their tests; of a differential the folder, whose test is made of its name. */
  readonly tests: readonly { readonly path: string; readonly titles: readonly string[] }[];
}

/** The rows of the tables whose second column is headed `held by`. */
function claims(markdown: string): Claim[] {
  const found: Claim[] = [];
  let within = false;
  for (const line of markdown.split("\n")) {
    const cells = line.startsWith("|") ? line.split("|").slice(1, -1) : [];
    const [promise = "", tests = ""] = cells.map((cell) => cell.trim());
    if (cells.length === 0) within = false;
    else if (tests === "held by") within = true;
    else if (within && !/^[-\s]*$/.test(promise)) found.push({ promise, tests: testsIn(tests) });
  }
  return found;
}

/** `path`: "title", "title"; `path`: … */
function testsIn(cell: string): Claim["tests"] {
  return [...cell.matchAll(/`([^`]+)`(?:: ((?:"(?:[^"\\]|\\.)*"(?:, )?)+))?/g)].map(([, path = "", titles = ""]) => ({
    path,
    titles: [...titles.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, title = ""]) => title),
  }));
}

/** What is wrong with the claims of a text; `read` gives a file of the project, or undefined where there is none. */
function broken(markdown: string, read: (path: string) => string | undefined): string[] {
  return claims(markdown).flatMap(({ promise, tests }) =>
    tests.length === 0
      ? [`no test is named: ${promise}`]
      : tests.flatMap(({ path, titles }) => {
          const differential = path.startsWith("test/differential/");
          const text = read(differential ? `${path}/differential.ts` : path);
          if (text === undefined) return [`no such file: ${path}`];
          if (titles.length === 0) return differential ? [] : [`no title is named: ${path}`];
          return titles.filter((title) => !isTitle(text, title)).map((title) => `no such test: ${path}: ${title}`);
        }),
  );
}

/** It is the first argument of a test that runs: a comment, or a test that is skipped for good, holds nothing. */
function isTitle(text: string, title: string): boolean {
  const literal = `"${title}"`.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^[ \\t]*(?:await )?(?:test|it|describe|suite|\\w+\\.test)\\(\\s*${literal},`, "m").test(text);
}

const ofTheProject = (path: string) =>
  existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : undefined;

test("every test that SECURITY.md names is there", () => {
  const text = readFileSync(join(root, "SECURITY.md"), "utf8");
  assert.deepEqual(broken(text, ofTheProject), []);
  assert.ok(claims(text).length > 30, `${claims(text).length} claims were read`);
});

test("SECURITY.md lists every differential, with its consumer and its cases", async () => {
  const shown = readFileSync(join(root, "SECURITY.md"), "utf8")
    .split("\n")
    .filter((line) => /^\| [a-z-]+ \| .+ \| [\d,]+ \| [\d,]+/.test(line));
  const rows = (await allDifferentials()).map(({ reader, consumer, cases, cluster }) => {
    const [soak, short] = [cases.soak, cases.short].map((count) => count.toLocaleString("en-US"));
    return `| ${reader} | ${consumer} | ${soak} | ${short}${cluster ? " (`make test-cluster`)" : ""} |`;
  });
  assert.deepEqual(shown, rows);
});

test("a claim without its test is told", () => {
  const files: Readonly<Record<string, string>> = {
    "a.test.ts": 'test("holds", () => {});\n  it(\n    "holds too",\n',
    "b.test.ts": '// test("was here", …)\ntest.skip("sleeps", () => {});\nconst x = "a word";\n',
    "test/differential/yaml/differential.ts": "",
  };
  const rows = [
    '| first | `a.test.ts`: "holds", "holds too" |',
    "| second | `test/differential/yaml` |",
    '| third | `gone.test.ts`: "holds" |',
    '| fourth | `b.test.ts`: "was here", "sleeps", "a word" |',
    "| fifth | careful reading |",
    "| sixth | `a.test.ts` |",
    '| seventh | `test/differential/yaml`; `a.test.ts`: "holds", "hold" |',
    "| eighth | `test/differential/toml` |",
  ];
  const text = ["| an attacker may not | held by |", "| --- | --- |", ...rows, "", "| other | table |", "| a | b |"];
  assert.deepEqual(
    broken(text.join("\n"), (path) => files[path]),
    [
      "no such file: gone.test.ts",
      "no such test: b.test.ts: was here",
      "no such test: b.test.ts: sleeps",
      "no such test: b.test.ts: a word",
      "no test is named: fifth",
      "no title is named: a.test.ts",
      "no such test: a.test.ts: hold",
      "no such file: test/differential/toml",
    ],
  );
});
