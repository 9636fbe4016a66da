import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { added, contentsOf, licensed, matched, upgraded } from "../src/checks/findings/dependency.fixture.ts";
import { checks } from "../src/checks/index.ts";
import { openAdvisories } from "../src/collect/image/advisories.ts";
import { defaultPolicy } from "../src/collect/policy/default.ts";
import { settingOf } from "../src/collect/policy/settings.ts";
import { openTrustMemory } from "../src/collect/trust/image-trust.ts";
import { unopenedImage } from "../src/core/asset.ts";
import type { Digest } from "../src/core/digest.ts";
import { EvaluationList } from "../src/core/evaluations.ts";
import { present } from "../src/core/evidence.ts";
import type { Policy } from "../src/core/policy.ts";
import { manifestReader } from "../src/engines/kubernetes/manifests.ts";
import { fixtureImage, json, tarOf, writeLayout, writeLayoutParts } from "../src/engines/oci/image.fixture.ts";
import type { ImageTrust } from "../src/engines/trust/model.ts";
import { evaluateDependencies } from "../src/evaluate/build/dependencies.ts";
import { conclude } from "../src/evaluate/conclude.ts";
import { evaluateEngine } from "../src/evaluate/engine/engine.ts";
import { addImports } from "../src/evaluate/imports/imports.ts";
import { unknownAdmissionPolicies } from "../src/evaluate/kubernetes/admission-policies.ts";
import { evaluateProbes } from "../src/evaluate/kubernetes/admission-probe.ts";
import { evaluateManifests } from "../src/evaluate/kubernetes/workloads.ts";
import { evaluateRegistryProbe } from "../src/evaluate/registry/probe.ts";
import { evaluatePulled } from "../src/evaluate/registry/pulled.ts";
import { evaluateUpstream } from "../src/evaluate/registry/upstream.ts";
import { evaluateDetections } from "../src/evaluate/runtime/detections.ts";
import { evaluateDrift } from "../src/evaluate/runtime/drift.ts";
import { evaluateNode } from "../src/evaluate/runtime/node-detection.ts";
import { evaluateAttested } from "../src/scan/attested-image.ts";
import { scanTree } from "../src/scan/tree.ts";
import { readyTrust } from "../src/scan/trust.ts";
import { importedReports, knownToNobody } from "./imported-reports.fixture.ts";
import { furtherSetUps, setUps } from "./lifecycle/set-ups.ts";

/**
 * A check that is listed, documented and tested, and that no scan ever runs, is worse than none. So both shops, and what no
 * shop has, are scanned, and each listed check must be among the evaluations.
 */

const shop = join(import.meta.dirname, "..", "examples", "shop");
const folder = mkdtempSync(join(tmpdir(), "bulkhead-every-check-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const now = new Date("2026-11-25T00:00:00Z");
const intended = join(folder, "intended.txt");
writeFileSync(intended, "deny shop/* -> internet\n");
const policy: Policy = {
  ...defaultPolicy,
  licenses: { allow: [], deny: ["AGPL-*"], unknown: "allow" },
  rotation: { secrets: { maxAgeDays: 90 } },
  pipelines: { ...defaultPolicy.pipelines, actions: { allow: [], deny: ["evil/*"] } },
  network: { ...defaultPolicy.network, intended },
  trust: {
    roots: [],
    signers: {
      release: { kind: "identity", identity: "https://ci.example.com/shop@v1", issuer: "https://ci.example.com" },
    },
    builders: [],
    images: [
      {
        match: "**",
        signedBy: { of: ["release"], atLeast: 1 },
        attestations: [{ type: "sbom" }, { type: "slsa", source: "github.com/shop/api" }],
        eachImage: false,
      },
    ],
  },
  origin: { kind: "tree", path: "bulkhead.yaml" },
};

function staticPod(program: string): object {
  const container = { name: program, image: `registry.k8s.io/${program}:v1.33.0`, command: [program] };
  const metadata = { name: program, namespace: "kube-system" };
  return { apiVersion: "v1", kind: "Pod", metadata, spec: { containers: [container] } };
}

const signed = { name: "signed", verifyImages: [{ imageReferences: ["*"], failureAction: "Audit" }] };
const agents = {
  template: { spec: { containers: [{ name: "falco", image: "docker.io/falcosecurity/falco:0.41.0" }] } },
};
const webhook = { name: "validate.kyverno.example", failurePolicy: "Ignore", clientConfig: { url: "https://kyverno" } };

/** A control plane, and what stands guard in it. */
const controlPlane: readonly object[] = [
  ...["kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd", "kubelet"].map(staticPod),
  {
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "EncryptionConfiguration",
    resources: [{ resources: ["secrets"], providers: [{ identity: {} }] }],
  },
  { apiVersion: "kubelet.config.k8s.io/v1beta1", kind: "KubeletConfiguration" },
  {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: "data" },
    spec: { capacity: { storage: "1Gi" }, accessModes: ["ReadWriteOnce"], hostPath: { path: "/etc/kubernetes" } },
  },
  {
    apiVersion: "pod-security.admission.config.k8s.io/v1",
    kind: "PodSecurityConfiguration",
    exemptions: { namespaces: ["shop"] },
  },
  {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name: "kyverno-resource" },
    webhooks: [webhook],
  },
  {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicy",
    metadata: { name: "p" },
    spec: {},
  },
  {
    apiVersion: "kyverno.io/v1",
    kind: "ClusterPolicy",
    metadata: { name: "signed" },
    spec: { rules: [{ ...signed, match: { any: [{ resources: { kinds: ["Pod"] } }] } }] },
  },
  { apiVersion: "apps/v1", kind: "DaemonSet", metadata: { name: "falco", namespace: "falco" }, spec: agents },
];

/** What no shop has. */
function writeFiles(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

function writeOthers(): string {
  const root = join(folder, "others");
  const lock = { lockfileVersion: 3, packages: { "": {}, "node_modules/a": { version: "1.0.0", license: "MIT" } } };
  const files = {
    "control-plane.yaml": controlPlane.map((object) => JSON.stringify(object)).join("\n---\n"),
    ".gitlab-ci.yml": "job:\n  script: [make]\n",
    ".github/dependabot.yml": "version: 2\nupdates:\n  - package-ecosystem: npm\n    directory: /\n",
    ".github/workflows/ci.yml":
      "on: push\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    steps: [{ uses: actions/checkout@v4 }]\n",
    "broken.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: a\n",
    "package-lock.json": JSON.stringify(lock),
    "registry/zot.json": JSON.stringify({ distSpecVersion: "1.1.1", storage: {}, http: {} }),
  };
  writeFiles(root, files);
  const status = tarOf([
    { name: "lib/apk/db/installed", content: "P:musl\nV:1.2.3-r0\nL:MIT\n\n" },
    { name: "etc/kubernetes/admin.conf", mode: 0o600 },
  ]);
  const config = { User: "app", Volumes: { "/var/run": {} }, ExposedPorts: { "22/tcp": {} } };
  writeLayout(join(root, "image"), { web: fixtureImage([{ tar: status }], { config: { config } }) });
  return root;
}

/** A tree with nothing but an index: what is signed of it lies beside it, and no registry is asked. */
function writeIndex(): string {
  const root = join(folder, "indexed");
  const image = fixtureImage([{ tar: tarOf([{ name: "app", content: "app" }]) }], {});
  const size = image.blobs.get(image.manifest)?.length ?? 0;
  const platform = { os: "linux", architecture: process.arch === "arm64" ? "arm64" : "amd64" };
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const index = json({ schemaVersion: 2, manifests: [{ mediaType, digest: image.manifest, size, platform }] });
  const digest = `sha256:${createHash("sha256").update(index).digest("hex")}` as Digest;
  const listed = { mediaType: "application/vnd.oci.image.index.v1+json", digest, size: index.length };
  writeLayoutParts(join(root, "image"), [listed], [...image.blobs, [digest, index]]);
  return root;
}

/** What renews secrets, and what uses them. */
const lifecycle: readonly object[] = [
  {
    apiVersion: "external-secrets.io/v1",
    kind: "SecretStore",
    metadata: { name: "prod", namespace: "shop" },
    spec: { provider: { vault: { auth: { tokenSecretRef: { name: "vault", key: "token" } } } } },
  },
  {
    apiVersion: "external-secrets.io/v1",
    kind: "ExternalSecret",
    metadata: { name: "db", namespace: "shop" },
    spec: { secretStoreRef: { name: "prod" }, refreshInterval: "0" },
  },
  {
    apiVersion: "cert-manager.io/v1",
    kind: "Certificate",
    metadata: { name: "web", namespace: "shop" },
    spec: { secretName: "web" },
    status: { notAfter: "2026-01-01T00:00:00Z" },
  },
  {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "bootstrap-token-abcdef", namespace: "kube-system" },
    type: "bootstrap.kubernetes.io/token",
  },
  {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "web", namespace: "shop" },
    spec: { containers: [{ name: "web", envFrom: [{ secretRef: { name: "gone" } }] }] },
  },
];

/** The age of a Secret, whether a webhook is answered, and what admission refuses are known of a cluster alone. */
function cluster() {
  const reader = manifestReader();
  const metadata = { name: "db", namespace: "shop", creationTimestamp: "2020-01-01T00:00:00Z" };
  const secret = { apiVersion: "v1", kind: "Secret", metadata, type: "Opaque", data: { password: "" } };
  const service = { namespace: "kyverno", name: "kyverno-svc" };
  const rules = [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] }];
  const guard = {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name: "kyverno" },
    webhooks: [{ name: "validate.kyverno.svc", clientConfig: { service }, rules }],
  };
  const shopNamespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } };
  for (const object of [shopNamespace, secret, guard, ...lifecycle])
    reader.object(object, { kind: "cluster", cluster: "prod" });
  const manifests = reader.manifests();
  const judging = { policy, now, scope: "prod" };
  const untried = { code: "admission.probe-bound", reason: "not tried" };
  const asked = { kind: "workload", id: "Pod shop/web", lineage: "Pod shop/web", name: "Pod shop/web" } as const;
  return [
    ...evaluateManifests(manifests, judging),
    ...evaluateProbes(manifests, new Map(), untried, judging),
    // As the admission guard has it of policies that could not be listed.
    ...unknownAdmissionPolicies(untried, { ...judging, asset: asked }),
  ];
}

/** One that admission does not open, with a scan report that its signer made. */
function scannedImage(): ImageTrust {
  const digest = `sha256:${"1".repeat(64)}` as Digest;
  const issuer = "https://ci.example.com";
  const content = {
    kind: "statement",
    predicateType: "https://cosign.sigstore.dev/attestation/vuln/v1",
    subjects: [{ digest: { sha256: "1".repeat(64) } }],
    predicate: {
      scanner: { uri: "pkg:generic/scanner@1", result: [] },
      metadata: { scanFinishedOn: now.toISOString() },
    },
  } as const;
  const signature: ImageTrust["subject"]["signatures"][number] = {
    form: "bundle-attestation",
    subject: digest,
    place: { by: "referrers", name: digest },
    steps: [],
    outcome: "verified",
    signers: [{ kind: "identity", identity: `${issuer}/shop@v1`, issuer, root: "public-good", claims: {} }],
    times: [],
    content,
  };
  const reference = `registry.example.com/shop/api@${digest}`;
  return {
    reference,
    subject: { digest, signatures: [signature], gaps: [] },
    children: [],
    resolvedAt: now.toISOString(),
  };
}

/** A change that adds one package and upgrades another, of which registry and archive say everything. */
function reviewedChange() {
  const known = <T>(facts: T) => present(facts, now.toISOString());
  const contents = contentsOf();
  const dependencies = { ...defaultPolicy.dependencies, privateNames: [{ name: "left", registry: "npm.example.com" }] };
  const changes = [
    added({ fetchedFrom: { kind: "registry", url: "https://registry.npmjs.org/" } }),
    upgraded({ name: "web" }),
  ];
  return evaluateDependencies(
    {
      path: "package-lock.json",
      changes: changes.map((change) => ({
        change,
        evidence: {
          vulnerabilities: known(matched()),
          license: known(licensed(change, "MIT")),
          contents: known(contents),
          previousContents: known(contents),
          publication: known({ exempt: false, before: "2020-01-01T00:00:00Z" }),
          firstRelease: known({ implausible: true, plausibleVersions: 5 }),
          standing: known({ yanked: false, archived: false, wasDeprecated: false }),
          licenseChange: known({ before: "MIT", after: "MIT" }),
          installScripts: known({ after: [], commands: {} }),
          provenance: known({ after: { kind: "none" }, before: { kind: "none" } } as const),
          origin: known({ from: [], unclaimed: false, privateName: { name: "left", registry: "npm.example.com" } }),
          archive: known({ mismatches: [] }),
        },
      })),
      mismatches: [],
      gaps: [],
      common: new Set(),
    },
    { policy: { ...policy, dependencies }, now },
  );
}

test("every listed check is run by a scan", async () => {
  execFileSync(process.execPath, [join(shop, "assemble.ts")], { stdio: "ignore" });
  const context = { now, policy, advisories: openAdvisories(join(folder, "none.db")), open: { registry: {} } };
  const scanned = cluster();
  for (const root of [join(shop, "insecure"), join(shop, "hardened"), writeOthers()]) {
    scanned.push(...(await scanTree(root, context, { secrets: true, render: false })).evaluations);
  }
  for (const { name, theatre } of [...setUps, ...furtherSetUps]) {
    const root = join(folder, name.replaceAll(" ", "-"));
    writeFiles(root, theatre);
    scanned.push(...(await scanTree(root, context, { secrets: false, render: false })).evaluations);
  }
  scanned.push(...reviewedChange());
  const rules = { trust: policy.trust, vouched: true, keys: new Map() };
  const material = { roots: [], authorities: [], keys: [] };
  const collected = { material, known: [] };
  const opened = readyTrust(rules, collected);
  const trust = { opened, memory: await openTrustMemory(), registry: {} };
  scanned.push(...(await scanTree(writeIndex(), { ...context, trust }, { secrets: false, render: false })).evaluations);
  const refused = { outcome: "refused", answer: "401" } as const;
  const registry = "registry.example.com";
  scanned.push(
    ...evaluateRegistryProbe(
      { registry, attempts: { catalog: refused, pull: refused, push: refused, delete: refused } },
      { registry, plain: "closed", tls: { kind: "valid" } },
      { policy, now },
    ),
  );
  const pull = { ...defaultPolicy.registry.pull, repositories: ["shop/**"], maxAgeDays: 30 };
  const pulling = { policy: { ...policy, registry: { ...policy.registry, pull, quarantine: ["**"] } }, now };
  scanned.push(
    ...evaluatePulled(
      unopenedImage("registry.example.com/shop/api"),
      { repository: "shop/api", isScanned: false },
      pulling,
    ),
  );
  const { hub } = settingOf("registry.upstreams").read?.(
    { hub: { registry: "docker.io", cooldownDays: 3 } } as never,
    String,
    () => ({ path: "bulkhead.yaml", line: 1, column: 1 }),
  ) ?? { hub: undefined };
  assert.ok(hub !== undefined);
  scanned.push(
    ...evaluateDetections(
      [
        {
          alerts: [],
          read: { events: 1, evaluated: 1, lost: [], evicted: {} },
          seen: [{ host: "node-1" }],
          gaps: [],
        },
      ],
      { policy, now },
    ).evaluations,
    ...evaluateDrift({ host: "node-1" }, { container: "api", image: "sha256:0", executables: 0, files: [] }, [], {
      policy,
      now,
      observedAt: now.toISOString(),
    }),
    ...evaluateEngine(
      {
        info: {
          ...{ engine: "docker", host: "node-1", rootless: false, remapsUsers: false },
          ...{ noNewPrivileges: false, liveRestore: false, swarm: false },
        },
        listeners: [],
        registries: [],
        configuration: {},
        gaps: { listeners: [], registries: [], configuration: [] },
      },
      { policy, now },
    ),
    ...evaluateNode({ host: "node-1", detectors: [], processes: 1, containers: 0, gaps: [] }, [], { policy, now }),
    ...evaluateUpstream(unopenedImage("docker.io/library/nginx"), hub, { since: now, from: "seen" }, { policy, now }),
  );
  for (const image of [scannedImage(), { ...scannedImage(), subject: { ...scannedImage().subject, signatures: [] } }]) {
    scanned.push(...(await evaluateAttested(image.reference, image, { ...context, opened })).evaluations);
  }
  const all = new EvaluationList(scanned);
  addImports(all, importedReports(), { policy, now, vex: [], known: knownToNobody });
  const { found } = conclude(all, {
    tool: { name: "bulkhead", version: "test" },
    policy,
    now,
    extent: "tree",
    checks,
    authorities: { directory: { kind: "directory", path: "", reason: "made" } },
  });
  const run = new Set(Array.from(found, ({ check }) => check));
  const neverRun = (listed: readonly { readonly id: string }[]): string[] =>
    listed.map(({ id }) => id).filter((id) => !run.has(id));
  assert.deepEqual(neverRun(checks), []);
  // One that nothing runs is named.
  assert.deepEqual(neverRun([...checks, { id: "image/never-run" }]), ["image/never-run"]);
});
