import assert from "node:assert/strict";
import { test } from "node:test";
import { credentialsFor } from "./credential-provider.ts";

const now = new Date("2026-11-28T10:00:00Z");
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const token = `${part({ alg: "RS256" })}.${part({ exp: now.getTime() / 1_000 + 3_600 })}.AA`;
const request = (more: object = {}) =>
  JSON.stringify({
    apiVersion: "credentialprovider.kubelet.k8s.io/v1",
    kind: "CredentialProviderRequest",
    image: "registry.example.com:5000/shop/api:1",
    serviceAccountToken: token,
    ...more,
  });

test("a kubelet gets the pod's token for the registry of its image, until shortly before its end", () => {
  assert.deepEqual(credentialsFor(request({ serviceAccountAnnotations: { a: "b" } }), now), {
    apiVersion: "credentialprovider.kubelet.k8s.io/v1",
    kind: "CredentialProviderResponse",
    cacheKeyType: "Registry",
    cacheDuration: "3540s",
    auth: { "registry.example.com:5000": { username: "kubernetes", password: token } },
  });
  const late = credentialsFor(request(), new Date(now.getTime() + 3_590_000)) as { cacheDuration: string };
  assert.equal(late.cacheDuration, "0s");
});

test("what is no such request is refused", () => {
  for (const [written, cause] of [
    ["{", /not JSON/],
    [request({ apiVersion: "credentialprovider.kubelet.k8s.io/v1alpha1" }), /not a CredentialProviderRequest/],
    [request({ image: undefined }), /names no image/],
    [request({ serviceAccountToken: undefined }), /no serviceAccountToken/],
    [request({ serviceAccountToken: "abc" }), /not a token/],
    [" ".repeat(300_000), /larger than/],
  ] as const) {
    assert.throws(() => credentialsFor(written, now), { code: "registry.credential-request", message: cause });
  }
});
