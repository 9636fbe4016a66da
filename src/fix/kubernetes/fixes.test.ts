import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { defaultPolicy } from "../../collect/policy/default.ts";
import { mutatedBytes } from "../../engines/contents/mutated-bytes.fixture.ts";
import { readManifests } from "../../engines/kubernetes/manifests.ts";
import { evaluateManifests } from "../../evaluate/kubernetes/workloads.ts";
import { fixWorkloads, type WorkloadFixes } from "./fixes.ts";
import { type ImageUsers, noImageUsers } from "./image-users.ts";
import { kustomization } from "./kustomization.ts";

const context = { policy: defaultPolicy, now: new Date("2026-01-01T00:00:00Z"), scope: "manifests" };

function fix(text: string, users: ImageUsers = noImageUsers, enforce = false, path = "web.yaml"): WorkloadFixes {
  return fixWorkloads(readManifests([{ path, text }]), { ...context, users, enforce });
}

function after(text: string, users?: ImageUsers, enforce?: boolean): string {
  return fix(text, users, enforce).files[0]?.after ?? text;
}

/** Why nothing was made of the finding of a check. */
function reasonOf(fixes: WorkloadFixes, check: string): string | undefined {
  return fixes.refused.find(({ finding }) => finding.check === check)?.reason;
}

const namespace = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n---\n";
const pod = (...lines: string[]) =>
  `${namespace}# The front.\napiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  containers:\n    - name: web\n      image: shop/web:1\n${lines.map((line) => `${line}\n`).join("")}`;
const user = (known: "root" | "named" | "number", name: string, ...ports: string[]): ImageUsers => {
  return () => ({ known, user: name, ports });
};

const countOf = ({ first, last }: WorkloadFixes) =>
  [first, last].map((evaluations) => evaluations.reduce((sum, { findings }) => sum + findings.length, 0));

describe("fixes of workloads", () => {
  test("are made where the image's user is a number, and comments stay", () => {
    const text = pod("      securityContext: {privileged: true} # once");
    const made = after(text, user("number", "10001"));
    assert.match(made, /^# The front\.$/m);
    assert.match(made, /securityContext: \{privileged: false, .*\} # once$/m);
    assert.match(made, /drop: \[ALL\]/);
    assert.match(made, /^ {4}runAsNonRoot: true$/m);
    assert.match(made, /^ {4}seccompProfile:\n {6}type: RuntimeDefault$/m);
  });

  test("leave fewer findings, none that was not there, and nothing to do", () => {
    const fixes = fix(pod(), user("number", "10001"), true);
    const [before = 0, behind = 0] = countOf(fixes);
    assert.ok(behind < before);
    const keys = (evaluations: WorkloadFixes["first"]) =>
      evaluations.flatMap(({ findings }) => findings.map(({ fingerprint }) => fingerprint));
    const known = new Set(keys(fixes.first));
    assert.deepEqual(
      keys(fixes.last).filter((key) => !known.has(key)),
      [],
    );
    assert.deepEqual(
      fixes.made.filter(({ finding, ends }) => ends && keys(fixes.last).includes(finding.fingerprint)),
      [],
    );
    const [file] = fixes.files;
    assert.ok(file !== undefined);
    assert.deepEqual(fix(file.after, user("number", "10001"), true).files, []);
    const again = evaluateManifests(readManifests([{ path: file.path, text: file.after }]), context);
    assert.deepEqual(keys(again), keys(fixes.last));
  });

  test("say why the container must stay root, and what to change in its image", () => {
    const check = "workload/run-as-non-root";
    const root = fix(pod("      ports: [{containerPort: 80}]"), user("root", "root", "443/tcp"));
    assert.match(reasonOf(root, check) ?? "", /runs as root: give it a numeric USER .* in place of 80, 443$/);
    assert.match(reasonOf(fix(pod(), user("named", "node")), check) ?? "", /runs as "node", .* its number/);
    assert.match(reasonOf(fix(pod()), check) ?? "", /the user of image shop\/web:1 is not known/);
    assert.match(reasonOf(fix(pod("      securityContext: {runAsUser: 0}")), check) ?? "", /is told to run as user 0/);
    assert.match(reasonOf(root, "workload/capabilities-restricted") ?? "", /root without capabilities/);
  });

  test("are safe where the manifest states the user", () => {
    const made = after(pod("      securityContext:", "        runAsUser: 1000"));
    assert.match(made, /runAsNonRoot: true/);
    assert.match(made, /- ALL/);
  });

  test("are refused where the text shares the place", () => {
    const text = pod(
      "      securityContext: &own {runAsUser: 1000}",
      "    - name: side",
      "      image: shop/side:1",
      "      securityContext: *own",
    );
    const fixes = fix(text);
    assert.match(reasonOf(fixes, "workload/allow-privilege-escalation") ?? "", /anchor/);
    assert.match(fixes.files[0]?.after ?? "", /seccompProfile/);
  });

  test("change no Compose file", () => {
    const fixes = fix(
      "services:\n  web:\n    image: shop/web:1\n    privileged: true\n",
      noImageUsers,
      false,
      "compose.yaml",
    );
    assert.deepEqual(fixes.files, []);
    assert.equal(reasonOf(fixes, "workload/privileged"), "Compose files are not rewritten");
  });
});

describe("a namespace", () => {
  const labels = (text: string) =>
    Array.from(text.matchAll(/pod-security\.kubernetes\.io\/(\w+): (\w+)/g), ([, mode, level]) => [mode, level]);

  test("warns of the level that its workloads meet, once they are mended, and enforces it when asked", () => {
    const warned = after(pod(), user("number", "1"));
    assert.deepEqual(labels(warned), [
      ["warn", "restricted"],
      ["audit", "restricted"],
    ]);
    assert.deepEqual(labels(after(warned, user("number", "1"), true)), [
      ["warn", "restricted"],
      ["audit", "restricted"],
      ["enforce", "restricted"],
    ]);
    assert.deepEqual(labels(after(pod(), undefined, true)), [
      ["enforce", "baseline"],
      ["warn", "baseline"],
      ["audit", "baseline"],
    ]);
  });

  test("keeps a stricter label, and gets none for workloads that meet nothing or are not all read", () => {
    const strict = pod().replace(
      "name: shop\n",
      "name: shop\n  labels: {pod-security.kubernetes.io/warn: restricted}\n",
    );
    assert.deepEqual(labels(after(strict, undefined, true)), [
      ["warn", "restricted"],
      ["enforce", "baseline"],
      ["audit", "baseline"],
    ]);
    assert.deepEqual(labels(after(pod("  hostPID: true", "  volumes: [{name: a, hostPath: {path: /}}]"))), []);
    assert.deepEqual(labels(after(`${pod()}---\nkind: [\n`, undefined, true)), []);
  });
});

test("as a kustomization it says the same", () => {
  const fixes = fix(pod("      securityContext: {privileged: true, runAsUser: 5}"), undefined, true);
  const text = kustomization(fixes);
  assert.match(text, /^resources:\n {2}- web\.yaml$/m);
  assert.match(text, /- name: web\n +securityContext:\n(?: .*\n)+? +privileged: false/);
  assert.match(text, /drop:\n +- ALL/);
  assert.equal(kustomization(fix("apiVersion: v1\nkind: ConfigMap\n")), "");
});

test("whatever became of the text, nothing comes of it that was not there", () => {
  const seed = pod("      securityContext: &own {privileged: true, runAsUser: 5}", "  hostPID: true", "  volumes: []");
  fc.assert(
    fc.property(mutatedBytes(Buffer.from(seed)), (bytes) => {
      const { first, last, files } = fix(bytes.toString("utf8"), user("number", "1"), true);
      const count = (evaluations: WorkloadFixes["first"]) => evaluations.flatMap(({ findings }) => findings).length;
      assert.ok(files.length === 0 ? count(first) === count(last) : count(last) <= count(first));
    }),
    { numRuns: 100 },
  );
});
