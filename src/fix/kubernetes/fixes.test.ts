import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { defaultPolicy } from "../../collect/policy/default.ts";
import { runs } from "../../core/runs.fixture.ts";
import { mutatedBytes } from "../../engines/contents/mutated-bytes.fixture.ts";
import { readManifests } from "../../engines/kubernetes/manifests.ts";
import { createFingerprinter } from "../../engines/secrets/fingerprint.ts";
import { sampleRules } from "../../engines/secrets/sample-rules.fixture.ts";
import { createSecretScanner } from "../../engines/secrets/scan.ts";
import { evaluateManifests } from "../../evaluate/kubernetes/workloads.ts";
import { fixWorkloads, type WorkloadFixes } from "./fixes.ts";
import { type ImageUsers, noImageUsers } from "./image-users.ts";
import { kustomization } from "./kustomization.ts";

const context = { policy: defaultPolicy, now: new Date("2026-01-01T00:00:00Z"), scope: "manifests", unsafe: true };

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
    assert.match(reasonOf(root, check) ?? "", /runs as root: give it a numeric USER .* instead of 80, 443$/);
    assert.match(reasonOf(fix(pod(), user("named", "node")), check) ?? "", /runs as "node", .* numeric USER/);
    assert.match(reasonOf(fix(pod()), check) ?? "", /^the user of its image is unknown/);
    assert.match(reasonOf(fix(pod("      securityContext: {runAsUser: 0}")), check) ?? "", /is set to run as user 0/);
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

  test("are not made unasked where they change how a pod runs, and say their grade", () => {
    const read = readManifests([{ path: "web.yaml", text: pod("      securityContext: {runAsUser: 1000}") }]);
    const fixes = fixWorkloads(read, { ...context, unsafe: false, users: noImageUsers, enforce: false });
    assert.deepEqual(
      fixes.made.map(({ finding, graded }) => [finding.check, graded.grade]),
      [["cluster/namespace-pod-security-missing", "safe"]],
    );
    assert.doesNotMatch(fixes.files[0]?.after ?? "", /securityContext:\n|runAsNonRoot|ALL/);
    const { grade, reason } = fixes.refused.find(({ finding }) => finding.check === "workload/run-as-non-root") ?? {};
    assert.deepEqual([grade, reason], ["likely", "the kubelet refuses what would start as root"]);
  });

  /** `grade: check` of what is left, of a pod with those lines in its specification and in its container. */
  function leftOf(spec: string, container: string): readonly string[] {
    const text = `apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec:\n${spec}  containers:\n    - {name: web, ${container}}\n`;
    return fix(text).refused.map(({ finding, grade }) => `${grade}: ${finding.check}`);
  }

  test("take privileged from nothing that runs containers, traces the kernel or makes a tunnel", () => {
    for (const image of [
      "docker:27-dind",
      "quay.io/iovisor/bpftrace:v0.21",
      "linuxserver/wireguard:1.0",
      "acme/openvpn-server:1",
      "quay.io/cilium/cilium:v1",
      "registry.k8s.io/sig-storage/csi-node-driver-registrar:v2",
    ]) {
      const left = leftOf("", `image: "${image}", securityContext: {privileged: true}`);
      assert.ok(left.includes("needs knowledge: workload/privileged"), image);
    }
    const command =
      'image: "acme/tool:1", command: [sh, -c, "exec dockerd --debug"], securityContext: {privileged: true}';
    assert.ok(leftOf("", command).includes("needs knowledge: workload/privileged"));
    assert.ok(
      !leftOf("", 'image: "shop/web:1", securityContext: {privileged: true}').some((one) => /privileged/.test(one)),
    );
  });

  test("take the rights from nothing that sudo is run in", () => {
    for (const container of [
      'image: "shop/web:1", command: [sudo, -u, x, serve], securityContext: {runAsUser: 1000}',
      'image: "codercom/code-server:4", securityContext: {runAsUser: 1000}',
      'image: "shop/web:1", env: [{name: GRANT_SUDO, value: "yes"}], securityContext: {runAsUser: 1000}',
    ]) {
      const left = leftOf("", container);
      assert.ok(left.includes("needs knowledge: workload/allow-privilege-escalation"), container);
      assert.ok(left.includes("needs knowledge: workload/capabilities-restricted"), container);
    }
  });

  test("move no probe of a pod on its node's network", () => {
    const probed = 'image: "shop/web:1", livenessProbe: {httpGet: {host: 127.0.0.1, port: 9100}}';
    const text = (spec: string) =>
      `apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec:\n${spec}  containers:\n    - {name: web, ${probed}}\n`;
    assert.match(after(text("  hostNetwork: true\n")), /hostNetwork: true[\s\S]*host: 127\.0\.0\.1/);
    assert.doesNotMatch(after(text("")), /host: 127/);
  });

  test("warn of what spc_t, hostIPC and procMount may be for", () => {
    const spec = "  hostIPC: true\n  hostUsers: false\n  securityContext: {seLinuxOptions: {type: spc_t}}\n";
    const text = `apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec:\n${spec}  containers:\n    - {name: web, image: "a:1", securityContext: {procMount: Unmasked}}\n`;
    const warned = new Map(fix(text).made.map(({ finding, graded }) => [finding.check, graded]));
    for (const check of ["workload/host-namespaces", "workload/selinux", "workload/proc-mount-restricted"]) {
      assert.equal(warned.get(check)?.grade, "likely", check);
    }
    assert.match(warned.get("workload/host-namespaces")?.reason ?? "", /share memory with others/);
    assert.match(warned.get("workload/selinux")?.reason ?? "", /may touch of the node/);
    const read = readManifests([{ path: "web.yaml", text }]);
    assert.deepEqual(fixWorkloads(read, { ...context, unsafe: false, users: noImageUsers, enforce: false }).files, []);
  });

  test("are not refused for a finding that is less than the one that they end", () => {
    const text =
      'apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec:\n  hostPID: true\n  containers:\n    - {name: web, image: "a:1"}\n';
    const fixes = fix(text);
    assert.doesNotMatch(fixes.files[0]?.after ?? "", /hostPID/);
    const came = fixes.last.find(({ check }) => check === "workload/no-user-namespace")?.findings ?? [];
    assert.deepEqual(
      came.map(({ severity }) => severity),
      ["negligible"],
    );
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

  test("warns of the level that its workloads meet, once they are fixed, and enforces it when asked", () => {
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
    runs(100),
  );
});

test("a Secret with values becomes an ExternalSecret of the policy's store, and its variable a file", () => {
  const text = `# Kept.\napiVersion: v1\nkind: Secret\nmetadata: { name: pg, namespace: shop }\ntype: Opaque\nstringData:\n  password: ${["hK3vq8Zt", "quartz"].join("-")}\n`;
  const policy = { ...defaultPolicy, rotation: { secrets: { store: "ClusterSecretStore/prod" } } };
  const scanner = createSecretScanner({ rules: sampleRules, fingerprint: createFingerprinter() });
  const made = (own: object) =>
    fixWorkloads(readManifests([{ path: "a.yaml", text }]), {
      ...context,
      users: noImageUsers,
      enforce: false,
      ...own,
    });
  const { files, last } = made({ policy, scanner });
  const after = files[0]?.after ?? "";
  assert.match(after, /^# Kept\.\napiVersion: external-secrets\.io\/v1\nkind: ExternalSecret$/m);
  assert.doesNotMatch(after, /quartz|stringData|Opaque/);
  const [external] = readManifests([{ path: "a.yaml", text: after }]).externalSecrets;
  assert.deepEqual([external?.targets, external?.store, external?.makes], [["pg"], "ClusterSecretStore/prod", true]);
  assert.deepEqual(
    last.flatMap(({ findings }) => findings.map(({ check }) => check)),
    [],
  );
  assert.deepEqual(made({ policy, scanner, unsafe: false }).files, []);
  assert.deepEqual(made({ scanner }).files, []);
});
