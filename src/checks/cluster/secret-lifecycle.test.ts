import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../../collect/policy/default.ts";
import type { Check } from "../../core/check.ts";
import type { Policy } from "../../core/policy.ts";
import { makeAuthority } from "../../engines/certificates/make.ts";
import { manifestReader } from "../../engines/kubernetes/manifests.ts";
import { evaluateManifests } from "../../evaluate/kubernetes/workloads.ts";
import { bootstrapTokenWithoutExpiration } from "./bootstrap-token-without-expiration.ts";
import { certificateExpired } from "./certificate-expired.ts";
import { externalSecretFailed } from "./external-secret-failed.ts";
import { externalSecretStale } from "./external-secret-stale.ts";
import { secretMissing } from "./secret-missing.ts";
import { secretStoreNotReady } from "./secret-store-not-ready.ts";
import { secretStoreStaticCredentials } from "./secret-store-static-credentials.ts";
import { secretUnused } from "./secret-unused.ts";

const now = new Date("2026-06-01T12:00:00Z");
const ESO = "external-secrets.io/v1";
const rotated: Policy = { ...defaultPolicy, rotation: { secrets: { maxAgeDays: 90 } } };

function object(apiVersion: string, kind: string, name: string, rest: object = {}, metadata: object = {}) {
  const own = { name, namespace: "shop", creationTimestamp: "2026-01-01T00:00:00Z", ...metadata };
  return { apiVersion, kind, metadata: own, ...rest };
}

const condition = (status: string, reason: string, type = "Ready") => ({
  conditions: [{ type, status, reason, lastTransitionTime: "2026-05-01T00:00:00Z" }],
});

const external = (name: string, spec: object, status?: object) =>
  object(ESO, "ExternalSecret", name, {
    spec: { secretStoreRef: { name: "prod" }, ...spec },
    ...(status && { status }),
  });

const synced = (refreshTime: string) => ({ ...condition("True", "SecretSynced"), refreshTime });

interface Asked {
  readonly policy?: Policy;
  readonly short?: readonly string[];
  /** As a file of manifests in place of a cluster. */
  readonly file?: boolean;
}

/** `severity | title` of each finding; the verdict, and why, where there is none; nothing where it does not apply. */
function said(check: Pick<Check, "id">, objects: readonly object[], asked: Asked = {}): string[] {
  const { policy = defaultPolicy, short = [], file = false } = asked;
  const reader = manifestReader();
  if (file) reader.file("all.yaml", objects.map((one) => JSON.stringify(one)).join("\n---\n"));
  else for (const one of objects) reader.object(one, { kind: "cluster", cluster: "test" });
  if (short.length > 0) reader.gap({ code: "kubernetes.cluster-list", reason: "403", path: "test", lists: short });
  return evaluateManifests(reader.manifests(), { policy, now, scope: "test" })
    .filter((evaluation) => evaluation.check === check.id)
    .flatMap(({ verdict, findings, reason }) =>
      findings.length > 0
        ? findings.map(({ severity, title }) => `${severity} | ${title}`)
        : [verdict === "unknown" ? `unknown: ${reason}` : verdict],
    );
}

const failing = external("db", {}, condition("False", "SecretSyncedError"));

test("a sync that its controller says has failed, of files and of clusters", () => {
  const found = ["high | ExternalSecret db does not sync (SecretSyncedError)"];
  assert.deepEqual(said(externalSecretFailed, [failing]), found);
  assert.deepEqual(said(externalSecretFailed, [failing], { file: true }), found);
  assert.deepEqual(said(externalSecretFailed, [external("db", {}, synced("2026-06-01T11:59:00Z"))]), ["pass"]);
  assert.deepEqual(
    said(externalSecretFailed, [
      object("external-secrets.io/v1alpha1", "PushSecret", "out", { spec: {}, status: condition("False", "Errored") }),
      object(
        ESO,
        "ClusterExternalSecret",
        "all",
        { status: { failedNamespaces: [{ namespace: "a" }] } },
        { namespace: undefined },
      ),
      object("bitnami.com/v1alpha1", "SealedSecret", "sealed", { status: condition("False", "", "Synced") }),
      object("secrets-store.csi.x-k8s.io/v1", "SecretProviderClassPodStatus", "pod", { status: { mounted: false } }),
      object("cert-manager.io/v1", "Certificate", "web", {
        spec: { secretName: "web" },
        status: condition("False", "Failed"),
      }),
      object("secrets.hashicorp.com/v1beta1", "VaultPKISecret", "pki", { status: { valid: false } }),
    ]),
    [
      "high | Certificate web does not sync (Failed)",
      "high | ClusterExternalSecret all does not sync in a",
      "high | SealedSecret sealed does not sync",
      "high | SecretProviderClassPodStatus pod does not sync (NotMounted)",
      "high | VaultPKISecret pki does not sync",
      "medium | PushSecret out does not sync (Errored)",
    ],
  );
});

test("no status: of a file nothing is said, of a cluster nobody answers it after an hour, and before that it is unknown", () => {
  assert.deepEqual(said(externalSecretFailed, [external("db", {})], { file: true }), []);
  assert.deepEqual(said(externalSecretFailed, [external("db", {})]), [
    "high | ExternalSecret db has no status: no controller answers it",
  ]);
  const young = object(ESO, "ExternalSecret", "db", {}, { creationTimestamp: "2026-06-01T11:30:00Z" });
  assert.deepEqual(said(externalSecretFailed, [young]), [
    "unknown: no status says whether ExternalSecret shop/db synced",
  ]);
  const silent = object("secrets.hashicorp.com/v1beta1", "VaultStaticSecret", "kv", { spec: {} });
  assert.deepEqual(said(externalSecretFailed, [silent]), [
    "unknown: no status says whether VaultStaticSecret shop/kv synced",
  ]);
  const answered = external("db", {}, synced("2026-06-01T11:59:00Z"));
  assert.match(String(said(externalSecretFailed, [answered], { short: ["externalSecrets"] })[0]), /^unknown/);
  assert.match(String(said(externalSecretFailed, [], { short: ["externalSecrets"] })[0]), /^unknown/);
});

test("a store that is not ready is one finding, and what reads it none", () => {
  const store = (status: object) => object(ESO, "SecretStore", "prod", { spec: { provider: { aws: {} } }, status });
  const broken = store(condition("False", "InvalidProviderConfig"));
  assert.deepEqual(said(secretStoreNotReady, [broken, failing]), [
    "high | SecretStore prod is not ready (InvalidProviderConfig): 1 of its readers are not renewed",
  ]);
  assert.deepEqual(said(externalSecretFailed, [broken, failing]), ["pass"]);
  assert.deepEqual(said(secretStoreNotReady, [broken]), [
    "low | SecretStore prod is not ready (InvalidProviderConfig): nothing reads it",
  ]);
  assert.deepEqual(said(secretStoreNotReady, [store(condition("True", "Valid")), failing]), ["pass"]);
  // Another namespace's store of that name is another store.
  const other = object(ESO, "SecretStore", "prod", { status: condition("False", "x") }, { namespace: "other" });
  assert.equal(said(externalSecretFailed, [other, failing]).length, 1);
});

test("what says it is ready and was not synced for three of its intervals is stale", () => {
  const at = (refreshTime: string, spec: object = {}) =>
    said(externalSecretStale, [external("db", spec, synced(refreshTime))]);
  assert.deepEqual(at("2026-06-01T09:00:01Z"), ["pass"]);
  assert.deepEqual(at("2026-06-01T08:59:59Z"), [
    "medium | ExternalSecret db says it is ready, and was last synced 3 hours ago",
  ]);
  assert.deepEqual(at("2026-06-01T11:50:00Z", { refreshInterval: "10s" }), ["pass"]);
  assert.deepEqual(at("2026-06-01T11:40:00Z", { refreshInterval: "10s" }).length, 1);
  assert.deepEqual(at("2026-01-01T00:00:00Z", { refreshPolicy: "OnChange" }), ["pass"]);
  assert.deepEqual(said(externalSecretStale, [failing]), ["pass"]);
  const push = object("external-secrets.io/v1alpha1", "PushSecret", "out", {
    spec: { refreshInterval: "1h" },
    status: synced("2026-05-01T00:00:00Z"),
  });
  assert.equal(said(externalSecretStale, [push]).length, 1);
  // A file is as of its latest status: when it was written down nobody knows.
  const old = external("db", {}, synced("2026-05-01T08:00:00Z"));
  const later = external("mail", {}, synced("2026-05-01T12:00:00Z"));
  assert.deepEqual(said(externalSecretStale, [old], { file: true }), ["pass"]);
  assert.equal(said(externalSecretStale, [old, later], { file: true }).length, 1);
});

test("what is fetched once misses every rotation that the policy asks for", () => {
  const once = external("db", { refreshInterval: "0" });
  assert.deepEqual(said(externalSecretStale, [once], { file: true }), []);
  assert.deepEqual(said(externalSecretStale, [once], { file: true, policy: rotated }), [
    "medium | ExternalSecret db fetches once (limit: 90 days)",
  ]);
  const seldom = external("db", { refreshInterval: "2400h" });
  assert.equal(said(externalSecretStale, [seldom], { file: true, policy: rotated }).length, 1);
  const hourly = external("db", { refreshInterval: "1h" });
  assert.deepEqual(said(externalSecretStale, [hourly], { file: true, policy: rotated }), ["pass"]);
});

test("a store that is logged in to with a Secret that nothing renews", () => {
  const secretRef = {
    accessKeyIDSecretRef: { name: "aws", key: "id" },
    secretAccessKeySecretRef: { name: "aws", key: "key" },
  };
  const store = object(ESO, "SecretStore", "prod", { spec: { provider: { aws: { auth: { secretRef } } } } });
  assert.deepEqual(said(secretStoreStaticCredentials, [store]), [
    "medium | SecretStore prod logs in to aws with Secret aws, which nothing renews",
  ]);
  const renewed = object("secrets.hashicorp.com/v1beta1", "VaultDynamicSecret", "x", {
    spec: { destination: { name: "aws", create: true } },
  });
  assert.deepEqual(said(secretStoreStaticCredentials, [store, renewed]), ["pass"]);
  const identity = object(ESO, "ClusterSecretStore", "vault", {
    spec: {
      provider: {
        vault: {
          auth: { kubernetes: { role: "eso", serviceAccountRef: { name: "eso" } } },
          caProvider: { type: "Secret", name: "ca", key: "ca.crt" },
        },
      },
    },
  });
  assert.deepEqual(said(secretStoreStaticCredentials, [identity]), ["pass"]);
  const cluster = object(ESO, "ClusterSecretStore", "v", {
    spec: { provider: { vault: { auth: { tokenSecretRef: { name: "token", namespace: "eso" } } } } },
  });
  assert.deepEqual(said(secretStoreStaticCredentials, [cluster]), [
    "medium | ClusterSecretStore v logs in to vault with Secret eso/token, which nothing renews",
  ]);
  const renewing = (more: object) =>
    object(
      ESO,
      "ClusterExternalSecret",
      "r",
      { spec: { externalSecretSpec: { target: { name: "token" } }, ...more } },
      { namespace: undefined },
    );
  assert.deepEqual(said(secretStoreStaticCredentials, [cluster, renewing({})]), ["pass"]);
  assert.deepEqual(said(secretStoreStaticCredentials, [cluster, renewing({ namespaces: ["eso"] })]), ["pass"]);
  assert.equal(said(secretStoreStaticCredentials, [cluster, renewing({ namespaces: ["shop"] })]).length, 1);
  const role = object("secrets.hashicorp.com/v1beta1", "VaultAuth", "a", { spec: { appRole: { secretRef: "role" } } });
  assert.equal(said(secretStoreStaticCredentials, [role]).length, 1);
});

const deployment = (pod: object, name = "web") =>
  object("apps/v1", "Deployment", name, {
    spec: { template: { spec: { containers: [{ name: "web", image: "a" }], ...pod } } },
  });
const withVariable = (optional?: boolean) =>
  deployment({
    containers: [
      { name: "web", env: [{ name: "P", valueFrom: { secretKeyRef: { name: "db", key: "p", optional } } }] },
    ],
  });

test("a Secret that a workload needs and no one makes", () => {
  const found = ["medium | Secret shop/db does not exist, and Deployment shop/web cannot start without it"];
  assert.deepEqual(said(secretMissing, [withVariable()]), found);
  assert.deepEqual(said(secretMissing, [withVariable()], { file: true }), []);
  assert.deepEqual(said(secretMissing, [withVariable(true)]), ["pass"]);
  assert.deepEqual(said(secretMissing, [withVariable(), failing]), ["pass"]);
  assert.deepEqual(
    said(secretMissing, [withVariable(), external("db", { target: { creationPolicy: "Merge" } })]),
    found,
  );
  const secret = object("v1", "Secret", "db", { data: { p: "" } });
  assert.deepEqual(said(secretMissing, [withVariable(), secret]), ["pass"]);
  const volume = deployment({ volumes: [{ name: "s", secret: { secretName: "db" } }] });
  assert.deepEqual(said(secretMissing, [volume, { ...withVariable(), metadata: { name: "b", namespace: "shop" } }]), [
    "medium | Secret shop/db does not exist, and 2 workloads cannot start without it",
  ]);
  // Whatever makes it in other namespaces, adds to it, or reads it to push it away, does not make it here.
  const everywhere = (kind: string, spec: object, status: object = {}) =>
    object(
      kind.endsWith("PushSecret") ? "external-secrets.io/v1alpha1" : ESO,
      kind,
      "all",
      { spec, status },
      { namespace: undefined },
    );
  const brought = (spec: object, more: object = {}, status?: object) =>
    everywhere("ClusterExternalSecret", { externalSecretName: "db", externalSecretSpec: spec, ...more }, status);
  const pushed = everywhere("ClusterPushSecret", { pushSecretSpec: { selector: { secret: { name: "db" } } } });
  assert.deepEqual(said(secretMissing, [withVariable(), pushed]), found);
  assert.deepEqual(said(secretMissing, [withVariable(), brought({ target: { creationPolicy: "Merge" } })]), found);
  assert.deepEqual(said(secretMissing, [withVariable(), brought({})]), ["pass"]);
  assert.deepEqual(said(secretMissing, [withVariable(), brought({}, { namespaces: ["other"] })]), found);
  assert.deepEqual(said(secretMissing, [withVariable(), brought({}, { namespaces: ["shop"] })]), ["pass"]);
  const selecting = { namespaceSelectors: [{ matchLabels: { a: "b" } }], namespaces: ["other"] };
  assert.deepEqual(said(secretMissing, [withVariable(), brought({}, selecting)]), ["pass"]);
  assert.deepEqual(
    said(secretMissing, [withVariable(), brought({}, selecting, { provisionedNamespaces: ["x"] })]),
    found,
  );
  assert.deepEqual(
    said(secretMissing, [
      withVariable(),
      brought({}, selecting, { failedNamespaces: [{ namespace: "shop" }], provisionedNamespaces: ["x"] }),
    ]),
    ["pass"],
  );
  for (const list of ["secrets", "externalSecrets"]) {
    assert.match(String(said(secretMissing, [withVariable(true)], { short: [list] })[0]), /^unknown/, list);
  }
});

test("a Secret that is brought in for nobody", () => {
  const [used, unused] = [external("db", {}), external("mail", {})];
  assert.deepEqual(said(secretUnused, [withVariable(), used, unused], { file: true }), [
    "low | Secret mail of ExternalSecret mail is used by nothing that was read",
  ]);
  assert.deepEqual(said(secretUnused, [withVariable(), used], { file: true }), ["pass"]);
  assert.deepEqual(said(secretUnused, [unused], { file: true }), ["pass"]);
  const azure = deployment({ volumes: [{ name: "a", azureFile: { secretName: "mail", shareName: "x" } }] });
  assert.deepEqual(said(secretUnused, [azure, unused], { file: true }), ["pass"]);
});

test("a token by which nodes join for ever", () => {
  const token = (data: object) =>
    object("v1", "Secret", "bootstrap-token-abc", { type: "bootstrap.kubernetes.io/token", data });
  assert.deepEqual(said(bootstrapTokenWithoutExpiration, [token({ "token-id": "" })]), [
    "high | Bootstrap token bootstrap-token-abc never expires",
  ]);
  assert.deepEqual(said(bootstrapTokenWithoutExpiration, [token({ "token-id": "", expiration: "" })]), ["pass"]);
});

const ended = { from: new Date("2026-01-01T00:00:00Z"), until: new Date("2026-03-02T00:00:00Z") };

test("certificates that have ended, by what cert-manager says and by those in files", () => {
  const certificate = (notAfter: string) =>
    object("cert-manager.io/v1", "Certificate", "web", {
      spec: { secretName: "web" },
      status: { ...condition("True", "Ready"), notAfter },
    });
  assert.deepEqual(said(certificateExpired, [certificate("2026-07-01T00:00:00Z")]), ["pass"]);
  assert.deepEqual(said(certificateExpired, [certificate("2026-06-05T00:00:00Z")]), [
    "medium | Certificate of Certificate shop/web ends on 2026-06-05, and was not renewed",
  ]);
  assert.deepEqual(said(certificateExpired, [certificate("2026-05-05T00:00:00Z")]), [
    "high | Certificate of Certificate shop/web ended on 2026-05-05",
  ]);
  const tls = (text: string) =>
    object("v1", "Secret", "edge", { type: "kubernetes.io/tls", stringData: { "tls.crt": text } });
  assert.deepEqual(said(certificateExpired, [tls(makeAuthority("ca", ended).certificate)], { file: true }), [
    "high | Certificate of Secret shop/edge ended on 2026-03-02",
  ]);
  assert.match(
    String(
      said(certificateExpired, [tls(`-----${"BEGIN CERTIFICATE"}-----\nAAAA\n-----END CERTIFICATE-----`)], {
        file: true,
      }),
    ),
    /^unknown: no certificate can be read in Secret shop\/edge/,
  );
  // Also where it is no PEM at all; of what is filled in later nothing is said.
  assert.match(
    String(said(certificateExpired, [tls("MIIDdzCCAl+gAwIBAgIEAgAAuTANBg")], { file: true })),
    /^unknown: no certificate can be read in Secret shop\/edge/,
  );
  for (const later of ["", "{{ .Values.crt }}", "${TLS_CRT}", "ENC[AES256_GCM,data:abc,type:str]", "<certificate>"]) {
    assert.deepEqual(said(certificateExpired, [tls(later)], { file: true }), [], later);
  }
  // A cluster's values are not read.
  const held = object("v1", "Secret", "edge", { type: "kubernetes.io/tls", data: { "tls.crt": "" } });
  assert.deepEqual(said(certificateExpired, [held]), []);
  assert.match(
    String(said(certificateExpired, [held], { policy: rotated })),
    /^unknown: values of a cluster's Secrets/,
  );
  const renewing = object(
    ESO,
    "ClusterExternalSecret",
    "r",
    { spec: { externalSecretSpec: { target: { name: "edge" } } } },
    { namespace: undefined },
  );
  assert.deepEqual(said(certificateExpired, [held, renewing], { policy: rotated }), []);
});
