/** Ten set-ups in which a defense is there and nothing comes of it, each with its honest twin: files by path. */
import type { LifecycleStepName } from "../../src/core/lifecycle.ts";

export type Files = Readonly<Record<string, string>>;

export interface SetUp {
  readonly name: string;
  /** The check that names it. */
  readonly check: string;
  readonly step: LifecycleStepName;
  readonly theatre: Files;
  readonly twin: Files;
}

const IMAGE = "registry.example.com/shop/api";
const DIGEST = `sha256:${"a".repeat(64)}`;
const RELEASE = ".github/workflows/release.yml";

function workflow(steps: readonly string[], on = "on: { push: { branches: [main] } }", name = "release"): string {
  const lines = steps.map((step) => `      - ${step}\n`).join("");
  return `name: ${name}\n${on}\njobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n${lines}`;
}

const checkout = "uses: actions/checkout@v4";
const build = `run: docker build --pull -t ${IMAGE}:1 .`;
const push = `run: docker push ${IMAGE}:1`;
const sign = `run: cosign sign --yes ${IMAGE}@\${DIGEST}`;
const verify = `run: cosign verify --key cosign.pub ${IMAGE}@\${DIGEST}`;

const deployment = (image = `${IMAGE}@${DIGEST}`) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: api, namespace: shop }
spec:
  selector: { matchLabels: { app: api } }
  template:
    metadata: { labels: { app: api } }
    spec:
      containers: [{ name: api, image: "${image}" }]
`;
const namespace = "apiVersion: v1\nkind: Namespace\nmetadata: { name: shop, labels: { verified: always } }\n";
const running = { "k8s/api.yaml": deployment(), "k8s/namespace.yaml": namespace };

const networkPolicy = (app: string) => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: api, namespace: shop }
spec: { podSelector: { matchLabels: { app: ${app} } }, policyTypes: [Ingress, Egress] }
`;

const falco = (configuration: string, rules: string) => `apiVersion: v1
kind: ConfigMap
metadata: { name: falco, namespace: falco }
data:
  falco.yaml: |
${indented(configuration)}
  own.yaml: |
${indented(rules)}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: falco, namespace: falco }
spec:
  selector: { matchLabels: { app: falco } }
  template:
    metadata: { labels: { app: falco } }
    spec:
      tolerations: [{ operator: Exists }]
      containers:
        - name: falco
          image: docker.io/falcosecurity/falco:0.44.1
          volumeMounts: [{ name: falco, mountPath: /etc/falco }]
      volumes: [{ name: falco, configMap: { name: falco } }]
`;

function indented(text: string): string {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => `    ${line}`)
    .join("\n");
}

const rule = "- rule: shell\n  desc: a shell\n  condition: proc.name = sh\n  output: a shell\n  priority: WARNING\n";

const externalSecret = (status: string, refreshed: string) => `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: database, namespace: shop }
spec:
  refreshInterval: 1h
  secretStoreRef: { name: prod, kind: ClusterSecretStore }
  target: { name: database }
  data: [{ secretKey: password, remoteRef: { key: shop/database } }]
status:
  refreshTime: "${refreshed}"
  conditions:
    - { type: Ready, status: "${status}", reason: ${status === "True" ? "SecretSynced" : "SecretSyncedError"}, lastTransitionTime: "${refreshed}" }
`;

const kyverno = (action: string) => `apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: { name: verify }
spec:
  failurePolicy: Fail
  webhookConfiguration: { failurePolicy: Fail }
  rules:
    - name: signed
      match: { any: [{ resources: { kinds: [Pod] } }] }
      verifyImages:
        - imageReferences: ["*"]
          failureAction: ${action}
          attestors: [{ entries: [{ keys: { publicKeys: k8s://kyverno/key } }] }]
`;

const weekly = 'on: { schedule: [{ cron: "0 3 * * 1" }] }';
const attest = `uses: actions/attest-build-provenance@v2
        with: { subject-name: ${IMAGE}, subject-digest: "\${{ steps.push.outputs.digest }}", push-to-registry: true }`;
const dependabot = (limit: string) =>
  `version: 2\nupdates:\n  - package-ecosystem: docker\n    directory: /\n    schedule: { interval: weekly }\n${limit}`;

/** 2026-11-28 is when they are judged. */
export const setUps: readonly SetUp[] = [
  {
    name: "signed and never verified",
    check: "build/signed-never-verified",
    step: "sign",
    theatre: { [RELEASE]: workflow([build, push, sign]), ...running },
    twin: { [RELEASE]: workflow([build, push, sign]), ...running, "k8s/verify.yaml": kyverno("Enforce") },
  },
  {
    name: "scanned and never blocked",
    check: "build/non-blocking-scan",
    step: "scan",
    theatre: { [RELEASE]: workflow([build, `run: trivy image ${IMAGE}:1`, push]) },
    twin: { [RELEASE]: workflow([build, `run: trivy image --exit-code 1 --severity CRITICAL ${IMAGE}:1`, push]) },
  },
  {
    name: "policies that select nothing",
    check: "network/policy-selects-nothing",
    step: "run",
    theatre: { ...running, "k8s/policy.yaml": networkPolicy("aip") },
    twin: { ...running, "k8s/policy.yaml": networkPolicy("api") },
  },
  {
    name: "a detector without rules",
    check: "cluster/runtime-detection",
    step: "detect",
    theatre: { "k8s/falco.yaml": falco("rules_files: [/etc/falco/own.yaml]", `${rule}  enabled: false`) },
    twin: { "k8s/falco.yaml": falco("rules_files: [/etc/falco/own.yaml]", rule) },
  },
  {
    name: "a rebuild on schedule that never builds",
    check: "build/rebuild-without-effect",
    step: "rebuild",
    theatre: {
      [RELEASE]: workflow([checkout, `if: github.event_name == 'push'\n        ${build}`, push], weekly, "rebuild"),
    },
    twin: { [RELEASE]: workflow([checkout, build, push], weekly, "rebuild") },
  },
  {
    name: "an SBOM that is written and never read",
    check: "build/sbom-never-read",
    step: "sbom",
    theatre: {
      [RELEASE]: workflow([
        build,
        `run: syft ${IMAGE}:1 -o cyclonedx-json=sbom.cdx.json`,
        "uses: actions/upload-artifact@v4\n        with: { name: sbom, path: sbom.cdx.json }",
      ]),
    },
    twin: {
      [RELEASE]: workflow([
        build,
        `run: syft ${IMAGE}:1 -o cyclonedx-json=sbom.cdx.json`,
        `run: cosign attest --yes --type cyclonedx --predicate sbom.cdx.json ${IMAGE}@\${DIGEST}`,
      ]),
    },
  },
  {
    name: "Secrets synced and stale",
    check: "cluster/external-secret-failed",
    step: "run",
    theatre: { ...running, "k8s/secret.yaml": externalSecret("False", "2026-11-01T00:00:00Z") },
    twin: { ...running, "k8s/secret.yaml": externalSecret("True", "2026-11-27T23:30:00Z") },
  },
  {
    name: "admission that audits alone",
    check: "cluster/image-verification",
    step: "admit",
    theatre: { ...running, "k8s/verify.yaml": kyverno("Audit") },
    twin: { ...running, "k8s/verify.yaml": kyverno("Enforce") },
  },
  {
    name: "provenance attested and never required",
    check: "build/provenance-never-required",
    step: "build",
    theatre: { [RELEASE]: workflow([build, push, attest]), ...running },
    twin: { [RELEASE]: workflow([build, push, attest, `run: gh attestation verify oci://${IMAGE}`]), ...running },
  },
  {
    name: "dependency updates that never come",
    check: "build/dependency-updates-without-effect",
    step: "updates",
    theatre: {
      [RELEASE]: workflow([build]),
      Dockerfile: `FROM debian:13@${DIGEST}\nUSER 1000\n`,
      ".github/dependabot.yml": dependabot("    open-pull-requests-limit: 0\n"),
    },
    twin: {
      [RELEASE]: workflow([build]),
      Dockerfile: `FROM debian:13@${DIGEST}\nUSER 1000\n`,
      ".github/dependabot.yml": dependabot(""),
    },
  },
];

/** Others of the same ten: each cause has more than one form. */
export const furtherSetUps: readonly SetUp[] = [
  {
    name: "signed by digest and deployed by tag",
    check: "build/signed-digest-deployed-by-tag",
    step: "sign",
    theatre: { [RELEASE]: workflow([build, push, sign, verify]), "k8s/api.yaml": deployment(`${IMAGE}:1`) },
    twin: { [RELEASE]: workflow([build, push, sign, verify]), ...running },
  },
  {
    name: "scanned after the release",
    check: "build/scan-after-release",
    step: "scan",
    theatre: { [RELEASE]: workflow([build, push, `run: grype ${IMAGE}:1 --fail-on critical`]) },
    twin: { [RELEASE]: workflow([build, `run: grype ${IMAGE}:1 --fail-on critical`, push]) },
  },
  {
    name: "a webhook for namespaces that are not there",
    check: "cluster/admission-selects-nothing",
    step: "admit",
    theatre: { ...running, "k8s/hook.yaml": webhook("alway") },
    twin: { ...running, "k8s/hook.yaml": webhook("always") },
  },
  {
    name: "another image scanned",
    check: "build/scan-of-other-image",
    step: "scan",
    theatre: { [RELEASE]: workflow([build, "run: grype node:22 --fail-on critical", push]) },
    twin: { [RELEASE]: workflow([build, `run: grype ${IMAGE}:1 --fail-on critical`, push]) },
  },
  {
    name: "secrets looked for in one commit",
    check: "build/secret-scan-without-effect",
    step: "secrets",
    theatre: { [RELEASE]: workflow([checkout, "run: gitleaks git ."]) },
    twin: { [RELEASE]: workflow([`${checkout}\n        with: { fetch-depth: 0 }`, "run: gitleaks git ."]) },
  },
];

function webhook(value: string): string {
  return `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: guard }
webhooks:
  - name: guard.example.com
    clientConfig: { url: "https://guard.example.com" }
    admissionReviewVersions: [v1]
    sideEffects: None
    rules: [{ apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods] }]
    namespaceSelector: { matchLabels: { verified: ${value} } }
`;
}
