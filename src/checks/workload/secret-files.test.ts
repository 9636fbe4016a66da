import assert from "node:assert/strict";
import { test } from "node:test";
import { detected, findingsOf, fixesOf, verdictsOf } from "./kubernetes/workload.fixture.ts";
import { longLivedTokenMounted } from "./long-lived-token-mounted.ts";
import { secretInEnvironment } from "./secret-in-environment.ts";

const pod = (spec: string) => `apiVersion: v1
kind: Pod
metadata: { name: app, namespace: shop }
spec:
${spec.replace(/^/gm, "  ")}
`;

const variables = (image: string, more = "") =>
  pod(`containers:
  - name: app
    image: ${image}
    env:
      - { name: POSTGRES_PASSWORD, valueFrom: { secretKeyRef: { name: pg, key: password } } }
      - { name: POSTGRES_USER, valueFrom: { secretKeyRef: { name: pg, key: user } } }
${more}`);

const gradesOf = (text: string) =>
  findingsOf(secretInEnvironment, text).map(({ fix }) => (fix?.kind === "patch" ? fix.grade : fix?.kind));

test("a variable of an image that takes a file becomes one; the second of a Secret waits for the volume", () => {
  assert.deepEqual(fixesOf(secretInEnvironment, variables("postgres:16")), [
    [
      ["set", "spec.containers[0].env[0].name", "POSTGRES_PASSWORD_FILE"],
      ["remove", "spec.containers[0].env[0].valueFrom"],
      ["set", "spec.containers[0].env[0].value", "/run/secrets/pg/password"],
      ["add", "spec.containers[0].volumeMounts", { name: "secret-pg", mountPath: "/run/secrets/pg", readOnly: true }],
      ["add", "spec.volumes", { name: "secret-pg", secret: { secretName: "pg" } }],
    ],
    "mount the Secret as a file and have the program read it",
  ]);
  const mounted = variables(
    "postgres:16",
    "    volumeMounts: [{ name: creds, mountPath: /creds }]\nvolumes: [{ name: creds, secret: { secretName: pg } }]",
  );
  assert.deepEqual(
    fixesOf(secretInEnvironment, mounted).map((patches) => (patches as unknown[][]).at(-1)),
    [
      ["set", "spec.containers[0].env[0].value", "/creds/password"],
      ["set", "spec.containers[0].env[1].value", "/creds/user"],
    ],
  );
});

test("of an image that is not known to, it needs knowledge; of a mirror and another variable too", () => {
  assert.deepEqual(gradesOf(variables("postgres:16")), ["likely", "instruction"]);
  assert.deepEqual(gradesOf(variables("docker.io/library/postgres@sha256:0")), ["likely", "instruction"]);
  for (const image of ["registry.example.com/library/postgres", "shop/postgres", "redis", '""']) {
    assert.deepEqual(gradesOf(variables(image)), ["needs knowledge", "instruction"], image);
  }
});

test("where a name, an optional key or a mount is in the way, nothing is proposed", () => {
  const one = (reference: string, more = "") =>
    fixesOf(
      secretInEnvironment,
      pod(`containers:
  - name: app
    image: postgres
    env: [{ name: POSTGRES_PASSWORD, valueFrom: { secretKeyRef: ${reference} } }${more}]`),
    );
  const words = ["mount the Secret as a file and have the program read it"];
  assert.deepEqual(one("{ name: pg, key: ../x }"), words);
  assert.deepEqual(one("{ name: pg, key: p, optional: true }"), words);
  assert.deepEqual(one("{ name: pg, key: p }", ", { name: POSTGRES_PASSWORD_FILE, value: /x }"), words);
});

const token = `apiVersion: v1
kind: Secret
metadata: { name: ci-token, namespace: shop, annotations: { kubernetes.io/service-account.name: ci } }
type: kubernetes.io/service-account-token
`;

const withVolume = (account: string, mount = "{ name: t, mountPath: /t }", items = "") => `${token}---
${pod(`serviceAccountName: ${account}
containers: [{ name: app, volumeMounts: [${mount}] }]
volumes: [{ name: t, secret: { secretName: ci-token${items} } }]`)}`;

test("a token that does not end becomes one that does, with the files that it had", () => {
  assert.deepEqual(detected(longLivedTokenMounted, withVolume("ci")), [
    "12:13 volume t of Secret ci-token | Volume t holds a service account token that never expires",
  ]);
  assert.deepEqual(
    fixesOf(longLivedTokenMounted, withVolume("ci", undefined, ", items: [{ key: token, path: a/b }]")),
    [
      [
        ["remove", "spec.volumes[0].secret"],
        [
          "set",
          "spec.volumes[0].projected",
          { sources: [{ serviceAccountToken: { path: "a/b", expirationSeconds: 3600 } }] },
        ],
      ],
    ],
  );
  const grade = (text: string) =>
    findingsOf(longLivedTokenMounted, text).map(({ fix }) => fix?.kind === "patch" && fix.grade);
  assert.deepEqual(grade(withVolume("ci")), ["likely"]);
  assert.deepEqual(grade(withVolume("other")), ["needs knowledge"]);
  assert.deepEqual(grade(withVolume("ci", "{ name: t, mountPath: /t, subPath: token }")), ["needs knowledge"]);
  const variable = pod(
    "containers: [{ name: app, env: [{ name: T, valueFrom: { secretKeyRef: { name: ci-token, key: token } } }] }]",
  );
  assert.deepEqual(fixesOf(longLivedTokenMounted, `${token}---\n${variable}`), [
    "mount a projected serviceAccountToken with expirationSeconds: 3600, and have the program read the file",
  ]);
  assert.deepEqual(verdictsOf(longLivedTokenMounted, variable), ["shop/Pod/app pass"]);
});
