/** Rules that would take long to load or to ask: refused with one error at their place, or asked in bounded time. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { type Answered, inProcess } from "../in-process.ts";

let folder = "";
before(() => {
  folder = mkdtempSync(join(tmpdir(), "bulkhead-slow-rules-"));
  const opens = Array.from({ length: 50 }, (_, at) => ({
    event: "open",
    pid: 5,
    args: { name: `/${"ab".repeat(3_500)}${at}`, flags: "O_RDONLY" },
  }));
  const lines = [{ process: { pid: 5, path: "/bin/x" } }, ...opens];
  writeFileSync(join(folder, "events.jsonl"), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
});
after(() => rmSync(folder, { recursive: true, force: true }));

const rule = (condition: string) =>
  `- rule: r\n  desc: d\n  condition: evt.type = open and ${condition}\n  output: o\n  priority: ERROR\n`;

function run(name: string, written: readonly string[], rules: string): Promise<Answered> {
  writeFileSync(join(folder, name), rules);
  return inProcess(["runtime", ...written], { cwd: folder, home: join(folder, "home") });
}

const items = Array.from({ length: 10_000 }, (_, at) => `i${at}`).join(", ");

const refused: Readonly<Record<string, readonly [rules: string, error: RegExp]>> = {
  "a glob of open brackets": [
    rule(`fd.name glob '${"[".repeat(100_000)}'`),
    /rules\.yaml:3:\d+: error .*glob pattern is too long/,
  ],
  "a glob of class after class that nothing closes": [
    rule(`fd.name glob '${"[[:alpha:".repeat(400)}'`),
    /rules\.yaml:3:\d+: error .*too many brackets/,
  ],
  "a regular expression of 100,000 characters": [
    rule(`fd.name regex '${"(a|b)*c".repeat(14_000)}'`),
    /rules\.yaml:3:\d+: error .*regex pattern is over 8192 characters/,
  ],
  "a regular expression that repeats repetitions": [
    rule("fd.name regex '((((a{100}){100}){100}){100})'"),
    /rules\.yaml:3:\d+: error .*invalid repeat count/,
  ],
  "400,000 alternatives": [
    rule(`(${Array.from({ length: 400_000 }, (_, at) => `fd.num = ${at}`).join(" or ")})`),
    /rules\.yaml:3:\d+: error .*(?:more than 100000 parts|over 4194304)/,
  ],
  "macros that double 30 times": [
    `- macro: m0\n  condition: evt.type = open\n${Array.from({ length: 30 }, (_, at) => `- macro: m${at + 1}\n  condition: m${at} or m${at}\n`).join("")}${rule("m30")}`,
    /rules\.yaml:\d+:\d+: error .*more than 100000 parts/,
  ],
};

suite("rules that would take long to load are refused at their place", () => {
  for (const [what, [rules, error]] of Object.entries(refused)) {
    test(what, async () => {
      const { code, stdout, stderr } = await run("rules.yaml", ["rules", "check", "rules.yaml"], rules);
      assert.equal(code, 1, stderr);
      assert.match(stdout + stderr, error);
    });
  }
});

const taken: Readonly<Record<string, string>> = {
  "many stars": rule(`fd.name glob '${"*a?b".repeat(1_000)}x'`),
  "an expression on which backtracking engines hang": rule("fd.name regex '((a|ab|b)*)*x'"),
  "an expression of nested bounded repetitions": rule(`fd.name regex '${"((a|b){0,30}c{0,30}){0,20}".repeat(3)}x'`),
  "10,000 texts that may be anywhere": rule(`fd.name contains anyof (${items})`),
  "10,000 programs": rule(`proc.name in (${items})`),
  "60,000 alternatives of one kind": rule(
    `(${Array.from({ length: 60_000 }, (_, at) => `fd.num = ${at + 100}`).join(" or ")})`,
  ),
};

suite("rules that would take long to ask are asked in bounded time", () => {
  for (const [what, rules] of Object.entries(taken)) {
    test(what, async () => {
      const { code, stdout, stderr } = await run(
        "rules.yaml",
        ["replay", "events.jsonl", "--rules", "rules.yaml"],
        rules,
      );
      assert.equal(code, 0, stdout + stderr);
    });
  }
});
