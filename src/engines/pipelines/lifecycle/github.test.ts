import assert from "node:assert/strict";
import { test } from "node:test";
import type { GithubFile } from "../github/model.ts";
import { readGithubFile } from "../github/read.ts";
import { githubLifecycle } from "./github.ts";

test("what runs something else is told with its expressions as such, not as what takes their place while words are read", () => {
  const steps = '- run: source "${{ github.action_path }}/sign.sh"\n- run: ${{ inputs.command }}';
  const text = `on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n${steps.replace(/^/gm, "    ")}\n`;
  const file = readGithubFile(".github/workflows/ci.yml", text) as GithubFile;
  const { opaque } = githubLifecycle(file, () => ({ state: "absent" }));
  assert.deepEqual(
    opaque.map(({ what }) => what),
    ["source ${{ … }}/sign.sh", "${{ … }}"],
  );
});
