import assert from "node:assert/strict";
import { test } from "node:test";
import { findingsOf, told, withJob, withSteps } from "./pipelines/workflow.fixture.ts";
import { workflowArchivedAction } from "./workflow-archived-action.ts";
import { workflowForbiddenAction } from "./workflow-forbidden-action.ts";
import { workflowLocalPath } from "./workflow-local-path.ts";
import { workflowTyposquatAction } from "./workflow-typosquat-action.ts";
import { workflowUnpinnedAction } from "./workflow-unpinned-action.ts";
import { workflowUnpinnedImage } from "./workflow-unpinned-image.ts";
import { workflowUnpinnedTool } from "./workflow-unpinned-tool.ts";
import { workflowVersionComment } from "./workflow-version-comment.ts";
import { workflowVulnerableAction } from "./workflow-vulnerable-action.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const OTHER = "89abcdef0123456789abcdef0123456789abcdef";

test("actions by commit, tag, branch and nothing", () => {
  const text = withSteps(`
- uses: acme/deploy@${COMMIT} # v1.2.3
- uses: acme/deploy@v1
- uses: acme/lint@main
- uses: acme/none
- uses: actions/cache/save@v4
- uses: acme/deploy@release/v2
- uses: ./local
- uses: $/local
- uses: docker://alpine
- uses: acme/off@v1
  if: false
`);
  assert.deepEqual(told(findingsOf(workflowUnpinnedAction, text)), [
    "medium 7,11: acme/deploy is pinned by tag v1 (2 places)",
    "high 8: acme/lint is pinned by main, a branch or a tag that moves",
    "high 9: acme/none has no ref",
    "low 10: actions/cache/save is pinned by tag v4",
  ]);
  const called = withJob("uses: acme/shared/.github/workflows/build.yml@main");
  assert.deepEqual(told(findingsOf(workflowUnpinnedAction, called)), [
    "high 4: acme/shared/.github/workflows/build.yml is pinned by main, a branch or a tag that moves",
  ]);
  const action = "name: a\nruns:\n  using: composite\n  steps:\n    - uses: acme/lint@v3.1.0\n";
  assert.deepEqual(told(findingsOf(workflowUnpinnedAction, action, { path: "lint/action.yml" })), [
    "medium 5: acme/lint is pinned by tag v3.1.0",
  ]);
});

test("images of jobs, services, steps and Docker actions", () => {
  const digest = `sha256:${"0".repeat(64)}`;
  const text = `on: push
jobs:
  a:
    runs-on: ubuntu-latest
    container: node
    services:
      cache: { image: "redis:latest" }
      store:
        image: registry.example/db:16
      pinned: { image: "registry.example/db@${digest}" }
      none: { image: "" }
    steps:
      - uses: docker://alpine
  b:
    runs-on: ubuntu-latest
    container: \${{ matrix.image }}
    strategy:
      matrix:
        image: ["debian:13@${digest}", debian]
        include: [{ image: "ubuntu:24.04" }]
    steps: [{ run: "true" }]
  c:
    runs-on: ubuntu-latest
    container: { image: "\${{ inputs.image || 'debian:13' }}" }
    steps: [{ run: "true" }]
`;
  assert.deepEqual(told(findingsOf(workflowUnpinnedImage, text)), [
    "medium 5: Image node has no tag, which means latest",
    "medium 7: Image redis:latest is whatever is newest",
    "low 9: Image registry.example/db:16 is pinned by a tag",
    "medium 13: Image alpine has no tag, which means latest",
    "medium 16,19: Image debian has no tag, which means latest",
    "low 16,20: Image ubuntu:24.04 is pinned by a tag",
    "low 24: Image ${{ inputs.image || 'debian:13' }} may not be pinned: an expression names it",
    "low 24: Image debian:13 is pinned by a tag",
  ]);
  const action = (image: string) => `name: a\nruns:\n  using: docker\n  image: ${image}\n`;
  const path = "a/action.yml";
  assert.equal(findingsOf(workflowUnpinnedImage, action("docker://debian:13"), { path }).length, 1);
  assert.equal(findingsOf(workflowUnpinnedImage, action("Dockerfile"), { path }).length, 0);
});

test("tools that actions install in the newest version", () => {
  const text = withSteps(`
- uses: aquasecurity/setup-trivy@${COMMIT}
- uses: hashicorp/setup-terraform@${COMMIT}
  with: { terraform_version: latest }
- uses: azure/setup-helm@${COMMIT}
  with: { version: "\${{ inputs.helm }}" }
- uses: aquasecurity/setup-trivy@${COMMIT}
  with: { version: v0.60.0 }
- uses: azure/setup-kubectl@${COMMIT}
  with: \${{ fromJSON(inputs.all) }}
`);
  assert.deepEqual(told(findingsOf(workflowUnpinnedTool, text)), [
    "medium 6: aquasecurity/setup-trivy installs the latest version of its tool: none is set",
    "medium 8,7: hashicorp/setup-terraform installs the latest version of its tool",
    "low 10,9: azure/setup-helm installs a version that an expression names: ${{ inputs.helm }}",
  ]);
});

test("comments that name no version, or contradict each other", () => {
  const text = withSteps(`
- uses: acme/deploy@${COMMIT} # v1.2.3
- uses: acme/deploy@${COMMIT} # v1
- uses: acme/lint@${COMMIT}
- uses: acme/test@${COMMIT} # pinned by hand
- uses: acme/build@${COMMIT} # tag=v2.0.0
- uses: acme/build@${COMMIT} # v2.1.0
- uses: acme/ship@${COMMIT} # ratchet:acme/ship@v3.0.0
- uses: acme/ship@${OTHER} # v3.0.0
- uses: acme/tag@v1
`);
  assert.deepEqual(told(findingsOf(workflowVersionComment, text)), [
    "low 8: No comment names the version of acme/lint",
    "low 9: No comment names the version of acme/test",
    "medium 10,11: acme/build has comments that contradict each other: v2.0.0 and v2.1.0 (2 places)",
    "medium 12,13: acme/ship has comments that contradict each other: v3.0.0 and v3.0.0 (2 places)",
  ]);
});

test("actions that are archived", () => {
  const text = withSteps(`
- uses: Actions/Create-Release@v1
- uses: gradle/gradle-build-action@v3
- uses: actions/checkout@v4
`);
  const findings = findingsOf(workflowArchivedAction, text);
  assert.deepEqual(told(findings), [
    "medium 6: Actions/Create-Release is archived",
    "medium 7: gradle/gradle-build-action is archived",
  ]);
  assert.equal(findings[1]?.fix?.text, "use gradle/actions/setup-gradle");
});

test("actions in versions that an advisory is about", () => {
  const found = (uses: string) =>
    findingsOf(workflowVulnerableAction, withSteps(`- uses: ${uses}`)).map(({ severity, matches: { ids } }) => [
      severity,
      ids[0],
    ]);
  const files = [
    ["high", "GHSA-mcph-m25j-8j63"],
    ["high", "GHSA-mrrh-fwg8-r2c3"],
  ];
  assert.deepEqual(found("tj-actions/changed-files@v35"), files);
  assert.deepEqual(found("tj-actions/changed-files@v41"), files.slice(1));
  assert.deepEqual(found(`tj-actions/changed-files@${COMMIT} # v45.0.7`), files.slice(1));
  for (const clean of [
    "tj-actions/changed-files@v46",
    "tj-actions/changed-files@v46.0.1",
    `tj-actions/changed-files@${COMMIT}`,
    "tj-actions/changed-files@main",
    "actions/download-artifact@v3",
    // The tag has moved to what is fixed.
    "actions/download-artifact@v4",
    "actions/download-artifact@v4.1.3",
  ]) {
    assert.deepEqual(found(clean), [], clean);
  }
  assert.deepEqual(found("actions/download-artifact@v4.1.2"), [["high", "GHSA-cxww-7g56-2vh6"]]);
  assert.deepEqual(found("actions/download-artifact@v4.0"), [["high", "GHSA-cxww-7g56-2vh6"]]);
});

test("names that are one slip away from popular ones of somebody else", () => {
  const found = (uses: string) => findingsOf(workflowTyposquatAction, withSteps(`- uses: ${uses}@v1`));
  for (const slip of [
    "action/checkout",
    "actons/checkout",
    "acitons/checkout",
    "actiions/checkout",
    "act1ons/checkout",
  ]) {
    assert.deepEqual(told(found(slip)), [`medium 6: ${slip} is one character away from actions/checkout`]);
  }
  for (const meant of [
    "actions/checkout",
    "Actions/Checkout",
    "actions/chekout",
    "acme/checkout",
    "docker/login-action",
  ]) {
    assert.deepEqual(told(found(meant)), [], meant);
  }
});

test("actions that the policy allows and denies", () => {
  const text = withSteps(`
- uses: actions/checkout@v4
- uses: GitHub/CodeQL-Action/init@v3
- uses: acme/deploy@v1
- uses: ./local
`);
  const found = (allow: string[], deny: string[]) =>
    told(
      findingsOf(workflowForbiddenAction, text, {
        policy: { pipelines: { actions: { allow, deny }, includes: { allow: [] } } },
      }),
    );
  assert.deepEqual(found([], []), []);
  assert.deepEqual(found(["actions/*", "github/codeql-action"], []), [
    "high 8: acme/deploy is not among the allowed actions",
  ]);
  assert.deepEqual(found([], ["github/*", "ACME/deploy"]), [
    "high 7: GitHub/CodeQL-Action/init is denied by the policy",
    "high 8: acme/deploy is denied by the policy",
  ]);
  assert.deepEqual(found(["*/*"], ["acme/other"]), []);
});

test("local actions of the workspace and of the commit", () => {
  const text = withSteps("- uses: ./tools/build\n- uses: $/tools/build\n- uses: ./tools/build");
  assert.deepEqual(told(findingsOf(workflowLocalPath, text)), [
    "low 6,8: ./tools/build is taken from the workspace (2 places)",
  ]);
  assert.equal(findingsOf(workflowLocalPath, withJob("uses: ./.github/workflows/build.yml")).length, 1);
});
