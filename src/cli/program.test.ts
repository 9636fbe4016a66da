import assert from "node:assert/strict";
import { test } from "node:test";
import type { Command } from "commander";
import { parts, programFor, wholeProgram } from "./program.ts";

const namesOf = ({ commands }: Command) => commands.map((command) => command.name());

test("each part defines the commands that it is named for, and all of them are the whole program's", async () => {
  for (const { names } of parts) {
    for (const name of names.filter((each) => each !== "completion")) {
      assert.deepEqual(namesOf(await programFor([name, "--help"])), names);
    }
  }
  assert.deepEqual(
    namesOf(await wholeProgram()),
    parts.flatMap(({ names }) => names),
  );
});

test("what begins otherwise is told of by the whole program", async () => {
  for (const words of [[], ["--help"], ["help", "check"], ["scan"], ["completion", "bash"], ["constructor"]]) {
    assert.equal(
      (await programFor(words)).commands.length,
      parts.flatMap(({ names }) => names).length,
      words.join(" "),
    );
  }
});

test("the help of a command is the same in either", async () => {
  const [part, whole] = [await programFor(["image", "scan"]), await wholeProgram()];
  const help = (program: Command) =>
    program.commands
      .find((command) => command.name() === "image")
      ?.commands.map((command) => command.helpInformation());
  assert.deepEqual(help(part), help(whole));
});
