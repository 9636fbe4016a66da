/** Commands and flags that documents name within their sentences are such as the program has. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { Command } from "commander";
import { wholeProgram } from "../../src/cli/program.ts";
import { codeSpans, documents, passages, root } from "./documents.ts";

const program = await wholeProgram();
const all = everyBelow(program);

/** Flags of the sensor, as its own table of them has them. */
const sensorFlags = [
  ...readFileSync(join(root, "sensor/main.c"), "utf8").matchAll(/\{"([a-z-]+)", (?:no|required)_argument/g),
].map(([, name]) => `--${name}`);

/** Flags of other programs. The page's name or the passage has to name the program, in whatever case. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  "apt-get": ["--no-install-recommends"],
  "AWS agent": ["--enable-network-policy"],
  cosign: ["--experimental-oci11", "--new-bundle-format"],
  docker: ["--cap-drop", "--mount", "--no-cache", "--pull", "--secret", "--target"],
  gitleaks: ["--max-decode-depth"],
  Helm: ["--skip-schema-validation"],
  k3s: ["--data-dir"],
  kubelet: ["--image-credential-provider-bin-dir", "--image-credential-provider-config"],
  "kube-router": ["--run-firewall"],
  Node: ["--enable-source-maps", "--max-semi-space-size"],
  npm: ["--global", "--ignore-scripts"],
  sensor: sensorFlags,
  Trivy: ["--config", "--exit-code"],
  V8: ["--no-lazy"],
  // A word on a workload's command line that names a host.
  "variable or flag": ["--upstream"],
};

/** What the changelog shows as a mistake that is answered. */
const MISTAKES = ["bulkhead scan X"];

function everyBelow(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyBelow)];
}

/** The names of flags among words: `--format=FILE` is `--format`, `--probe-…` is any that begins so. */
function flagsOf(words: readonly string[]): string[] {
  return words.flatMap((word) => /^--[a-z][\w-]*…?/.exec(word)?.[0] ?? []);
}

function has(command: Command, flag: string): boolean {
  const names = [...command.options.map(({ long }) => long), "--help"];
  return flag.endsWith("…") ? names.some((name) => name?.startsWith(flag.slice(0, -1))) : names.includes(flag);
}

/** Commands that words name: several by `list|undo`, all below by a placeholder. A text where there is none. */
function commandsOf(words: readonly string[]): readonly Command[] | string {
  let named = [program];
  for (const word of words) {
    const groups = named.filter(({ commands }) => commands.length > 0);
    if (groups.length === 0 || word.startsWith("-")) return named;
    if (/^[A-Z]+…?$/.test(word)) return named.flatMap(everyBelow);
    const within = word
      .split("|")
      .map((name) => groups.flatMap(({ commands }) => commands).find((each) => each.name() === name));
    if (within.every((each) => each !== undefined)) named = within;
    else if (groups.some(({ registeredArguments }) => registeredArguments.length > 0)) return named;
    else return `no command ${word}`;
  }
  return named;
}

/** What is wrong with a span of code; undefined for what is no command line of the program. */
function mistake(span: string, around: string): string | undefined {
  const [first = "", ...rest] = span.replaceAll(/[[\]]/g, "").split(/\s+/);
  const words = first === "bulkhead" ? rest : [first, ...rest];
  const flags = flagsOf(words);
  if (first.startsWith("--")) {
    const isOurs = all.some((command) => flags.every((flag) => has(command, flag)));
    return isOurs || isAnothers(flags, around) ? undefined : "no command has it";
  }
  // `check --fix` too, but not `check the policy`.
  const isOurs = first === "bulkhead" || (flags.length > 0 && program.commands.some((each) => each.name() === first));
  if (!isOurs || MISTAKES.includes(span)) return undefined;
  const commands = commandsOf(words);
  if (typeof commands === "string") return commands;
  return commands.some((command) => flags.every((flag) => has(command, flag))) ? undefined : "no such flag";
}

function isAnothers(flags: readonly string[], around: string): boolean {
  const named = Object.entries(OTHERS).filter(([name]) => around.toLowerCase().includes(name.toLowerCase()));
  return named.some(([, known]) => flags.every((flag) => known.includes(flag)));
}

function mistakes(page: string, text: string): string[] {
  return passages(text).flatMap((passage) =>
    codeSpans(passage).flatMap((span) => {
      // Pages of checks are about flags of other programs; those that are ours have their command before them.
      if (page.startsWith("docs/checks/") && span.startsWith("--")) return [];
      const why = mistake(span, `${page} ${passage}`);
      return why === undefined ? [] : [`${page}: ${span}: ${why}`];
    }),
  );
}

describe("commands and flags within sentences", () => {
  for (const [page, text] of documents) it(page, () => assert.deepEqual(mistakes(page, text), []));

  it("that do not exist are told", () => {
    const wrong = [
      "`bulkhead frobnicate`",
      "`bulkhead runtime rules\n  check|nope`",
      "`bulkhead check --nope`",
      "`bulkhead image scan --history`",
      "`check --nope`",
      "`--nope`",
      "| row | `--policy FILE [--nope]` |",
      "`--secret id=npm`",
      "`--hooks execve`",
    ];
    for (const text of wrong) assert.equal(mistakes("docs/made.md", text).length, 1, text);
    assert.deepEqual(mistakes("docs/made.md", "Use `bulkhead image scan REF --history` or `--nope`"), [
      "docs/made.md: bulkhead image scan REF --history: no such flag",
      "docs/made.md: --nope: no command has it",
    ]);
  });

  it("that exist are not, nor those of a program that is named", () => {
    const right = [
      "`bulkhead runtime`, `bulkhead --help`, `bulkhead COMMAND --help`, `bulkhead runtime learn node.frames`",
      "`bulkhead runtime rules check|list|explain|test`, `bulkhead init --pipeline github|gitlab`",
      "`check DIR --cluster --probe-…`, `--policy git:REF:PATH`, `--format html=FILE --output FILE`",
      "`check the policy`, `trivy --nope`, ``` `--nope` ```",
      "docker's `--secret id=npm`, the sensor's `--hooks execve`",
    ];
    assert.deepEqual(mistakes("docs/made.md", right.join("\n\n")), []);
  });

  it("and no other program's flag is listed that no document names", () => {
    const text = [...documents.values()].join("\n");
    const unnamed = Object.entries(OTHERS).flatMap(([name, flags]) =>
      flags === sensorFlags ? [] : flags.filter((flag) => !text.includes(`\`${flag}`)).map((flag) => `${name} ${flag}`),
    );
    assert.deepEqual(unnamed, []);
    assert.ok(sensorFlags.includes("--hooks"));
  });
});
