import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { defaultPolicy } from "../collect/policy/default.ts";
import { readPipelines } from "../collect/tree/pipelines.ts";
import { manifestReader } from "../engines/kubernetes/manifests.ts";
import { workflow } from "../evaluate/lifecycle/lifecycle.fixture.ts";
import { scanLifecycle } from "./lifecycle.ts";

const root = mkdtempSync(join(tmpdir(), "bulkhead-lifecycle-"));
after(() => rmSync(root, { recursive: true }));
mkdirSync(join(root, ".github/workflows"), { recursive: true });
const path = ".github/workflows/release.yml";
writeFileSync(join(root, path), workflow("- run: cosign sign --yes registry.example.com/shop/api@${DIGEST}"));

const pod = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "api", namespace: "shop" },
  spec: { containers: [{ name: "api", image: "registry.example.com/shop/api:1" }] },
};
const kyverno = {
  apiVersion: "kyverno.io/v1",
  kind: "ClusterPolicy",
  metadata: { name: "verify" },
  spec: {
    rules: [
      {
        name: "signed",
        match: { any: [{ resources: { kinds: ["Pod"] } }] },
        verifyImages: [{ imageReferences: ["*"] }],
      },
    ],
  },
};

/** As `check DIR --cluster` has it: the directory's pipelines, and what the cluster holds. */
function scanned(...objects: readonly object[]) {
  const reader = manifestReader();
  for (const object of objects) reader.object(object as never, { kind: "cluster", cluster: "prod" });
  const now = new Date("2026-11-28T00:00:00Z");
  return (pipelines: boolean) =>
    scanLifecycle(root, {
      policy: defaultPolicy,
      now,
      manifests: reader.manifests(),
      ...(pipelines ? { pipelines: readPipelines(root, [path]) } : {}),
    });
}

const stateOf = ({ seen }: ReturnType<typeof scanLifecycle>, step: string) =>
  seen.find((one) => one.step === step)?.state;

test("a directory's pipelines are held against what the cluster verifies", () => {
  const open = scanned(pod)(true);
  const [never] = open.evaluations.flatMap(({ findings }) => findings);
  assert.deepEqual([never?.check, never?.confidence], ["build/signed-never-verified", "high"]);
  assert.equal(stateOf(open, "admit"), "absent");
  const verified = scanned(pod, kyverno)(true);
  assert.deepEqual(
    verified.evaluations.flatMap(({ findings }) => findings),
    [],
  );
  assert.equal(stateOf(verified, "sign"), "exists");
});

test("of a cluster alone nobody knows who signs", () => {
  const { evaluations, seen } = scanned(pod)(false);
  assert.deepEqual(evaluations, []);
  assert.deepEqual(
    seen.filter(({ state }) => state === "unknown").map(({ step }) => step),
    ["review", "build", "scan", "secrets", "sbom", "sign", "push", "rebuild", "updates"],
  );
  assert.deepEqual(scanned()(false).seen, []);
});

test("a .gitleaks.toml that cannot be read is told once, and no secret scan passes by it", () => {
  const path = ".github/workflows/secrets.yml";
  const steps = "- uses: actions/checkout@v4\n  with: { fetch-depth: 0 }\n- run: gitleaks git .";
  writeFileSync(join(root, path), workflow(steps));
  const verdicts = () => {
    const { evaluations } = scanLifecycle(root, {
      policy: defaultPolicy,
      now: new Date("2026-11-28T00:00:00Z"),
      manifests: manifestReader().manifests(),
      pipelines: readPipelines(root, [path]),
    });
    return evaluations.map(({ check, verdict, gaps }) => [check, verdict, ...gaps.map(({ reason }) => reason)]);
  };
  assert.deepEqual(verdicts(), [["build/secret-scan-without-effect", "pass"]]);
  writeFileSync(join(root, ".gitleaks.toml"), "[allowlist\n");
  const [[check, verdict, reason, ...more] = []] = verdicts();
  assert.deepEqual([check, verdict, more], ["build/secret-scan-without-effect", "unknown", []]);
  assert.match(reason ?? "", /^\.gitleaks\.toml was not read \(line 1: /);
});
