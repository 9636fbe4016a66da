import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hardened, vulnerable } from "./pipelines/across/made-repository.fixture.ts";
import { linesOf, runsOf } from "./pipelines/across/runs.fixture.ts";
import { workflowArtifactPoisonedAcross } from "./workflow-artifact-poisoned-across.ts";
import { workflowCachePoisonedAcross } from "./workflow-cache-poisoned-across.ts";
import { workflowPublishUnapproved } from "./workflow-publish-unapproved.ts";
import { workflowSecretReach } from "./workflow-secret-reach.ts";

const NOW = new Date(0);

function found(check: typeof workflowSecretReach, files: Readonly<Record<string, string>>) {
  return [...check.evaluate({ runs: runsOf(files) }, NOW)].map(
    (finding) => [finding.severity, finding.subject, linesOf(finding)] as const,
  );
}

function job(on: string, body: string, name = "ci.yml"): Record<string, string> {
  return { [`.github/workflows/${name}`]: `on: ${on}\njobs:\n  one:\n    runs-on: ubuntu-24.04\n${body}` };
}

const HEAD = `    steps:
      - uses: actions/checkout@v4
        with: { ref: "\${{ github.event.pull_request.head.sha }}" }
`;
const SECRET = '      - run: make\n        env: { KEY: "${' + '{ secrets.KEY }}" }\n';

describe("caches across workflows", () => {
  it("names who writes and who restores, for each way in", () => {
    assert.deepEqual(found(workflowCachePoisonedAcross, vulnerable), [
      ["critical", "job preview of preview.yml", "preview.yml:12 preview.yml:9 preview.yml:3 release.yml:12"],
      ["critical", "job deploy of deploy.yml", "deploy.yml:14 deploy.yml:12 deploy.yml:3 release.yml:12"],
      [
        "critical",
        "job run of integration.yml, called by comment.yml",
        "integration.yml:10 integration.yml:9 comment.yml:2 release.yml:12",
      ],
    ]);
  });

  it("is silent of the hardened repository, and where a pull request's caches stay with it", () => {
    assert.deepEqual(found(workflowCachePoisonedAcross, hardened), []);
    const release = vulnerable[".github/workflows/release.yml"] ?? "";
    const files = { ".github/workflows/release.yml": release, ...job("pull_request", `${HEAD}      - run: make\n`) };
    assert.deepEqual(found(workflowCachePoisonedAcross, files), []);
  });

  it("knows a cache of the pull request's files, though nothing of them runs", () => {
    const cached = `${HEAD}      - uses: actions/cache@v4\n        with: { path: dist, key: k }\n`;
    const files = {
      ".github/workflows/release.yml": vulnerable[".github/workflows/release.yml"] ?? "",
      ...job("pull_request_target", cached),
    };
    assert.deepEqual(found(workflowCachePoisonedAcross, files), [
      ["critical", "job one of ci.yml", "ci.yml:8 ci.yml:6 ci.yml:1 release.yml:12"],
    ]);
  });
});

describe("artifacts across workflows", () => {
  it("names who stores and who runs them", () => {
    assert.deepEqual(found(workflowArtifactPoisonedAcross, vulnerable), [
      [
        "critical",
        "job deploy of deploy.yml: actions/download-artifact",
        "deploy.yml:12 deploy.yml:14 ci.yml:9 ci.yml:2",
      ],
    ]);
  });

  it("is silent of the hardened repository", () => {
    assert.deepEqual(found(workflowArtifactPoisonedAcross, hardened), []);
  });

  it("follows the newest run of a workflow that pull requests start", () => {
    const files = (more: string) => ({
      ".github/workflows/ci.yml": vulnerable[".github/workflows/ci.yml"] ?? "",
      ".github/workflows/nightly.yml": `on: schedule
jobs:
  publish:
    runs-on: ubuntu-24.04
    steps:
      - uses: dawidd6/action-download-artifact@v6
        with: { workflow: ci.yml${more} }
      - run: npm publish
`,
    });
    assert.deepEqual(found(workflowArtifactPoisonedAcross, files("")), [
      [
        "critical",
        "job publish of nightly.yml: dawidd6/action-download-artifact",
        "nightly.yml:6 nightly.yml:8 ci.yml:9 ci.yml:2",
      ],
    ]);
    assert.deepEqual(found(workflowArtifactPoisonedAcross, files(", branch: main, event: push")), []);
  });

  it("follows jobs of one run", () => {
    const upload = `${HEAD}      - run: make\n      - uses: actions/upload-artifact@v4\n        with: { path: dist }\n`;
    const [text = ""] = Object.values(job("pull_request_target", `    permissions: {}\n${upload}`));
    const deploy = `  two:
    needs: one
    runs-on: ubuntu-24.04
    permissions: { pages: write }
    steps:
      - uses: actions/download-artifact@v4
      - run: ./deploy.sh
`;
    assert.deepEqual(found(workflowArtifactPoisonedAcross, { ".github/workflows/ci.yml": text + deploy }), [
      ["critical", "job two of ci.yml: actions/download-artifact", "ci.yml:17 ci.yml:18 ci.yml:10 ci.yml:9 ci.yml:1"],
    ]);
  });
});

describe("secrets in reach", () => {
  it("names the secrets and the step, through reusable workflows and composite actions", () => {
    assert.deepEqual(found(workflowSecretReach, vulnerable), [
      ["critical", "job deploy of deploy.yml", "deploy.yml:14 deploy.yml:12 deploy.yml:3 ci.yml:2"],
      [
        "critical",
        "job run of integration.yml, called by comment.yml",
        "integration.yml:10 integration.yml:9 comment.yml:2 comment.yml:6 integration.yml:12",
      ],
    ]);
  });

  it("is silent of the hardened repository", () => {
    assert.deepEqual(found(workflowSecretReach, hardened), []);
  });

  it("goes by the conditions that keep outsiders out", () => {
    const guards: readonly (readonly [condition: string, found: number])[] = [
      ["github.event.pull_request.head.repo.full_name == github.repository", 0],
      ["github.event.pull_request.head.repo.fork == false", 0],
      ["!github.event.pull_request.head.repo.fork", 0],
      ["contains(github.event.pull_request.labels.*.name, 'safe')", 0],
      ["github.event.pull_request.author_association == 'MEMBER'", 0],
      ["github.actor == 'dependabot[bot]'", 0],
      ["github.event_name == 'push'", 0],
      ["false", 0],
      ["github.event.pull_request.draft == false", 1],
      ["always()", 1],
      ["github.event_name == 'pull_request_target'", 1],
      ["contains(github.event.pull_request.title, 'build')", 1],
    ];
    for (const [condition, count] of guards) {
      const files = job("pull_request_target", `    if: ${JSON.stringify(condition)}\n${HEAD}${SECRET}`);
      assert.equal(found(workflowSecretReach, files).length, count, condition);
    }
  });

  it("says less where an environment may ask, and nothing where there is nothing to reach", () => {
    const severity = (body: string) => found(workflowSecretReach, job("pull_request_target", body))[0]?.[0];
    assert.equal(severity(`${HEAD}${SECRET}`), "critical");
    assert.equal(severity(`    environment: preview\n${HEAD}${SECRET}`), "high");
    assert.equal(severity(`${HEAD}      - run: make\n`), "medium");
    assert.equal(severity(`    permissions: {}\n${HEAD}      - run: make\n`), undefined);
    assert.equal(severity(`    permissions: read-all\n${HEAD}      - run: echo done\n`), undefined);
  });

  it("takes text of the event in a script for code", () => {
    const body = `    permissions: { contents: write }\n    steps:\n      - run: echo "\${{ github.event.issue.title }}"\n`;
    assert.deepEqual(found(workflowSecretReach, job("issues", body)), [
      ["critical", "job one of ci.yml", "ci.yml:7 ci.yml:1"],
    ]);
    assert.deepEqual(found(workflowSecretReach, job("push", body)), []);
  });

  it("knows what a call does not pass on", () => {
    const call = (secrets: string) => ({
      ".github/workflows/a.yml": `on: issue_comment\njobs:\n  a:\n    uses: ./.github/workflows/b.yml\n    permissions: {}\n${secrets}`,
      ".github/workflows/b.yml": `on: workflow_call
jobs:
  b:
    runs-on: ubuntu-24.04
    steps:
      - run: gh pr checkout 1 && make
        env: { KEY: "\${{ secrets.KEY }}" }
`,
    });
    assert.equal(found(workflowSecretReach, call("")).length, 0);
    assert.equal(found(workflowSecretReach, call("    secrets: inherit\n")).length, 1);
    const [renamed] = workflowSecretReach.evaluate(
      { runs: runsOf(call('    secrets: { KEY: "${' + '{ secrets.PRODUCTION }}" }\n')) },
      NOW,
    );
    assert.equal(renamed?.evidence.secrets, "PRODUCTION");
  });
});

describe("publishing without approval", () => {
  const publish = "    steps:\n      - run: npm publish\n";
  const severity = (on: string, body = publish) => found(workflowPublishUnapproved, job(on, body))[0]?.[0];

  it("goes by who can start it", () => {
    assert.equal(severity("pull_request_target"), "high");
    assert.equal(severity("issue_comment"), "high");
    assert.equal(severity("pull_request"), "medium");
    assert.equal(severity("push"), "medium");
    assert.equal(severity("{ push: { branches: [main] } }"), "low");
    assert.equal(severity("{ push: { tags: ['v*'] } }"), "low");
    assert.equal(severity("release"), "low");
    assert.equal(severity("workflow_dispatch"), undefined);
    assert.equal(severity("push", `    environment: npm\n${publish}`), undefined);
    assert.equal(severity("push", `    if: github.ref == 'refs/heads/main'\n${publish}`), "low");
    assert.equal(severity("push", "    steps:\n      - run: npm test\n"), undefined);
  });

  it("knows deployments and logins to clouds, and what only pushes where it should", () => {
    for (const step of [
      "run: kubectl apply -f k8s/",
      "run: terraform apply -auto-approve",
      "uses: aws-actions/configure-aws-credentials@v4",
      "uses: docker/build-push-action@v6\n        with: { push: true }",
    ]) {
      assert.equal(severity("push", `    steps:\n      - ${step}\n`), "medium", step);
    }
    const guarded = `    steps:\n      - uses: docker/build-push-action@v6\n        with: { push: "\${{ github.event_name != 'pull_request' }}" }\n`;
    assert.equal(severity("[pull_request]", guarded), undefined);
    assert.equal(severity("push", "    steps:\n      - run: terraform plan\n"), undefined);
  });
});
