/** The documentation: every command line in a block of it is one that the program takes. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { type Command, CommanderError } from "commander";
import { wholeProgram } from "../../src/cli/program.ts";
import { documents } from "./documents.ts";

const program = await wholeProgram();

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

  for (const [page, text] of documents) {
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
