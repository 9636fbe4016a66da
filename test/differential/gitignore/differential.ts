/** Files of ignore patterns beside `git check-ignore`: what we leave out of a scan must be what Git leaves out, no more. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ignoredBy, parseIgnore } from "../../../src/engines/git/ignore.ts";
import type { Differential, Reading } from "../differential.ts";
import type { Random } from "../random.ts";

export const differential: Differential = {
  reader: "gitignore",
  consumer: "git check-ignore",
  needs: ["git"],
  cases: { short: 1_000, soak: 50_000 },
  accepting: "difference",
  generate: (random) => Buffer.from(`${patterns(random)}\0${paths(random).join("\0")}`),
  consume: async (cases) => checkIgnore(cases),
  read(bytes) {
    const { text, asked } = caseOf(bytes);
    const rules = parseIgnore(text);
    return answer(asked.map((path) => isIgnored(rules, path)));
  },
  known: [
    {
      // Git compares what a pattern begins with before its first wildcard by itself, and takes the rest for a new pattern.
      reason: "of `a**/b` Git ignores more than gitignore(5) says: what we ignore is among it, and we scan the rest",
      matches: (bytes, ours, theirs) => /[^/\n]\*\*/.test(caseOf(bytes).text) && isAmong(ours, theirs),
    },
  ],
};

/** The file, and the paths that are asked for: those that a tree can have. */
function caseOf(bytes: Buffer): { readonly text: string; readonly asked: readonly string[] } {
  const [text = "", ...written] = bytes.toString().split("\0");
  return {
    text,
    asked: written.filter((path) => /^(?!\.{0,2}(?:\/|$))[^/]+(?:\/(?!\.{0,2}(?:\/|$))[^/]+)*$/.test(path)),
  };
}

function answer(ignored: readonly boolean[]): Reading {
  return { kind: "value", value: ignored.map((one) => (one ? "ignored" : "kept")).join(" ") };
}

function isAmong(ours: Reading, theirs: Reading): boolean {
  if (ours.kind !== "value" || theirs.kind !== "value") return false;
  const own = ours.value.split(" ");
  return theirs.value.split(" ").every((word, index) => word === "ignored" || own[index] === "kept");
}

/** One repository with a directory for each case, whose file holds for what is below it alone; one process for all. */
function checkIgnore(cases: readonly Buffer[]): Reading[] {
  const root = mkdtempSync(join(tmpdir(), "bulkhead-gitignore-"));
  try {
    const env = { PATH: process.env.PATH ?? "", HOME: root };
    const git = (words: readonly string[], input = "") =>
      spawnSync("git", ["-c", "core.excludesFile=/dev/null", ...words], { cwd: root, input, env, maxBuffer: 2 ** 30 });
    git(["init", "-q"]);
    const read = cases.map(caseOf);
    for (const [index, { text }] of read.entries()) {
      mkdirSync(join(root, String(index)));
      writeFileSync(join(root, String(index), ".gitignore"), text);
    }
    const all = read.flatMap(({ asked }, index) => asked.map((path) => `${index}/${path}`));
    if (all.length === 0) return read.map(() => answer([]));
    const { stdout, stderr } = git(["check-ignore", "--stdin", "-z", "-v", "-n", "--no-index"], `${all.join("\0")}\0`);
    const fields = stdout.toString().split("\0");
    // Four fields a path: file, line, pattern, path.
    if (fields.length !== 4 * all.length + 1) throw new Error(`git check-ignore: ${stderr.toString()}`);
    let at = 0;
    return read.map(({ asked }) =>
      answer(
        asked.map(() => {
          const pattern = fields[4 * at++ + 2] ?? "";
          return pattern !== "" && !pattern.startsWith("!");
        }),
      ),
    );
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** As a walk from above: what is below an ignored directory is ignored. */
function isIgnored(rules: ReturnType<typeof parseIgnore>, path: string): boolean {
  const parts = path.split("/");
  return parts.some(
    (_, index) => ignoredBy(rules, parts.slice(0, index + 1).join("/"), index + 1 < parts.length) === true,
  );
}

const NAMES = ["a", "b", "A", "ab", "a b", "!a", "#", "a]", "x.a", "ä", "-", "\\", "*", "a\ta", ".a"];
const PIECES = [
  ...[
    "a",
    "b",
    "A",
    "ä",
    ".",
    "x",
    "*",
    "*",
    "**",
    "?",
    "/",
    "/",
    "**/",
    "/**",
    "\\",
    "\\a",
    "\\*",
    "!",
    "#",
    " ",
    "\t",
    "\r",
  ],
  ...[
    "[ab]",
    "[a-c]",
    "[!a]",
    "[^a]",
    "[a-",
    "[]",
    "[]a]",
    "[a\\]]",
    "[[:upper:]]",
    "[[:alpha:][:digit:]]",
    "[z-a]",
    "]",
    "-",
  ],
];

function patterns(random: Random): string {
  const line = () => Array.from({ length: 1 + random.below(6) }, () => random.pick(PIECES)).join("");
  const end = random.once(5) ? "\r\n" : "\n";
  const bom = random.once(20) ? "\uFEFF" : "";
  return bom + Array.from({ length: 1 + random.below(3) }, line).join(end) + (random.once(3) ? "" : end);
}

function paths(random: Random): string[] {
  const path = () => Array.from({ length: 1 + random.below(3) }, () => random.pick(NAMES)).join("/");
  return Array.from({ length: 1 + random.below(6) }, path);
}
