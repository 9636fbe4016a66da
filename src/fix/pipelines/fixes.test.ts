import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../core/runs.fixture.ts";
import { readGithubFile } from "../../engines/pipelines/github/read.ts";
import { changedFields } from "./changed-fields.ts";
import { lintWithPipelineFixes } from "./fixes.ts";
import { CI, fixed, linterOf, made, quiet } from "./pipelines.fixture.ts";

/** Lines that differ, those of the one marked `-` and of the other `+`. */
function changes(before: string, after: string): string[] {
  const [old, now] = [before.split("\n"), after.split("\n")];
  return [
    ...old.filter((line) => !now.includes(line)).map((line) => `-${line.trim()}`),
    ...now.filter((line) => !old.includes(line)).map((line) => `+${line.trim()}`),
  ];
}

function changed(steps: string, on?: string): string[] {
  const text = quiet(steps, on);
  return changes(text, fixed(text).after);
}

const TITLE = "${{ github.event.pull_request.title }}";
const ENTRY = `+PULL_REQUEST_TITLE: ${TITLE}`;

test("expressions become variables, quoted as the script needs it", () => {
  for (const [script, after] of [
    [`echo "${TITLE}"`, 'echo "${PULL_REQUEST_TITLE}"'],
    [`echo ${TITLE}`, 'echo "${PULL_REQUEST_TITLE}"'],
    [`echo 'a ${TITLE}'`, "echo 'a '\"${PULL_REQUEST_TITLE}\"''"],
    [`echo a '${TITLE}'`, 'echo a "${PULL_REQUEST_TITLE}"'],
  ] as const) {
    assert.deepEqual(changed(`- run: ${script}`), [`-- run: ${script}`, `+- run: ${after}`, "+env:", ENTRY], script);
    assert.deepEqual(changed(`- run: |\n    make\n    ${script}`), [
      `-- run: |`,
      `-${script}`,
      "+- env:",
      ENTRY,
      "+run: |",
      `+${after}`,
    ]);
  }
  assert.deepEqual(changed(`- run: 'echo "${TITLE}"'`), [
    `-- run: 'echo "${TITLE}"'`,
    `+- run: 'echo "\${PULL_REQUEST_TITLE}"'`,
    "+env:",
    ENTRY,
  ]);
  assert.deepEqual(changed(`- run: "echo \\"${TITLE}\\""`), [
    `-- run: "echo \\"${TITLE}\\""`,
    `+- run: "echo \\"\${PULL_REQUEST_TITLE}\\""`,
    "+env:",
    ENTRY,
  ]);
});

test("variables go to those that the step has, and none is made twice", () => {
  assert.deepEqual(changed(`- run: echo "${TITLE}" "${TITLE}"\n  env:\n    A: b # c\n  shell: bash`), [
    `-- run: echo "${TITLE}" "${TITLE}"`,
    '+- run: echo "${PULL_REQUEST_TITLE}" "${PULL_REQUEST_TITLE}"',
    ENTRY,
  ]);
  assert.deepEqual(changed(`- run: echo "${TITLE}"\n  env:\n    T: ${TITLE}`), [
    `-- run: echo "${TITLE}"`,
    '+- run: echo "${T}"',
  ]);
  assert.deepEqual(changed(`- run: PULL_REQUEST_TITLE=1; echo "${TITLE}"`).at(-1), `+PULL_REQUEST_TITLE_2: ${TITLE}`);
  assert.deepEqual(changed('- run: echo "${{ env.A }}"\n  env:\n    A: ${{ github.head_ref }}'), [
    '-- run: echo "${{ env.A }}"',
    '+- run: echo "${A}"',
  ]);
});

test("where a variable would be something else, words stay", () => {
  for (const step of [
    `- run: ${TITLE} --help`,
    `- run: "# ${TITLE}"`,
    `- run: |\n    cat <<'EOF'\n    ${TITLE}\n    EOF`,
    `- run: echo \`${TITLE}\``,
    `- run: print("${TITLE}")\n  shell: python`,
    `- run: echo ${TITLE}\n  shell: cmd`,
    `- { run: 'echo "${TITLE}"' }`,
    `- run: echo "${TITLE}"\n  env: { A: b }`,
    `- run: echo "${TITLE}"\n  env: \${{ fromJSON(github.token) }}`,
  ]) {
    assert.deepEqual(changed(step), [], step);
  }
});

test("PowerShell and JavaScript read the environment in their own ways", () => {
  assert.deepEqual(changed(`- run: echo "a ${TITLE}"\n  shell: pwsh`)[1], '+- run: echo "a ${env:PULL_REQUEST_TITLE}"');
  const script = `- uses: actions/github-script@${"a".repeat(40)} # v7.0.0\n  with:\n    script: |\n      return '${TITLE}';`;
  assert.deepEqual(changed(script), [`-return '${TITLE}';`, "+env:", ENTRY, "+return process.env.PULL_REQUEST_TITLE;"]);
});

test("conditions hold what they say", () => {
  assert.deepEqual(changed("- if: |\n    ${{ github.head_ref == 'a' }}\n  run: make"), ["-- if: |", "+- if: |-"]);
  assert.deepEqual(changed("- if: ${{ github.head_ref == 'a' }} && ${{ env.A || env.B }} # c\n  run: make"), [
    "-- if: ${{ github.head_ref == 'a' }} && ${{ env.A || env.B }} # c",
    "+- if: github.head_ref == 'a' && (env.A || env.B) # c",
  ]);
  assert.deepEqual(changed("- if: contains('main dev', github.ref_name)\n  run: make"), [
    "-- if: contains('main dev', github.ref_name)",
    '+- if: contains(fromJSON(\'["main","dev"]\'), github.ref_name)',
  ]);
  assert.deepEqual(changed("- if: github.actor == 'dependabot[bot]' # c\n  run: make"), [
    "-- if: github.actor == 'dependabot[bot]' # c",
    "+- if: github.event.pull_request.user.login == 'dependabot[bot]' # c",
  ]);
  assert.deepEqual(changed("- if: github.actor == 'dependabot[bot]'\n  run: make", "push"), [], "a push has no author");
});

test("inputs are set beside those that are there", () => {
  const checkout = `uses: actions/checkout@${"a".repeat(40)} # v4.2.0`;
  assert.deepEqual(changed(`- ${checkout}\n- run: make`), ["+with:", "+persist-credentials: false"]);
  assert.deepEqual(changed(`- ${checkout}\n  with:\n    fetch-depth: 0`), ["+persist-credentials: false"]);
  assert.deepEqual(changed(`- ${checkout}\n  with:\n    persist-credentials: true`), [
    "-persist-credentials: true",
    "+persist-credentials: false",
  ]);
  assert.deepEqual(changed(`- ${checkout}\n- run: git push`), [], "what pushes needs it");
  const node = `- uses: actions/setup-node@${"b".repeat(40)} # v5.0.0`;
  assert.deepEqual(changed(node, "release"), ["+with:", "+package-manager-cache: false"]);
});

test("unsecure commands go with the env that has nothing else", () => {
  const step = "- run: make\n  env:\n    ACTIONS_ALLOW_UNSECURE_COMMANDS: true";
  assert.deepEqual(changed(step), ["-env:", "-ACTIONS_ALLOW_UNSECURE_COMMANDS: true"]);
  assert.deepEqual(changed(`${step}\n    A: b`), ["-ACTIONS_ALLOW_UNSECURE_COMMANDS: true"]);
  assert.deepEqual(changed(step.replace("make", "echo ::set-env name=A::b")), [], "a script prints them");
});

test("names become what they point to, where that was looked up", () => {
  const pins = {
    commit: (repository: string, ref: string) => (repository === "a/b" && ref === "v1" ? "c".repeat(40) : undefined),
    digest: (image: string) => (image === "alpine:3.20" ? `sha256:${"d".repeat(64)}` : undefined),
  };
  const text = quiet("- uses: a/b/c@v1\n- uses: a/b@v1 # why\n- uses: a/other@v1\n- uses: docker://alpine:3.20");
  assert.deepEqual(changes(text, fixed(text, { pins }).after), [
    "-- uses: a/b/c@v1",
    "-- uses: a/b@v1 # why",
    "-- uses: docker://alpine:3.20",
    `+- uses: a/b/c@${"c".repeat(40)} # v1`,
    `+- uses: a/b@${"c".repeat(40)} # v1 why`,
    `+- uses: docker://alpine:3.20@sha256:${"d".repeat(64)}`,
  ]);
  assert.equal(fixed(text).after, text, "nothing was looked up");
});

test("permissions are stated as far as the steps tell", () => {
  const without = (steps: string): string => quiet(steps).replace("permissions: {}\n", "");
  const added = (steps: string): string[] => changes(without(steps), fixed(without(steps)).after);
  assert.deepEqual(
    added("- run: make"),
    ["+permissions: {}", "+"].filter((line) => line !== "+"),
  );
  const checkout = `- uses: actions/checkout@${"a".repeat(40)} # v4.2.0\n  with:\n    persist-credentials: false`;
  assert.deepEqual(added(checkout), ["+permissions:", "+contents: read"]);
  assert.deepEqual(added(`${checkout}\n- run: gh pr list`), [], "a step may need more");
});

test("a called workflow of the tree is handed the secrets that it reads", () => {
  const caller = `name: a\non: push\npermissions: {}\nconcurrency:\n  group: a\n  cancel-in-progress: true\njobs:\n  a:\n    uses: ./.github/workflows/called.yml\n    secrets: inherit # all\n`;
  const callee =
    "on: workflow_call\njobs:\n  a:\n    runs-on: b\n    steps:\n      - run: c\n        env:\n          A: ${{ secrets.DEPLOY_KEY }}\n          B: ${{ secrets.GITHUB_TOKEN }}\n";
  const other = (path: string) => {
    const file = path === ".github/workflows/called.yml" ? readGithubFile(path, callee) : undefined;
    return file?.kind === "workflow" ? file : undefined;
  };
  assert.deepEqual(changes(caller, fixed(caller, { other }).after), [
    "-secrets: inherit # all",
    "+secrets:",
    "+DEPLOY_KEY: ${{ secrets.DEPLOY_KEY }} # all",
  ]);
  assert.equal(fixed(caller).after, caller, "what it reads is not known");
});

test("Dependabot waits", () => {
  const text =
    "version: 2\nupdates:\n  - package-ecosystem: npm # a\n    directory: /\n  - package-ecosystem: docker\n    directory: /\n    cooldown:\n      default-days: 1\n";
  const path = ".github/dependabot.yml";
  const first = text.replace("npm # a", "npm # a\n    cooldown:\n      default-days: 7");
  assert.equal(fixed(text, {}, path).after, first.replace("default-days: 1", "default-days: 7"));
});

test("line ends, comments and everything beside the change stay", () => {
  const text = `# kept\n${quiet(`- name: "a"   # b\n\n  run:   echo "${TITLE}"   # c`)}`.replaceAll("\n", "\r\n");
  const { after } = fixed(text);
  assert.equal(
    after,
    text.replace(
      `echo "${TITLE}"   # c`,
      `echo "\${PULL_REQUEST_TITLE}"   # c\r\n        env:\r\n          PULL_REQUEST_TITLE: ${TITLE}`,
    ),
  );
});

test("without being asked only what is safe is made, and the rest is told with its grade", () => {
  const text = quiet(`- run: echo "${TITLE}"\n- run: echo \${{ github.head_ref }}`);
  const result = fixed(text, { unsafe: false });
  assert.deepEqual(made(result), ["build/workflow-template-injection safe"]);
  assert.deepEqual(
    result.left.map(({ check, fix }) => `${check} ${fix !== undefined && "grade" in fix ? fix.grade : ""}`),
    ["build/workflow-template-injection likely"],
  );
});

test("what is proven is gone, nothing new is there, and fixing again changes nothing", () => {
  const steps = fc.constantFrom(
    `- run: echo "${TITLE}" \${{ github.head_ref }}`,
    `- run: |\n    # a\n    echo '${TITLE}'\n    cat <<EOF\n    \${{ github.head_ref }}\n    EOF`,
    `- env:\n    A: b\n  run: echo "${TITLE}"`,
    "- uses: actions/checkout@v4",
    "- uses: actions/checkout@v4\n  with: { fetch-depth: 0 }",
    "- uses: actions/cache/./restore@v4",
    "- if: ${{ a }} || ${{ b }}\n  run: a",
    "- if: >\n    ${{ a }}\n  run: a",
    "- if: contains('a b', github.ref) && github.actor == 'a[bot]'\n  run: a",
    "- run: a\n  env:\n    ACTIONS_ALLOW_UNSECURE_COMMANDS: true",
    "- &s\n  run: echo ${{ github.head_ref }}",
    "- *s",
    "- { run: 'echo ${{ github.head_ref }}' }",
    "- run: a # b",
  );
  const triggers = fc.constantFrom("pull_request", "pull_request_target", "[push, issue_comment]", "release");
  const pins = { commit: () => "e".repeat(40), digest: () => undefined };
  fc.assert(
    fc.property(
      fc.array(steps, { minLength: 1, maxLength: 5 }),
      triggers,
      fc.boolean(),
      fc.boolean(),
      (some, on, crlf, states) => {
        const list = some.some((step) => step.startsWith("- &s"))
          ? dedupe(some)
          : some.filter((step) => step !== "- *s");
        if (list.length === 0) return;
        let text = quiet(list.join("\n"), on);
        if (!states) text = text.replace("permissions: {}\n", "");
        if (crlf) text = text.replaceAll("\n", "\r\n");
        const result = fixed(text, { pins });
        const count = (evaluations: typeof result.first.evaluations): number =>
          evaluations.reduce((sum, { findings }) => sum + findings.length, 0);
        if (result.fixed.length === 0) assert.equal(result.after, text);
        else assert.ok(count(result.last.evaluations) < count(result.first.evaluations), text);
        assert.deepEqual(fixed(result.after, { pins }).fixed, []);
        const [before, after] = [readGithubFile(CI, text), readGithubFile(CI, result.after)];
        for (const path of changedFields(before, after)) {
          assert.match(path, /^permissions|\.(?:run|if)\.value$|\.(?:env|with)\.|\.uses\.|\.(?:env|with)$/, path);
        }
        if (crlf) assert.ok(!/[^\r]\n/.test(result.after));
        assert.doesNotThrow(() => lintWithPipelineFixes(CI, result.after, { lint: linterOf(CI), unsafe: true }));
      },
    ),
    runs(60),
  );
});

/** An anchor stands once, before what repeats it. */
function dedupe(steps: readonly string[]): string[] {
  const anchor = steps.find((step) => step.startsWith("- &s")) ?? "";
  return [anchor, ...steps.filter((step) => !step.startsWith("- &s"))];
}
