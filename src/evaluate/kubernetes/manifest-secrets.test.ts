import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { defaultPolicy } from "../../collect/policy/default.ts";
import { formatLocation } from "../../core/location.ts";
import type { Policy } from "../../core/policy.ts";
import { manifestReader, readManifests } from "../../engines/kubernetes/manifests.ts";
import type { Manifests } from "../../engines/kubernetes/model.ts";
import { createFingerprinter } from "../../engines/secrets/fingerprint.ts";
import { sampleCode, sampleRules } from "../../engines/secrets/sample-rules.fixture.ts";
import { createSecretScanner } from "../../engines/secrets/scan.ts";
import { evaluateManifestSecrets, findManifestSecrets } from "./manifest-secrets.ts";

const scanner = createSecretScanner({ rules: sampleRules, fingerprint: createFingerprinter() });
const now = new Date("2026-01-02T00:00:00Z");

function judged(manifests: Manifests, policy: Policy = defaultPolicy) {
  const [evaluation] = evaluateManifestSecrets(manifests, scanner, { policy, now, scope: "tree" });
  assert.ok(evaluation !== undefined);
  return evaluation;
}

function read(...objects: (object | string)[]): Manifests {
  const text = objects.map((one) => (typeof one === "string" ? one : JSON.stringify(one))).join("\n---\n");
  return readManifests([{ path: "k8s/shop.yaml", text }]);
}

function shown(manifests: Manifests): string[] {
  return judged(manifests).findings.map(
    ({ severity, evidence, locations }) =>
      `${severity} ${evidence.object} ${evidence.field ?? evidence.keys} at ${formatLocation(locations[0])}`,
  );
}

const secret = (values: object, more: object = {}) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "db" },
  ...more,
  ...values,
});
const packed = (text: string) => Buffer.from(text).toString("base64");
/** No word that everybody tries first, and no placeholder. */
const password = ["tr0mb", "one-", "kettle"].join("");

test("a secret is found in every value that a manifest has, with its field and line", () => {
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "web", annotations: { note: sampleCode } },
    spec: {
      containers: [
        {
          name: "a",
          env: [{ name: "CODE", value: sampleCode }],
          args: ["--code", sampleCode],
          livenessProbe: {
            httpGet: { port: 1, httpHeaders: [{ name: "Authorization", value: `Bearer ${sampleCode}` }] },
          },
        },
      ],
      initContainers: [{ name: "b", command: ["sh", "-c", `echo ${sampleCode}`] }],
    },
  };
  const [finding, ...more] = judged(read(pod)).findings;
  assert.equal(more.length, 0);
  assert.equal(finding?.evidence.places, "5");
  assert.deepEqual(
    shown(
      read(`kind: ConfigMap\napiVersion: v1\nmetadata: {name: c}\ndata:\n  a: x\n  b: |\n    one\n    ${sampleCode}\n`),
    ),
    ["high ConfigMap c data.b at k8s/shop.yaml:6:3"],
  );
});

test("the values of a Secret are looked through, decoded, and never shown", () => {
  const manifests = read(secret({ data: { a: packed(sampleCode) }, stringData: { password } }));
  assert.deepEqual(shown(manifests), [
    "high Secret db data.a at k8s/shop.yaml:1:69",
    "high Secret db password at k8s/shop.yaml:1:131",
  ]);
  const text = JSON.stringify(judged(manifests));
  for (const value of [sampleCode, packed(sampleCode), password]) assert.ok(!text.includes(value));
});

test("what is encrypted, filled in later, a placeholder or no secret is fine", () => {
  for (const values of [
    { stringData: { password: "ENC[AES256_GCM,data:AbCd,type:str]" } },
    { data: { password: "ENC[AES256_GCM,data:AbCd,iv:e,tag:t,type:str]" }, sops: { version: "3.9.0" } },
    { stringData: { password: "<path:secret/data/shop#password>" } },
    { stringData: { password: "vault:secret/data/shop#password" } },
    { stringData: { password: "ref+awssecrets://shop/password" } },
    { stringData: { password: "$DB_PASSWORD" } },
    { stringData: { password: "REDACTED" } },
    { stringData: { "values.yaml": "$ANSIBLE_VAULT;1.1;AES256\n61626364\n" } },
    { data: { ".dockerconfigjson": packed('{"auths": {}}') } },
    { data: { "tls.crt": packed("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n") } },
    { stringData: { deploy_key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI shop" } },
    { stringData: { password: "{{ .Values.password }}" } },
    { stringData: { password: ["$", "{DB_PASSWORD}"].join("") } },
    { stringData: { password: "<your password>" } },
    { stringData: { password: "CHANGE-ME-please" } },
    { stringData: { password: "" } },
    { data: { "ca.crt": packed("certificate") } },
    { data: null },
    { data: { password: 5 } },
  ]) {
    assert.deepEqual(shown(read(secret(values))), [], JSON.stringify(values));
  }
  const sealed = { apiVersion: "bitnami.com/v1alpha1", kind: "SealedSecret", spec: { encryptedData: { password } } };
  assert.deepEqual(shown(read({ ...sealed, metadata: { name: "s" } })), []);
});

test("any value of a Secret is a finding, by what it is", () => {
  const rated = (values: object) =>
    judged(read(secret(values))).findings.map(({ severity, evidence }) => `${severity} ${evidence.keys}`);
  const word = ["acme", "license", "forty"].join(" ");
  for (const values of [
    { stringData: { license: word } },
    { data: { license: packed(word) } },
    { data: { password: "in clear, not in base64!" } },
    { stringData: { note: "a sentence that somebody wished to hide" } },
    { data: { "keystore.jks": Buffer.from([0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2]).toString("base64") } },
    { stringData: { "client.pem": "one\n\u0001\u0002two" } },
    // What SOPS has not encrypted is there, whatever else it has.
    { data: { license: packed(word) }, sops: { version: "3.9.0" } },
    { stringData: { license: word }, sops: {} },
  ]) {
    const [key] = Object.keys(Object.values(values)[0] as object);
    assert.deepEqual(rated(values), [`high ${key}`], JSON.stringify(values));
  }
  assert.deepEqual(rated({ stringData: { "app.yaml": "mode: fast" } }), ["medium app.yaml"]);
  assert.deepEqual(rated({ stringData: { startup: "one line\nanother {{ .Line }}\n" } }), ["medium startup"]);
  for (const [key, value] of Object.entries({
    username: "shop-writer",
    dbHost: "orders-db.internal",
    "client-id": "f00-41",
    enabled: "true",
    endpoint: "https://vault.internal:8200/v1",
    user: "admin",
    pin: "ab",
  })) {
    assert.deepEqual(rated({ stringData: { [key]: value } }), [`low ${key}`], key);
  }
  assert.deepEqual(rated({ stringData: { username: "shop-writer", password, license: word, "a.conf": "b" } }), [
    "high password, license",
    "medium a.conf",
    "low username",
  ]);
  const of = (path: string) => readManifests([{ path, text: JSON.stringify(secret({ stringData: { password } })) }]);
  assert.equal(judged(of("test/secret.json")).findings[0]?.severity, "low");
  assert.equal(judged(of("k8s/secret.json")).findings[0]?.severity, "high");
});

test("what an ExternalSecret names is fine; a Secret that is written with values is not, whoever else fills it", () => {
  const external = {
    apiVersion: "external-secrets.io/v1",
    kind: "ExternalSecret",
    metadata: { name: "db" },
    spec: { data: [{ secretKey: "password", remoteRef: { key: "shop/database-password", property: "password" } }] },
  };
  assert.deepEqual(shown(read(external)), []);
  assert.equal(judged(read(external)).evidence.secretsFromOutside, "1 ExternalSecret");
  assert.deepEqual(shown(read(external, secret({ stringData: { password: "<filled by it>" } }))), []);
  assert.equal(shown(read(external, secret({ stringData: { password } }))).length, 1);
});

test("a password in clear is rated by where it is, and by whether everybody tries it", () => {
  const settings = (value: string) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "c" },
    data: { DB_PASSWORD: value },
  });
  const rated = (object: object) => judged(read(object)).findings.map(({ severity }) => severity);
  assert.deepEqual(rated(settings(password)), ["medium"]);
  assert.deepEqual(rated(settings("changeme")), ["low"]);
  assert.deepEqual(rated(secret({ stringData: { password: "changeme" } })), ["low"]);
  assert.deepEqual(rated(settings("/run/secrets/password")), []);
  assert.deepEqual(rated(settings("true")), []);
  const compose = {
    "compose.yaml": `services:\n  db:\n    image: a\n    environment:\n      - POSTGRES_PASSWORD=${password}\n`,
  };
  const files = Object.entries(compose).map(([path, text]) => ({ path, text }));
  assert.match(
    shown(readManifests(files)).join(),
    /^medium ComposeService db POSTGRES_PASSWORD at compose\.yaml:\d:\d$/,
  );
  assert.equal(judged(readManifests(files)).findings[0]?.subject, "values of Service db: POSTGRES_PASSWORD");
});

test("of a cluster Secrets are what they should be, and a ConfigMap's values are looked at", () => {
  const reader = manifestReader();
  const source = { kind: "cluster", cluster: "c" } as const;
  reader.object(secret({ data: { password: packed(password), a: packed(sampleCode) } }), source);
  reader.object(
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c", namespace: "n" }, data: { a: sampleCode } },
    source,
  );
  assert.deepEqual(shown(reader.manifests()), ["high ConfigMap n/c data.a at ConfigMap n/c: data.a"]);
});

test("a comment beside a value allows it, and not under a trusted policy", () => {
  const text = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  a: ${sampleCode} # bulkhead:allow sample-code it opens nothing\n`;
  assert.deepEqual([judged(read(text)).verdict, judged(read(text)).excepted.length], ["pass", 1]);
  const trusted: Policy = { ...defaultPolicy, origin: { kind: "trusted", name: "policy.yaml", loosened: [] } };
  assert.equal(judged(read(text), trusted).verdict, "fail");
});

test("what was not read makes it unknown, and nothing read is nothing judged", () => {
  assert.equal(judged(read(secret({}), "a: [")).verdict, "unknown");
  assert.deepEqual(evaluateManifestSecrets(readManifests([]), scanner, { policy: defaultPolicy, now, scope: "x" }), []);
});

test("objects of any shape are looked through without a crash", () => {
  const kind = fc.constantFrom("Secret", "ConfigMap", "Pod", "Deployment");
  const values = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }));
  fc.assert(
    fc.property(kind, values, values, values, (of, data, stringData, annotations) => {
      const spec = { containers: [data], template: { spec: { containers: [stringData] } } };
      const manifests = read({
        apiVersion: "v1",
        kind: of,
        metadata: { name: "x", annotations },
        data,
        stringData,
        spec,
      });
      const { found } = findManifestSecrets(manifests, scanner);
      assert.equal(found.places.size, found.secrets.length);
    }),
  );
});
