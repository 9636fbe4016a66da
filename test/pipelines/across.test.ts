/** What no file of a repository shows by itself: `build audit` over a made one, and over its hardened twin. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hardened, vulnerable } from "../../src/checks/build/pipelines/across/made-repository.fixture.ts";
import { linesOf } from "../../src/checks/build/pipelines/across/runs.fixture.ts";
import { defaultPolicy } from "../../src/collect/policy/default.ts";
import { discover } from "../../src/collect/tree/discover.ts";
import { readPipelines } from "../../src/collect/tree/pipelines.ts";
import { treeOf } from "../../src/collect/tree/tree.fixture.ts";
import type { Evaluation } from "../../src/core/evaluation.ts";
import { auditPipelines } from "../../src/scan/pipelines.ts";

const ACROSS = [
  "build/workflow-cache-poisoned-across",
  "build/workflow-artifact-poisoned-across",
  "build/workflow-secret-reach",
];

async function audited(files: Readonly<Record<string, string>>): Promise<Evaluation[]> {
  using tree = treeOf(files);
  const { pipelines } = await discover(tree.root);
  const context = { policy: defaultPolicy, now: new Date(0) };
  const { evaluations } = await auditPipelines(readPipelines(tree.root, pipelines), context, "tree");
  return evaluations.filter(({ check }) => ACROSS.includes(check));
}

function findings(evaluations: readonly Evaluation[]): string[] {
  return evaluations.flatMap(({ check, findings: found }) =>
    found.map((finding) => `${check.replace("build/workflow-", "")}: ${linesOf(finding)}`),
  );
}

describe("across the workflows of a repository", () => {
  it("caches, artifacts and secrets are traced, both places named", async () => {
    const evaluations = await audited(vulnerable);
    assert.deepEqual(
      evaluations.map(({ verdict }) => verdict),
      ["fail", "fail", "fail"],
    );
    assert.deepEqual(findings(evaluations).sort(), [
      "artifact-poisoned-across: deploy.yml:12 deploy.yml:14 ci.yml:9 ci.yml:2",
      "cache-poisoned-across: deploy.yml:14 deploy.yml:12 deploy.yml:3 release.yml:12",
      "cache-poisoned-across: integration.yml:10 integration.yml:9 comment.yml:2 release.yml:12",
      "cache-poisoned-across: preview.yml:12 preview.yml:9 preview.yml:3 release.yml:12",
      "secret-reach: deploy.yml:14 deploy.yml:12 deploy.yml:3 ci.yml:2",
      "secret-reach: integration.yml:10 integration.yml:9 comment.yml:2 comment.yml:6 integration.yml:12",
    ]);
  });

  it("the hardened twin is silent, and passes", async () => {
    const evaluations = await audited(hardened);
    assert.deepEqual(findings(evaluations), []);
    assert.deepEqual(
      evaluations.map(({ verdict }) => verdict),
      ["pass", "pass", "pass"],
    );
  });

  it("what is called and not there is unknown, not passed", async () => {
    const { ".github/workflows/integration.yml": _, ...files } = hardened;
    const evaluations = await audited(files);
    assert.deepEqual(
      evaluations.map(({ verdict }) => verdict),
      ["unknown", "unknown", "unknown"],
    );
    const [gap] = evaluations[0]?.gaps ?? [];
    assert.equal(gap?.code, "pipelines.unfollowed");
    assert.match(gap?.reason ?? "", /comment\.yml:6:11: the called workflow .* was not read$/);
  });

  it("workflows of other folders are not run, and lend nothing", async () => {
    const nested = Object.fromEntries(Object.entries(vulnerable).map(([path, text]) => [`examples/${path}`, text]));
    assert.deepEqual(findings(await audited(nested)), []);
  });
});
