import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
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
    { numRuns: 300 },
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
