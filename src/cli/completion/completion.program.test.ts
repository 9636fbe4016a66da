import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { Command } from "commander";
import { bashCompletion } from "./bash.ts";
import { fishCompletion } from "./fish.ts";
import { placesOf } from "./words.ts";
import { zshCompletion } from "./zsh.ts";

const program = new Command("bulkhead").description("d").version("1");
program
  .command("check")
  .description("judge a folder; it's all")
  .option("--format <format[=file]>", "how")
  .option("--policy <source>", "whose")
  .option("--now <time>", "when")
  .option("--no-cache", "forget");
const image = program.command("image").description("images");
image.command("scan").description("find: flaws").option("--all", "all");
program.command("completion").description("complete");

const places = placesOf(program, { "--format": ["table", "json"], "bulkhead completion": ["bash", "zsh"] });

test("places are the commands with what they take", () => {
  assert.deepEqual(
    places.map(({ path, commands, options }) => [
      path,
      commands.map(({ name }) => name),
      options.map(({ name }) => name),
    ]),
    [
      ["bulkhead", ["check", "image", "completion"], ["--version", "--help"]],
      ["bulkhead check", [], ["--format", "--policy", "--now", "--no-cache", "--help"]],
      ["bulkhead image", ["scan"], ["--help"]],
      ["bulkhead image scan", [], ["--all", "--help"]],
      ["bulkhead completion", [], ["--help"]],
    ],
  );
  assert.deepEqual(
    places[1]?.options.map(({ takes }) => takes),
    [["table", "json"], "file", "text", "nothing", "nothing"],
  );
});

const has = (shell: string) => spawnSync(shell, ["--version"]).status === 0;

function inBash(...words: string[]): string[] {
  const script = `${bashCompletion(places)}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}
_bulkhead; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync("bash", ["--norc", "-c", script], {
    encoding: "utf8",
    cwd: import.meta.dirname,
  });
  assert.equal(stderr, "");
  return stdout.split("\n").filter((line) => line !== "");
}

test("bash completes commands, options, their words and files", { skip: !has("bash") && "there is no bash" }, () => {
  assert.deepEqual(inBash("bulkhead", "c"), ["check", "completion"]);
  assert.deepEqual(inBash("bulkhead", "image", ""), ["scan", "--help"]);
  assert.deepEqual(inBash("bulkhead", "image", "scan", "--a"), ["--all"]);
  assert.deepEqual(inBash("bulkhead", "check", "--format", ""), ["table", "json"]);
  assert.deepEqual(inBash("bulkhead", "check", "--now", ""), []);
  assert.deepEqual(inBash("bulkhead", "completion", "z"), ["zsh"]);
  assert.deepEqual(inBash("bulkhead", "check", "--policy", "fi"), ["fish.ts"]);
  assert.deepEqual(inBash("bulkhead", "check", "fi"), ["fish.ts"]);
});

for (const [shell, script] of [
  ["bash", bashCompletion(places)],
  ["zsh", zshCompletion(places)],
  ["fish", fishCompletion(places)],
] as const) {
  test(`${shell} can read its script`, { skip: !has(shell) && `there is no ${shell}` }, () => {
    const { status, stderr } = spawnSync(shell, ["-n"], { input: script, encoding: "utf8" });
    assert.deepEqual([status, stderr], [0, ""]);
  });
}

test("zsh and fish are told every command and option, with descriptions quoted", () => {
  const zsh = zshCompletion(places);
  const fish = fishCompletion(places);
  assert.ok(zsh.includes("'check:judge a folder; it'\\''s all'"));
  assert.ok(fish.includes("-a check -d 'judge a folder; it\\'s all'"));
  for (const { path, options } of places) {
    assert.ok(zsh.includes(`'${path}')`), path);
    for (const { name } of options) {
      assert.ok(zsh.includes(`'${name}:`), name);
      assert.ok(fish.includes(`= "${path}"' -l ${name.slice(2)} `), name);
    }
  }
  assert.ok(zsh.includes("'bulkhead check --format') compadd -- table json; return ;;"));
  assert.ok(fish.includes("-l format -x -a 'table json'"));
});
