import assert from "node:assert/strict";
import { test } from "node:test";
import { findingsOf, told, withSteps } from "./pipelines/workflow.fixture.ts";
import { workflowArtifactPoisoning } from "./workflow-artifact-poisoning.ts";
import { workflowCachePoisoning } from "./workflow-cache-poisoning.ts";
import { workflowGithubApp } from "./workflow-github-app.ts";
import { workflowInsecureCommands } from "./workflow-insecure-commands.ts";
import { workflowMisfeature } from "./workflow-misfeature.ts";
import { workflowObfuscation } from "./workflow-obfuscation.ts";
import { workflowSuperfluousActions } from "./workflow-superfluous-actions.ts";

const caches = (steps: string, trigger = "release"): string[] =>
  findingsOf(workflowCachePoisoning, withSteps(steps, trigger)).map(
    ({ severity, subject }) => `${severity} ${subject}`,
  );

const commit = "0123456789012345678901234567890123456789";

test("caches that come into what is published", () => {
  const found = (uses: string, input = ""): string[] =>
    caches(`- uses: ${uses}${input === "" ? "" : `\n  with:\n    ${input}`}`).map((one) => one.split(" ")[0] ?? "");
  for (const [uses, input = ""] of [
    ["actions/cache@v4"],
    ["actions/cache/restore@v4", "path: a"],
    ["Actions/Cache@v4", "lookup-only: false"],
    ["actions/setup-node@v5"],
    ["actions/setup-node@v4", "cache: npm"],
    [`actions/setup-node@${commit} # v6.1.0`],
    [`actions/setup-node@${commit}`],
    ["actions/setup-python@v5", "cache: pip"],
    ["actions/setup-go@v5"],
    ["astral-sh/setup-uv@v6"],
    ["astral-sh/setup-uv@v10", "enable-cache: true"],
    ["ruby/setup-ruby@v1", 'bundler-cache: "true"'],
    ["ramsey/composer-install@v3"],
    ["oven-sh/setup-bun@v2"],
    ["docker/setup-buildx-action@v3", "version: latest"],
    ["Mozilla-Actions/sccache-action@v1"],
  ] as const) {
    assert.deepEqual(found(uses, input), ["medium"], `${uses} ${input}`);
  }
  for (const [uses, input = ""] of [
    ["actions/cache@v4", "lookup-only: true"],
    ["actions/cache/save@v4", "path: a"],
    ["actions/setup-node@v4"],
    ["actions/setup-node@v5", "package-manager-cache: false"],
    [`actions/setup-node@${commit} # v4.0.0`],
    ["actions/setup-python@v5"],
    ["actions/setup-go@v5", "cache: false"],
    ["actions/setup-go@v3"],
    ["astral-sh/setup-uv@v10"],
    ["astral-sh/setup-uv@v6", "enable-cache: false"],
    ["ramsey/composer-install@v3", "ignore-cache: yes"],
    ["oven-sh/setup-bun@v2", "no-cache: true"],
    ["docker/setup-buildx-action@v3"],
    ["somebody/cache@v1"],
  ] as const) {
    assert.deepEqual(found(uses, input), [], `${uses} ${input}`);
  }
});

test("a job publishes by its trigger or by a step", () => {
  const cache = "- uses: actions/cache@v4";
  for (const trigger of [
    "release",
    "[push, release]",
    "{ push: { tags: ['v*'] } }",
    "{ push: { branches: [release/1.x] } }",
  ]) {
    assert.equal(caches(cache, trigger).length, 1, trigger);
  }
  for (const trigger of ["push", "pull_request", "{ push: { branches: [main] } }"]) {
    assert.deepEqual(caches(cache, trigger), [], trigger);
  }
  for (const step of [
    "- uses: pypa/gh-action-pypi-publish@v1",
    "- uses: docker/build-push-action@v6\n  with:\n    push: true",
    "- run: npm ci && npm publish",
    "- run: cargo publish --locked",
  ]) {
    assert.equal(caches(`${cache}\n${step}`, "push").length, 1, step);
  }
  for (const step of [
    "- uses: docker/build-push-action@v6",
    "- run: npm publish --dry-run",
    "- run: '# npm publish'",
    "- run: npm test",
  ]) {
    assert.deepEqual(caches(`${cache}\n${step}`, "push"), [], step);
  }
});

test("a cache may be off in the runs that publish", () => {
  const uv = (value: string): string => `- uses: astral-sh/setup-uv@v6\n  with:\n    enable-cache: \${{ ${value} }}`;
  const tags = "{ push: { branches: [main], tags: ['*'] } }";
  assert.deepEqual(caches(uv("!startsWith(github.ref, 'refs/tags/')"), tags), []);
  assert.deepEqual(caches(uv("github.ref_type != 'tag'"), tags), []);
  assert.deepEqual(caches(uv("startsWith(github.ref, 'refs/tags/')"), tags), ["medium job build: astral-sh/setup-uv"]);
  assert.deepEqual(caches(uv("matrix.os == 'a'"), tags), ["low job build: astral-sh/setup-uv"]);
  assert.deepEqual(caches("- uses: actions/cache@v4\n  if: github.event_name != 'release'"), []);
  assert.deepEqual(caches("- uses: actions/cache@v4\n  if: github.ref == 'a'").length, 1);
});

const artifacts = (steps: string, trigger = "workflow_run"): string[] =>
  findingsOf(workflowArtifactPoisoning, withSteps(steps, trigger)).map(
    ({ severity, subject }) => `${severity} ${subject}`,
  );

test("another run's artifact is unpacked and run", () => {
  const download = "- uses: actions/download-artifact@v4\n  with:\n    run-id: ${{ github.event.workflow_run.id }}";
  const subject = "job build: actions/download-artifact";
  for (const runner of [
    "- run: ./deploy.sh",
    "- run: A=b make deploy",
    "- run: npm ci",
    "- uses: ./.github/actions/a",
    "- run: |\n    cat a\n    sudo python3 a.py",
  ]) {
    assert.deepEqual(artifacts(`${download}\n${runner}`), [`high ${subject}`], runner);
  }
  assert.deepEqual(artifacts(`${download}\n- run: cat pr.txt`), [`medium ${subject}`]);
  assert.deepEqual(artifacts("- uses: dawidd6/action-download-artifact@v6\n- run: make"), [
    "high job build: dawidd6/action-download-artifact",
  ]);
  assert.deepEqual(artifacts("- run: |\n    gh run download 1 -n a\n    ./a"), ["high job build: gh run download"]);
  assert.deepEqual(
    artifacts(
      "- uses: actions/github-script@v7\n  with:\n    script: github.rest.actions.downloadArtifact({})\n- run: make",
    ).length,
    1,
  );
});

test("the same run's artifacts, directories of their own and other triggers are none", () => {
  const download = "- uses: actions/download-artifact@v4\n  with:\n    run-id: 1";
  for (const steps of [
    "- uses: actions/download-artifact@v4\n- run: make",
    `${download}\n    path: \${{ runner.temp }}/a\n- run: make`,
    "- run: gh run download 1 --dir /tmp/a\n- run: make",
    "- run: make",
  ]) {
    assert.deepEqual(artifacts(steps), [], steps);
  }
  assert.deepEqual(artifacts(`${download}\n- run: make`, "push"), []);
});

test("unsecure commands are allowed at any level", () => {
  const variable = "ACTIONS_ALLOW_UNSECURE_COMMANDS";
  const text = `on: push\nenv:\n  ${variable}: true\njobs:\n  a:\n    runs-on: b\n    env:\n      ${variable}: "True"\n    steps:\n      - run: c\n        env: { ${variable}: "\${{ d }}" }\n      - run: e\n        env: \${{ f }}\n      - run: g\n        env:\n          ${variable}: false\n`;
  assert.deepEqual(
    findingsOf(workflowInsecureCommands, text).map(({ severity, subject }) => `${severity} ${subject}`),
    ["high job a", "high workflow", "medium job a, step run", "negligible job a, step run: env"],
  );
  assert.deepEqual(findingsOf(workflowInsecureCommands, withSteps("- run: a\n  env:\n    A: true")), []);
});

test("App tokens state what they are for", () => {
  const app = (inputs: string): string[] =>
    findingsOf(
      workflowGithubApp,
      withSteps(`- uses: actions/create-github-app-token@v2\n  with:\n    app-id: 1\n${inputs}`),
    ).map(({ severity, subject }) => `${severity} ${subject}`);
  const read = "    permission-contents: read\n";
  assert.deepEqual(app(read), []);
  assert.deepEqual(app(""), ["high job build: permissions"]);
  assert.deepEqual(app(`${read}    owner: a\n`), ["high job build: repositories"]);
  assert.deepEqual(app(`${read}    owner: a\n    repositories: b\n`), []);
  assert.deepEqual(app("    owner: a\n    permission-members: read\n"), [], "for the organization alone");
  assert.deepEqual(app(`${read}    skip-token-revoke: true\n`), ["high job build: skip-token-revoke"]);
  assert.deepEqual(app(`${read}    skip-token-revoke: \${{ a }}\n`), ["medium job build: skip-token-revoke"]);
  assert.deepEqual(app(`${read}    skip-token-revoke: false\n`), []);
});

test("features that no check reads", () => {
  const count = (steps: string): string[] =>
    findingsOf(workflowMisfeature, withSteps(steps)).map(({ subject }) => subject);
  assert.deepEqual(count("- uses: actions/setup-python@v6\n  with:\n    pip-install: -e ."), [
    "job build: pip-install",
  ]);
  assert.deepEqual(count("- run: dir\n  shell: cmd"), ["job build: shell cmd"]);
  assert.deepEqual(count("- run: a\n  shell: C:\\tools\\nu.exe {0}"), ["job build: shell nu"]);
  assert.deepEqual(
    count("- run: a\n  shell: bash -e {0}\n- run: b\n  shell: ${{ c }}\n- uses: actions/setup-python@v6"),
    [],
  );
});

test("actions that the runner's programs replace", () => {
  const steps =
    "- uses: softprops/action-gh-release@v2\n- uses: dtolnay/rust-toolchain@stable\n- uses: actions/checkout@v4";
  assert.deepEqual(told(findingsOf(workflowSuperfluousActions, withSteps(steps))), [
    "low 6: softprops/action-gh-release does what gh release create does",
    "negligible 7: dtolnay/rust-toolchain does what rustup toolchain install does",
  ]);
  assert.deepEqual(findingsOf(workflowSuperfluousActions, withSteps("- run: gh release create")), []);
});

test("what is written so that it is not seen", () => {
  const subjects = (steps: string): string[] =>
    findingsOf(workflowObfuscation, withSteps(steps)).map(({ severity, subject }) => `${severity} ${subject}`);
  assert.deepEqual(subjects("- uses: actions/cache/./save@v4"), ["low job build: uses actions/cache/save@v4"]);
  assert.deepEqual(subjects("- uses: actions//checkout@v4"), ["low job build: uses actions/checkout@v4"]);
  assert.deepEqual(subjects("- uses: a/b/c/../d@v4"), ["low job build: uses a/b/d@v4"]);
  for (const expression of [
    "'a'",
    "format('{0}', 'a')",
    "fromJSON(toJSON(env.A))",
    "env.A || format('{0}', 'a')",
    "1 == 1",
  ]) {
    assert.deepEqual(
      subjects(`- run: a\n  env:\n    B: \${{ ${expression} }}`),
      ["low job build: env.B: constant"],
      expression,
    );
  }
  assert.deepEqual(subjects("- run: a\n  env:\n    B: ${{ github[env.A] }}"), [
    "negligible job build: env.B: computed name",
  ]);
  assert.deepEqual(subjects("- uses: a/b@v1\n  with: ${{ fromJSON(env.A) }}"), ["negligible job build: with"]);
  for (const plain of [
    "env.A",
    "env.A || 'a'",
    "github.event.commits[0].id",
    "always()",
    "toJSON(github)",
    "a && 'x' || 'y'",
  ]) {
    assert.deepEqual(subjects(`- run: a\n  if: false\n  env:\n    B: \${{ ${plain} }}`), [], plain);
  }
  assert.deepEqual(subjects("- uses: ./a/../b\n- uses: docker://a/./b"), []);
});
