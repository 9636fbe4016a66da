import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../core/runs.fixture.ts";
import { secretSources, storeFollowers } from "./external-secrets.ts";
import { manifestReader, readManifests } from "./manifests.ts";
import type { Manifests } from "./model.ts";

const ESO = "external-secrets.io/v1";

function object(apiVersion: string, kind: string, name: string, spec: object, metadata: object = {}) {
  return { apiVersion, kind, metadata: { namespace: "shop", name, ...metadata }, spec };
}

function read(...objects: readonly object[]): Manifests {
  return readManifests([{ path: "a.yaml", text: objects.map((one) => JSON.stringify(one)).join("\n---\n") }]);
}

const secretStoreRef = { name: "prod", kind: "ClusterSecretStore" };

test("what fills Secrets is known by its targets and its store, and is no unknown kind", () => {
  const manifests = read(
    object(ESO, "ExternalSecret", "db", { secretStoreRef }),
    object(`${ESO}beta1`, "ExternalSecret", "mail", { secretStoreRef: { name: "own" }, target: { name: "smtp" } }),
    object(ESO, "ExternalSecret", "template", { secretStoreRef, target: { creationPolicy: "None" } }),
    object(ESO, "ExternalSecret", "once", { secretStoreRef, refreshInterval: "0h0m0s" }),
    object(ESO, "ExternalSecret", "zero", { secretStoreRef, refreshInterval: 0 }),
    object(ESO, "ExternalSecret", "created", { secretStoreRef, refreshPolicy: "CreatedOnce", refreshInterval: "1h" }),
    object(ESO, "ClusterExternalSecret", "all", { externalSecretName: "ca", externalSecretSpec: { secretStoreRef } }),
    object("secrets-store.csi.x-k8s.io/v1", "SecretProviderClass", "vault", {
      provider: "vault",
      secretObjects: [{ secretName: "one" }, { secretName: "two" }, {}],
    }),
    object("bitnami.com/v1alpha1", "SealedSecret", "sealed", { template: null }),
    object("secrets.hashicorp.com/v1beta1", "VaultStaticSecret", "kv", {
      vaultAuthRef: "shop",
      destination: { name: "kv-made" },
    }),
    object(ESO, "ExternalSecret", "", {}),
  );
  assert.deepEqual(
    manifests.externalSecrets.map(({ targets, store, follows }) => [targets.join(), store, follows]),
    [
      ["db", "ClusterSecretStore/prod", true],
      ["smtp", "SecretStore/own", true],
      ["", "ClusterSecretStore/prod", true],
      ["once", "ClusterSecretStore/prod", false],
      ["zero", "ClusterSecretStore/prod", false],
      ["created", "ClusterSecretStore/prod", false],
      ["ca", "ClusterSecretStore/prod", true],
      ["one,two", "vault", true],
      ["sealed", undefined, false],
      ["kv-made", "VaultAuth/shop", true],
      ["", undefined, true],
    ],
  );
  assert.deepEqual([...manifests.unknownKinds], []);
});

test("whatever stands in them, they are read, and what is of a wrong type is told", () => {
  const kinds = [
    ["external-secrets.io/v1", "ExternalSecret"],
    ["external-secrets.io/v1", "ClusterExternalSecret"],
    ["secrets-store.csi.x-k8s.io/v1", "SecretProviderClass"],
    ["bitnami.com/v1alpha1", "SealedSecret"],
    ["secrets.hashicorp.com/v1beta1", "VaultPKISecret"],
  ] as const;
  const names = ["target", "name", "secretStoreRef", "externalSecretSpec", "secretObjects", "template", "metadata"];
  const more = [
    "destination",
    "refreshInterval",
    "refreshPolicy",
    "creationPolicy",
    "secretName",
    "vaultAuthRef",
    "provider",
  ];
  const key = fc.constantFrom(...names, ...more);
  const { spec } = fc.letrec((tie) => ({
    spec: fc.oneof({ depthSize: "small" }, fc.jsonValue(), tie("map"), fc.array(tie("spec"), { maxLength: 3 })),
    map: fc.dictionary(key, tie("spec"), { maxKeys: 5 }),
  }));
  fc.assert(
    fc.property(fc.constantFrom(...kinds), spec, ([apiVersion, kind], value) => {
      const { externalSecrets } = read({ apiVersion, kind, metadata: { name: "x" }, spec: value });
      assert.equal(externalSecrets.length, 1);
      for (const { targets, store = "a" } of externalSecrets) {
        assert.ok([...targets, store].every((text) => typeof text === "string" && text !== ""));
      }
    }),
    runs(300),
  );
});

test("another group's kind of the same name is not taken for it", () => {
  const { externalSecrets, unknownKinds } = read(object("example.com/v1", "ExternalSecret", "db", {}));
  assert.deepEqual([externalSecrets.length, [...unknownKinds]], [0, [["example.com/ExternalSecret", 1]]]);
});

test("a Secret follows a store by whom it is filled, or by the operator's mark", () => {
  const reader = manifestReader();
  const source = { kind: "cluster", cluster: "prod" } as const;
  const owned = (apiVersion: string, kind: string) => ({ ownerReferences: [{ apiVersion, kind, name: "x" }] });
  const secret = (name: string, metadata: object = {}) =>
    reader.object({ apiVersion: "v1", kind: "Secret", metadata: { namespace: "shop", name, ...metadata } }, source);
  secret("db");
  secret("db", { namespace: "other" });
  secret("once", owned(ESO, "ExternalSecret"));
  secret("sealed", owned("bitnami.com/v1alpha1", "SealedSecret"));
  secret("orphan", owned(ESO, "ExternalSecret"));
  secret("marked", { labels: { "secrets-store.csi.k8s.io/managed": "true" } });
  secret("unmarked", { labels: { "secrets-store.csi.k8s.io/managed": "false" } });
  secret("ca");
  secret("constructor");
  reader.object(object(ESO, "ExternalSecret", "db", {}), source);
  reader.object(object(ESO, "ExternalSecret", "once", { refreshInterval: "0" }), source);
  reader.object(object(ESO, "ClusterExternalSecret", "ca", {}, { namespace: undefined }), source);
  const { secrets, externalSecrets } = reader.manifests();
  const follows = storeFollowers(externalSecrets);
  assert.deepEqual(
    secrets.filter(follows).map(({ object: { namespace, name } }) => `${namespace}/${name}`),
    ["shop/db", "shop/orphan", "shop/marked"],
  );
});

test("what secrets come in by is counted", () => {
  const pod = (name: string, annotations: object, spec: object) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, annotations },
    spec: { containers: [{ name: "web" }], ...spec },
  });
  const csi = (driver: string) => ({ volumes: [{ name: "secrets", csi: { driver } }] });
  const manifests = read(
    object(ESO, "ExternalSecret", "a", {}),
    object(ESO, "ExternalSecret", "b", {}),
    { apiVersion: "v1", kind: "Secret", metadata: { name: "sops" }, data: { a: "ENC[x]" }, sops: { version: "3.9.0" } },
    pod("one", { "vault.hashicorp.com/agent-inject": "true" }, csi("secrets-store.csi.k8s.io")),
    pod("two", { "vault.hashicorp.com/agent-inject": "false" }, csi("ebs.csi.aws.com")),
    pod("three", {}, { containers: [{ name: "web" }, { name: "vault-agent" }] }),
  );
  assert.deepEqual(
    [...secretSources(manifests)],
    [
      ["ExternalSecret", 2],
      ["SOPS Secret", 1],
      ["Secrets Store CSI volume", 1],
      ["Vault agent", 2],
    ],
  );
});

test("stores say what they log in with, whatever their provider calls it, and authorities are no credentials", () => {
  const store = (provider: object) => object(ESO, "SecretStore", "s", { provider });
  const credentials = (provider: object) =>
    read(store(provider)).secretStores.map(({ credentials: some }) => some.map(({ name }) => name).join());
  assert.deepEqual(
    credentials({ gcpsm: { auth: { secretRef: { secretAccessKeySecretRef: { name: "gcp", key: "k" } } } } }),
    ["gcp"],
  );
  assert.deepEqual(credentials({ gcpsm: { auth: { workloadIdentity: { serviceAccountRef: { name: "eso" } } } } }), [
    "",
  ]);
  assert.deepEqual(
    credentials({
      azurekv: { authSecretRef: { clientId: { name: "az", key: "id" }, clientSecret: { name: "az", key: "s" } } },
    }),
    ["az"],
  );
  assert.deepEqual(credentials({ doppler: { auth: { secretRef: { dopplerToken: { name: "dp" } } } } }), ["dp"]);
  assert.deepEqual(credentials({ vault: { caProvider: { type: "Secret", name: "ca", key: "ca" } } }), [""]);
  assert.deepEqual(credentials({ aws: { auth: { jwt: { serviceAccountRef: { name: "eso" } } } } }), [""]);
  assert.deepEqual(credentials({ kubernetes: { auth: { token: { bearerToken: { name: "t", key: "token" } } } } }), [
    "t",
  ]);
});

test("what goes out, and how often, is told apart from what comes in", () => {
  const push = object("external-secrets.io/v1alpha1", "PushSecret", "out", {
    refreshInterval: "10m",
    secretStoreRefs: [secretStoreRef],
    selector: { secret: { name: "made" } },
  });
  const [external] = read(push).externalSecrets;
  assert.deepEqual(
    [external?.direction, external?.targets, external?.makes, external?.store, external?.refreshSeconds],
    ["out", ["made"], false, "ClusterSecretStore/prod", 600],
  );
  // It keeps nothing up.
  const manifests = read(push, object("v1", "Secret", "made", {}));
  assert.equal(manifests.secrets.some(storeFollowers(manifests.externalSecrets)), false);
});

test("whatever stands in a store or a status, reading ends", () => {
  const value: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom(null, true, 1, "x", "2026-01-01T00:00:00Z"),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(
        fc.constantFrom(
          "provider",
          "name",
          "key",
          "secretRef",
          "conditions",
          "type",
          "status",
          "refreshTime",
          "__proto__",
        ),
        tie("value"),
        { maxKeys: 4 },
      ),
    ),
  })).value;
  fc.assert(
    fc.property(fc.constantFrom("SecretStore", "ExternalSecret", "PushSecret"), value, value, (kind, spec, status) => {
      const text = JSON.stringify({ apiVersion: ESO, kind, metadata: { name: "a" }, spec, status });
      const { secretStores, externalSecrets } = readManifests([{ path: "a.yaml", text }]);
      assert.equal(secretStores.length + externalSecrets.length, 1);
    }),
  );
});
