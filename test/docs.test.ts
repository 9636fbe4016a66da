/** The documentation: every link leads somewhere, and every command line in it is one that there is. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { before, describe, it } from "node:test";
import { type Command, CommanderError } from "commander";
import { wholeProgram } from "../src/cli/program.ts";

const program = await wholeProgram();

const root = resolve(import.meta.dirname, "..");

const pages = [
  ...["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "SECURITY.md"],
  ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
].sort();

const texts = new Map(pages.map((page) => [page, readFileSync(join(root, page), "utf8")]));

/** Without blocks and spans of code, whose brackets are no links and whose `#` is no heading. */
function prose(text: string): string {
  return text
    .replaceAll(/^( *)(```+)[\s\S]*?^\1\2$/gm, "")
    .replaceAll(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, (span) => "x".repeat(span.length));
}

/** Anchors of a page as GitHub makes them: lower case, no punctuation, hyphens for blanks, numbers for what comes twice. */
function anchors(text: string): Set<string> {
  const found = new Set<string>();
  const seen = new Map<string, number>();
  const headings = text.replaceAll(/^( *)(```+)[\s\S]*?^\1\2$/gm, "").matchAll(/^#{1,6} +(.*)$/gm);
  for (const [, heading = ""] of headings) {
    const words = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const anchor = words.replaceAll(/[^\p{L}\p{N}_\- ]/gu, "").replaceAll(" ", "-");
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    found.add(before === 0 ? anchor : `${anchor}-${before}`);
  }
  return found;
}

function brokenLinks(page: string, text: string): string[] {
  return [...prose(text).matchAll(/\]\(([^()\s]+)\)|^\[[^\]]+\]: +(\S+)$/gm)].flatMap(([, inline, reference]) => {
    const link = inline ?? reference ?? "";
    if (/^[a-z]+:/.test(link)) return [];
    const [path = "", anchor] = link.split("#");
    const target = path === "" ? page : relative(root, resolve(root, dirname(page), path));
    if (path !== "" && (target.startsWith("..") || !existsSync(join(root, target))))
      return [`${page}: ${link}: no such file`];
    if (anchor === undefined) return [];
    const known = path === "" ? text : (texts.get(target) ?? "");
    return anchors(known).has(anchor) ? [] : [`${page}: ${link}: no such heading`];
  });
}

describe("links of the documentation", () => {
  for (const [page, text] of texts) {
    it(page, () => assert.deepEqual(brokenLinks(page, text), []));
  }

  it("that lead nowhere are told, and text in code is none", () => {
    const text = [
      "# A b",
      "[1](nope.md) [2](policy.md#nope) [3](#a-b) [4](#nope) [5](https://example.org/nope) [6](../../outside.md)",
      "`[7](nope.md)`",
      "```",
      "[8](nope.md)",
      "# nope",
      "```",
    ].join("\n\n");
    assert.deepEqual(brokenLinks("docs/made.md", text), [
      "docs/made.md: nope.md: no such file",
      "docs/made.md: policy.md#nope: no such heading",
      "docs/made.md: #nope: no such heading",
      "docs/made.md: ../../outside.md: no such file",
    ]);
  });
});

/** Command lines of a page: what begins with `bulkhead` in blocks of sh, and behind `$ ` in other blocks. */
function commandLines(text: string): string[][] {
  const blocks = [...text.matchAll(/^( *)```(\w*)[^\n]*\n([\s\S]*?)^\1```$/gm)];
  return blocks.flatMap(([, , language = "", block = ""]) => {
    const lines = block.replaceAll(/\\\n/g, " ").split("\n");
    const ofShell = language === "sh" ? lines : lines.flatMap((line) => /^\s*\$ (.*)$/.exec(line)?.[1] ?? []);
    return ofShell.flatMap(simpleCommands).flatMap((words) => {
      const start = words.findIndex((word) => !/^(?:npx|[A-Z_]+=.*)$/.test(word));
      return /^bulkhead(?:@[\d.]+)?$/.test(words[start] ?? "") ? [words.slice(start + 1)] : [];
    });
  });
}

/** What a shell makes of a line: words of the commands in it, without redirections, comments and quotes. */
function simpleCommands(line: string): string[][] {
  const commands: string[][] = [[]];
  const token =
    /\s+|(#[^\n]*)|(&&|\|\||[|;()]|[<$]\()|(\d?>>?\s*\S+|<\s*\S+)|((?:"[^"]*"|'[^']*'|[^\s|;()'"<>&])+)|[\s\S]/gy;
  for (const [, comment, operator, , word] of line.matchAll(token)) {
    if (comment !== undefined) break;
    if (operator !== undefined) commands.push([]);
    else if (word !== undefined) commands.at(-1)?.push(word.replaceAll(/["']/g, ""));
  }
  return commands.filter((words) => words.length > 0);
}

describe("command lines of the documentation are parsed as the program parses them", () => {
  let ran = 0;
  before(() => inert(program));

  /** Nothing is run, and nothing is printed. */
  function inert(command: Command): void {
    command.configureOutput({ writeOut: () => {}, writeErr: () => {} });
    // `runtime learn` runs by itself and has commands below it.
    if (command.commands.length === 0 || command.registeredArguments.length > 0) {
      command.action(() => {
        ran++;
      });
    }
    for (const each of command.commands) inert(each);
  }

  /** What the program says of the words; undefined where it takes them. */
  async function refusal(words: readonly string[]): Promise<string | undefined> {
    const earlier = ran;
    try {
      await program.parseAsync(words, { from: "user" });
      return ran > earlier ? undefined : "it names no command";
    } catch (error) {
      if (error instanceof CommanderError && error.exitCode === 0) return undefined;
      return error instanceof Error ? error.message : String(error);
    }
  }

  for (const [page, text] of texts) {
    const commands = commandLines(text);
    if (commands.length === 0) continue;
    it(`${page}: ${commands.length}`, async () => {
      const wrong: string[] = [];
      for (const words of commands) {
        const why = await refusal(words);
        if (why !== undefined) wrong.push(`bulkhead ${words.join(" ")}: ${why}`);
      }
      assert.deepEqual(wrong, []);
    });
  }

  it("and wrong ones are told", async () => {
    const text = [
      "```sh",
      "kubectl kustomize prod | bulkhead workload audit - # as bulkhead nope",
      "A=1 npx bulkhead@0.1.0 check . --nope && bulkhead frobnicate",
      "source <(npx bulkhead completion bash)",
      "bulkhead import-ignores f --owner 'a | b'",
      "```",
      "```",
      "bulkhead is no command here",
      "$ bulkhead check . --policy",
      "```",
    ].join("\n");
    const commands = commandLines(text);
    assert.deepEqual(commands.slice(0, 4), [
      ["workload", "audit", "-"],
      ["check", ".", "--nope"],
      ["frobnicate"],
      ["completion", "bash"],
    ]);
    const refusals: string[] = [];
    for (const words of commands) refusals.push((await refusal(words)) ?? "");
    assert.match(
      refusals.join("\n"),
      /^\nerror: unknown option '--nope'.*\n(?:.*\n)?unknown command\n\nerror: required option '--expires/,
    );
    assert.match(refusals.at(-1) ?? "", /argument missing/);
  });
});
