import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../../collect/policy/default.ts";
import { imageLatestTag } from "./image-latest-tag.ts";
import { imageWithoutDigest } from "./image-without-digest.ts";
import { detected, findingsOf, podText, verdictsOf } from "./kubernetes/workload.fixture.ts";
import { registryNotAllowed } from "./registry-not-allowed.ts";

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

const titles = (findings: readonly string[]) => findings.map((each) => each.replace(/^\S+ /, ""));

function pod(...images: string[]): string {
  return podText({ containers: images.map((image, index) => ({ name: `c${index}`, image })) });
}

test("an image without a digest is found, with its tag or without", () => {
  assert.deepEqual(titles(detected(imageWithoutDigest, pod("nginx", "registry.example.com:5000/a/b:1"))), [
    "container c0: image docker.io/library/nginx | nginx is not pinned by digest",
    "container c1: image registry.example.com:5000/a/b | registry.example.com:5000/a/b:1 is not pinned by digest",
  ]);
  assert.deepEqual(detected(imageWithoutDigest, pod(`nginx@${digest}`, `a.example/b:1@${digest}`)), []);
  assert.deepEqual(verdictsOf(imageWithoutDigest, pod(`nginx@${digest}`)), ["Pod/web pass"]);
});

test("init containers, ephemeral ones and image volumes are looked at; what a template fills in is not", () => {
  const text = podText({
    containers: [{ name: "a", image: "{{ .Values.image }}" }],
    initContainers: [{ name: "b", image: "b:1" }],
    ephemeralContainers: [{ name: "c", image: "c:1" }, { name: "d" }],
    volumes: [{ name: "models", image: { reference: "models:1" } }],
  });
  assert.deepEqual(
    titles(detected(imageWithoutDigest, text)).map((each) => each.split(" | ")[0]),
    [
      "init container b: image docker.io/library/b",
      "ephemeral container c: image docker.io/library/c",
      "volume models: image docker.io/library/models",
    ],
  );
});

test("latest is found, stated or not, unless a digest says which", () => {
  const text = podText({
    containers: [
      { name: "a", image: "nginx", imagePullPolicy: "IfNotPresent" },
      { name: "b", image: "x/y:latest" },
      { name: "c", image: "x/y:1.2" },
      { name: "d", image: `x/y:latest@${digest}` },
      { name: "e", image: "localhost:5000/y" },
    ],
  });
  assert.deepEqual(titles(detected(imageLatestTag, text)), [
    "container a: image docker.io/library/nginx | nginx is untagged (defaults to latest)",
    "container b: image docker.io/x/y | x/y:latest is tagged latest",
    "container e: image localhost:5000/y | localhost:5000/y is untagged (defaults to latest)",
  ]);
});

test("a service that is built from a folder has no image to pull", () => {
  const files = { "compose.yaml": "services:\n  a:\n    build: .\n    image: shop\n  b:\n    image: shop\n" };
  assert.deepEqual(detected(imageLatestTag, files), [
    "compose.yaml:6:5 container b: image docker.io/library/shop | shop is untagged (defaults to latest)",
  ]);
});

test("registries that the policy does not name are found; none named allows all", () => {
  const policy = { ...defaultPolicy, registries: ["registry.example.com", "docker.io/library"] };
  const text = pod("registry.example.com/a:1", "nginx", "someone/nginx", "registry.example.com.evil.example/a");
  assert.deepEqual(titles(detected(registryNotAllowed, text, { policy })), [
    "container c2: image docker.io/someone/nginx | docker.io/someone/nginx is from a registry the policy does not allow",
    "container c3: image registry.example.com.evil.example/a | registry.example.com.evil.example/a is from a registry the policy does not allow",
  ]);
  assert.deepEqual(detected(registryNotAllowed, text), []);
});

test("what is no digest pins nothing", () => {
  const wrong = [
    "nginx:1@sha256:abc",
    "nginx@sha256:",
    "nginx@latest",
    `nginx@sha256:${"A".repeat(64)}`,
    "nginx@md5:abc",
  ];
  for (const image of wrong) {
    const [finding, ...more] = findingsOf(imageWithoutDigest, podText({ containers: [{ name: "web", image }] }));
    assert.deepEqual([finding?.severity, more.length], ["medium", 0], image);
    assert.match(finding?.title ?? "", / has an invalid digest: no container runtime pulls /);
  }
  const pinned = podText({ containers: [{ name: "web", image: `nginx@sha256:${"0".repeat(64)}` }] });
  for (const check of [imageWithoutDigest, imageLatestTag]) assert.deepEqual(findingsOf(check, pinned), []);
  const untagged = podText({ containers: [{ name: "web", image: "nginx@sha256:abc" }] });
  assert.equal(findingsOf(imageLatestTag, untagged).length, 1);
});
