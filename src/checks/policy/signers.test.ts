import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../../collect/policy/default.ts";
import { settingOf } from "../../collect/policy/settings.ts";
import { fileAsset } from "../../core/asset.ts";
import { present } from "../../core/evidence.ts";
import type { Policy } from "../../core/policy.ts";
import { runCheck } from "../../core/runner.ts";
import type { TrustRules } from "../../engines/trust/rules-model.ts";
import { openSigner } from "./open-signer.ts";
import { undefinedSigner } from "./undefined-signer.ts";

const now = new Date("2026-11-27T12:00:00Z");
const place = { path: "bulkhead.yaml", line: 3, column: 5 };
const issuer = "https://token.actions.githubusercontent.com";

function said(
  check: typeof openSigner | typeof undefinedSigner,
  trust: Partial<TrustRules>,
  upstreams: Policy["registry"]["upstreams"] = {},
): [string, ...string[]] {
  const registry = { ...defaultPolicy.registry, upstreams };
  const policy: Policy = { ...defaultPolicy, registry, trust: { ...defaultPolicy.trust, ...trust } };
  const { verdict, findings } = runCheck(
    check,
    { policy: present(policy, now.toISOString()) },
    { asset: fileAsset("p"), policy, now },
  );
  return [verdict, ...findings.map(({ severity, title }) => `${severity}: ${title}`)];
}

test("an identity that anybody can have is found where it stands", () => {
  const signer = (identity: string) => ({ signers: { release: { kind: "identity", identity, issuer } as const } });
  assert.deepEqual(said(openSigner, signer("https://github.com/shop/api/.github/workflows/release.yml@refs/tags/*")), [
    "pass",
  ]);
  assert.deepEqual(said(openSigner, { signers: { release: { kind: "key", file: "k.pub" } } }), ["pass"]);
  assert.deepEqual(said(openSigner, signer("https://github.com/**@refs/**")), [
    "fail",
    "high: The identity of release leaves the owner open: https://github.com/**@refs/**",
  ]);
  assert.deepEqual(said(openSigner, signer("https://github.com/shop/api/.github/workflows/*@refs/tags/*")), [
    "pass",
    "medium: The identity of release leaves the workflow open: https://github.com/shop/api/.github/workflows/*@refs/tags/*",
  ]);
});

test("names that nobody has are found, also those that only another file defines", () => {
  const images = [
    {
      match: "r.example.com/**",
      signedBy: { of: ["release"], atLeast: 1 },
      attestations: [{ type: "sbom", signedBy: ["scanner"] }],
      eachImage: false,
    },
  ];
  const key = { kind: "key", file: "k.pub" } as const;
  assert.deepEqual(said(undefinedSigner, { images, signers: { release: key, scanner: key } }), ["pass"]);
  assert.deepEqual(
    said(undefinedSigner, { images, signers: { release: key, scanner: { ...key, tightensOnly: true } } }),
    ["fail", "high: The signer scanner of the rule for r.example.com/** is not in trust.signers"],
  );
  const builders = [{ signer: "builder", ids: ["https://b.example.com"], level: 2 as const }];
  assert.deepEqual(said(undefinedSigner, { builders }), [
    "fail",
    "high: The signer builder of a builder is not in trust.signers",
  ]);
  const signedBy = { of: ["release", "nobody"], atLeast: 1 };
  const { read } = settingOf("registry.upstreams");
  const upstreams = read?.({ hub: { registry: "docker.io", signedBy } } as never, String, () => place) ?? {};
  assert.deepEqual(said(undefinedSigner, { signers: { release: key } }, upstreams), [
    "fail",
    "high: The signer nobody of the upstream hub is not in trust.signers",
  ]);
  const certificate = { kind: "certificate", subject: "CN=a", ca: "ca.pem" } as const;
  const named = { images, signers: { release: certificate, scanner: key } };
  assert.deepEqual(said(undefinedSigner, named), [
    "fail",
    "high: The authority ca.pem of the signer release is not in trust.roots",
  ]);
  const roots = [{ kind: "ca", file: "ca.pem", purpose: "signing" } as const];
  assert.deepEqual(said(undefinedSigner, { ...named, roots }), ["pass"]);
});
