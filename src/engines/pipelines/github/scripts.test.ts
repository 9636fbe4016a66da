import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isEvidenceProblem } from "../../../core/problem.ts";
import { runs } from "../../../core/runs.fixture.ts";
import { mutatedBytes } from "../../contents/mutated-bytes.fixture.ts";
import type { Workflow } from "./model.ts";
import { readGithubFile } from "./read.ts";

const PATH = ".github/workflows/ci.yml";

function scriptsOf(text: string) {
  return (readGithubFile(PATH, text) as Workflow).runScripts;
}

/** `line:column words` of each command. */
function told(text: string): string[] {
  return scriptsOf(text).commands.map(({ place, words }) => `${place.line}:${place.column} ${words.join(" ")}`);
}

const steps = (body: string, job = "runs-on: ubuntu-latest") =>
  `on: push\njobs:\n  a:\n    ${job}\n    steps:\n${body}`;

test("commands of blocks, folded and quoted scalars stand where they are written", () => {
  const text = steps(`      - run: npm ci
      - run: |
          npm ci

          sudo npm publish \\
            --access public
      - run: >-
          npm
          publish
      - run: "npm ci && \\x6epm publish"
      - run: 'echo ''x''; npm ci'
`);
  assert.deepEqual(told(text), [
    "6:14 npm ci",
    "8:11 npm ci",
    "10:11 npm publish --access public",
    "13:11 npm publish",
    "15:15 npm ci",
    "15:25 npm publish",
    "16:15 echo x",
    "16:27 npm ci",
  ]);
});

test("an expression is one word that nobody knows", () => {
  const { commands, unread } = scriptsOf(
    steps("      - run: npm install ${{ inputs.a }}b '${{ x }}' && ls ${{ format('}}') }}\n"),
  );
  assert.deepEqual(unread, []);
  assert.deepEqual(
    commands.map(({ words }) => words.length),
    [4, 2],
  );
  assert.equal(commands[0]?.command?.arguments[1]?.literal, false);
});

test("the shell is the step's, the job's, the workflow's or the runner's", () => {
  const shells = (text: string) => {
    const { commands, unread } = scriptsOf(text);
    return [...commands.map(({ shell }) => shell), ...unread.map(({ reason }) => reason)];
  };
  assert.deepEqual(shells(steps("      - run: ls\n", "runs-on: windows-latest")), ["powershell"]);
  assert.deepEqual(shells(steps("      - { run: ls, shell: bash }\n", "runs-on: windows-latest")), ["posix"]);
  assert.deepEqual(shells(steps("      - { run: ls, shell: 'C:/x/bash.exe -e {0}' }\n")), ["posix"]);
  assert.deepEqual(shells(steps("      - { run: ls, shell: pwsh }\n")), ["powershell"]);
  assert.deepEqual(shells(steps("      - { run: 'print(1)', shell: python }\n")), ["a script of python is not read"]);
  const byJob = "runs-on: ubuntu-latest\n    defaults: { run: { shell: pwsh } }";
  assert.deepEqual(shells(steps("      - run: ls\n", byJob)), ["powershell"]);
  assert.deepEqual(shells(`defaults: { run: { shell: pwsh } }\n${steps("      - run: ls\n")}`), ["powershell"]);
  assert.deepEqual(shells(steps("      - { run: ls, shell: '${{ matrix.shell }}' }\n")), ["posix"]);
});

test("a script that cannot be taken apart is told with its place", () => {
  const { commands, unread } = scriptsOf(steps("      - run: |\n          ls\n          if true; then\n"));
  assert.deepEqual(
    commands.map(({ words }) => words[0]),
    ["ls", "true"],
  );
  assert.equal(unread.length, 1);
  assert.equal(unread[0]?.place.path, PATH);
});

test("whatever the bytes: places are within the file, and it ends", () => {
  const seed = Buffer.from(
    steps(
      "      - run: |\n          npm ci; echo ${{ a.b }} 'x'\n      - run: \"a \\n b\"\n        shell: pwsh\n      - run: 'it''s'\n",
    ),
  );
  fc.assert(
    fc.property(mutatedBytes(seed), (bytes) => {
      const text = bytes.toString("utf8");
      try {
        const file = readGithubFile(PATH, text);
        if (file.kind === "dependabot") return;
        for (const { place } of file.runScripts.commands) {
          assert.ok(place.start <= place.end && place.end <= text.length && place.line >= 1 && place.column >= 1);
        }
      } catch (error) {
        assert.ok(isEvidenceProblem(error), String(error));
      }
    }),
    runs(300),
  );
});
