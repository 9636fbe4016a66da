import assert from "node:assert/strict";
import { test } from "node:test";
import { inlineIgnores } from "./inline-ignores.ts";
import { parseDockerfile } from "./parse.ts";

const ignores = (text: string): string[] =>
  inlineIgnores(parseDockerfile("Dockerfile", text)).map(
    ({ form, ids, reason, covers }) =>
      `${form} ${ids.join("+")} (${reason}) ${covers === "file" ? covers : covers.line}`,
  );

test("a comment speaks for the instruction below it, or that it stands in", () => {
  assert.deepEqual(ignores("# bulkhead ignore=latest-tag,build/sudo it is a demo\n\n# more\nFROM a\nUSER b\n"), [
    "bulkhead latest-tag+build/sudo (it is a demo) 4",
  ]);
  assert.deepEqual(ignores("FROM a\nRUN a \\\n  # bulkhead ignore=sudo why\n  b\n"), ["bulkhead sudo (why) 2"]);
  assert.deepEqual(ignores("FROM a\n# bulkhead ignore=sudo behind everything\n"), []);
});

test("for the whole file, without a reason, and other programs' forms", () => {
  assert.deepEqual(ignores("FROM a\n# bulkhead ignore-file=sudo why\n"), ["bulkhead sudo (why) file"]);
  assert.deepEqual(ignores("# bulkhead ignore=sudo\nFROM a\n"), ["bulkhead sudo () 2"]);
  assert.deepEqual(ignores("# hadolint ignore=DL3006,DL3008\nFROM a\n"), ["hadolint DL3006+DL3008 () 2"]);
  assert.deepEqual(ignores("# hadolint global ignore=DL3006\nFROM a\n"), ["hadolint DL3006 () file"]);
  assert.deepEqual(ignores("# check=skip=JSONArgsRecommended,StageNameCasing;error=true\nFROM a\n"), [
    "docker JSONArgsRecommended+StageNameCasing () file",
  ]);
  assert.deepEqual(ignores("# bulkhead ignored=x y\n# the bulkhead ignore=x\nFROM a\n"), []);
});
