import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../../collect/policy/default.ts";
import { dockerfile, detected as linted } from "../build/dockerfile/lint.fixture.ts";
import { detected, podText, verdictsOf } from "../workload/kubernetes/workload.fixture.ts";
import { publicBase } from "./public-base.ts";
import { publicRegistry } from "./public-registry.ts";
import { pullSecretMissing } from "./pull-secret-missing.ts";

const pod = (...images: string[]) =>
  podText({ containers: images.map((image, index) => ({ name: `c${index}`, image })) });

const titles = (found: readonly string[]) => found.map((each) => each.split(" | ")[1]);

test("images of public registries are found, and those of one's own are not", () => {
  const text = pod("nginx:1.27", "docker.io/library/nginx", "QUAY.io/a/b:1", "registry.example.com/shop/api:1");
  assert.deepEqual(titles(detected(publicRegistry, text)), [
    "nginx:1.27 has no registry and defaults to Docker Hub",
    "docker.io/library/nginx is pulled from Docker Hub",
    "QUAY.io/a/b:1 is pulled from Quay",
  ]);
  assert.deepEqual(detected(publicRegistry, pod("registry.example.com/shop/api:1", "localhost:5000/api")), []);
});

test("of services of a Compose file too, unless they are built", () => {
  const compose = "services:\n  web: { image: nginx }\n  own: { image: shop/own, build: . }\n";
  assert.deepEqual(detected(publicRegistry, { "compose.yaml": compose }), [
    "compose.yaml:2:10 container web: image docker.io/library/nginx | nginx has no registry and defaults to Docker Hub",
  ]);
});

test("where the policy states registries, other checks hold images against them", () => {
  const policy = { ...defaultPolicy, registries: ["registry.example.com"] };
  assert.deepEqual(verdictsOf(publicRegistry, pod("nginx"), { policy }), ["Pod/web pass"]);
});

test("bases of public registries are found, and stages are none", () => {
  const text = dockerfile`
    FROM debian:12 AS build
    COPY --from=ghcr.io/a/b:1 /a /a
    FROM build
    COPY --from=registry.example.com/shop/tools:1 /b /b
  `;
  assert.deepEqual(linted(publicBase, text), [
    "1:6 debian:12 has no registry and defaults to Docker Hub",
    "2:13 ghcr.io/a/b:1 is pulled from GitHub's registry",
  ]);
  assert.deepEqual(linted(publicBase, "FROM scratch\n"), []);
  assert.deepEqual(linted(publicBase, text, { registries: ["registry.example.com"] }), []);
});

const OWN = "registry.example.com/shop/api:1";

test("a pod that names no pull secret for a registry of one's own is found once for each registry", () => {
  const policy = {
    ...defaultPolicy,
    registries: ["registry.example.com/shop", "reg.example.org", "docker.io", "localhost:*"],
  };
  const text = pod(OWN, OWN, "nginx", "localhost:5000/a", "reg.example.org/b", "other.example.org/c");
  assert.deepEqual(titles(detected(pullSecretMissing, text, { policy })), [
    "Pod pulls from registry.example.com without a pull secret",
    "Pod pulls from reg.example.org without a pull secret",
  ]);
  assert.deepEqual(detected(pullSecretMissing, text), []);
});

test("that another workload names one for the registry tells that it wants one", () => {
  const named = JSON.stringify({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "other" },
    spec: {
      containers: [{ name: "a", image: "registry.example.com/other:1" }],
      imagePullSecrets: [{ name: "registry" }],
    },
  });
  assert.deepEqual(titles(detected(pullSecretMissing, { "manifest.yaml": pod(OWN), "other.yaml": named })), [
    "Pod pulls from registry.example.com without a pull secret",
  ]);
});

test("one that names a secret, whose account does, or whose account was not read, is not", () => {
  const policy = { ...defaultPolicy, registries: ["registry.example.com"] };
  const containers = [{ name: "a", image: OWN }];
  const named = podText({ containers, imagePullSecrets: [{ name: "registry" }] });
  const account = podText({ containers, serviceAccountName: "api" });
  assert.deepEqual(
    [detected(pullSecretMissing, named, { policy }), detected(pullSecretMissing, account, { policy })],
    [[], []],
  );
  const object = (secrets: object[]) =>
    JSON.stringify({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "api" }, imagePullSecrets: secrets });
  const beside = (secrets: object[]) => ({ "account.json": object(secrets), "manifest.yaml": account });
  assert.deepEqual(detected(pullSecretMissing, beside([{ name: "registry" }]), { policy }), []);
  assert.equal(detected(pullSecretMissing, beside([]), { policy }).length, 1);
});
