import assert from "node:assert/strict";
import { test } from "node:test";
import { Command } from "commander";
import { Problem } from "../core/problem.ts";
import { defaultDisplay } from "../report/display.ts";
import { type DisplayOptions, displaying, displayOf } from "./display-options.ts";

function parsed(...written: readonly string[]) {
  const command = displaying(new Command("x").option("--baseline <source>"));
  command.parse(written, { from: "user" });
  return displayOf(command.opts<DisplayOptions & { baseline?: string }>());
}

test("options say what is shown; without any it is the summary", () => {
  assert.deepEqual(parsed(), defaultDisplay);
  assert.deepEqual(
    parsed(
      "--severity",
      "High",
      "--fixable",
      "--layer",
      "image",
      "--layer",
      "build",
      "--check",
      "a/*",
      "--sort",
      "fix",
    ),
    { ...defaultDisplay, severity: "high", fixable: true, layers: ["image", "build"], checks: ["a/*"], sort: "fix" },
  );
  assert.equal(parsed("--group-by", "check").details, true);
  assert.equal(parsed("--only-new", "--baseline", "known.json").onlyNew, true);
});

test("a word that an option does not take is an error that lists the ones it takes", () => {
  const refused = (pattern: RegExp, ...written: readonly string[]) =>
    assert.throws(
      () => parsed(...written),
      (error) => error instanceof Problem && pattern.test(error.line()),
    );
  refused(/--severity unknown: unknown value.*critical, high/, "--severity", "unknown");
  refused(/--layer app: .*image, registry/, "--layer", "app");
  refused(/--group-by layer: .*asset, check/, "--group-by", "layer");
  refused(/--sort name: .*severity, asset, check, fix/, "--sort", "name");
  refused(/--only-new: no baseline/, "--only-new");
});
