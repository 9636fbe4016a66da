import assert from "node:assert/strict";
import { sign } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { Problem } from "../../../core/problem.ts";
import { runs } from "../../../core/runs.fixture.ts";
import { keys, NOW, only } from "../../trust/made-signatures.fixture.ts";
import { WORKFLOW } from "../../trust/provenance/provenance.fixture.ts";
import { ecKeys } from "../../trust/x509/made-certificates.fixture.ts";
import {
  digestOf,
  NAME,
  npmKey,
  npmProvenance,
  npmPublish,
  pypiProvenance,
  SIGNED,
  trust,
  VERSION,
} from "./attestations.fixture.ts";
import { verifyNpmAttestations } from "./npm.ts";
import { isInSpan, npmKeys, type RegistryKey, readRegistryKeys } from "./npm-keys.ts";
import { verifyPypiProvenance } from "./pypi.ts";
import { verifyRegistrySignature } from "./registry-signature.ts";

const archive = Buffer.from("an archive");

function npm(attestations: readonly unknown[], material = trust, registryKeys: readonly RegistryKey[] = [npmKey]) {
  const version = { name: NAME, version: VERSION, digest: digestOf(archive) };
  const answer = Buffer.from(JSON.stringify({ attestations }));
  return verifyNpmAttestations(answer, version, { material, keys: registryKeys }, NOW, "registry.example");
}

const verified = {
  kind: "verified",
  builder: "https://github.com/shop/api/.github/workflows/release.yml",
  source: "github.com/shop/api",
  workflow: ".github/workflows/release.yml",
  signer: "https://github.com/shop/api/.github/workflows/release.yml",
};

test("npm: provenance and the registry's word about this archive hold", () => {
  assert.deepEqual(npm([npmPublish(archive), npmProvenance(archive)]), verified);
  assert.deepEqual(npm([npmProvenance(archive)]), verified);
  // The registry alone says nothing of how it was built.
  assert.deepEqual(npm([npmPublish(archive)]), { kind: "none" });
  assert.deepEqual(npm([]), { kind: "none" });
});

function reasonOf(result: ReturnType<typeof npm>): string {
  assert.equal(result.kind, "refused", JSON.stringify(result));
  return result.kind === "refused" ? result.reason : "";
}

test("npm: provenance of anything else does not", () => {
  const other = Buffer.from("another archive");
  assert.match(reasonOf(npm([npmProvenance(other)])), /the statement is about sha512:/);
  assert.match(reasonOf(npm([npmProvenance(archive, { name: "@shop/right" })])), /another package/);
  assert.match(reasonOf(npm([npmProvenance(archive, { version: "1.1.1" })])), /another package/);
  const hex = digestOf(archive).slice(7);
  const named = `pkg:npm/%40shop/left@${VERSION}`;
  const twice = [
    { name: named, digest: { sha512: hex } },
    { name: "pkg:npm/right@1", digest: { sha512: hex } },
  ];
  assert.match(reasonOf(npm([npmProvenance(archive, { subject: twice })])), /another package/);
  // sha256 of the right archive is not what npm states.
  const short = [{ name: named, digest: { sha256: digestOf(archive, "sha256").slice(7) } }];
  assert.equal(npm([npmProvenance(archive, { subject: short })]).kind, "refused");
  assert.match(reasonOf(npm([npmProvenance(archive, { predicateType: "https://example.com/else" })])), /no provenance/);
});

test("npm: whose build it was the certificate must say as well", () => {
  const claims = { 12: "https://github.com/other/api" };
  assert.match(reasonOf(npm([npmProvenance(archive, { claims })])), /repository/);
  assert.match(
    reasonOf(
      npm([
        npmProvenance(archive, { claims: { 20: "pull_request_target" }, build: { trigger: "pull_request_target" } }),
      ]),
    ),
    /which strangers may cause/,
  );
  const forged = npmProvenance(archive, { build: { builder: "https://github.com/actions/runner/self-hosted" } });
  assert.match(reasonOf(npm([forged])), /may not speak for the builder/);
  const runner = npmProvenance(archive, { build: { builder: "https://github.com/actions/runner/github-hosted" } });
  assert.equal(npm([runner]).kind, "verified");
});

test("npm: of an instance that is not trusted nothing holds, and one refusal is enough", () => {
  assert.equal(npm([npmProvenance(archive)], only({})).kind, "refused");
  assert.equal(npm([npmProvenance(archive), npmProvenance(Buffer.from("x"))]).kind, "refused");
  assert.match(reasonOf(npm([npmPublish(archive, { by: ecKeys() }), npmProvenance(archive)])), /^publish attestation/);
  assert.match(reasonOf(npm([npmPublish(archive, { name: "right" }), npmProvenance(archive)])), /another package/);
  assert.match(reasonOf(npm([npmPublish(Buffer.from("x")), npmProvenance(archive)])), /^publish attestation/);
});

test("npm: a key counts for its own time", () => {
  const until = (end: string) => [{ ...npmKey, until: end }];
  const both = [npmPublish(archive), npmProvenance(archive)];
  assert.deepEqual(npm(both, trust, until("2026-06-01T00:00:00.000Z")), verified);
  assert.match(reasonOf(npm(both, trust, until("2026-04-01T00:00:00.000Z"))), /not in use then/);
  assert.match(reasonOf(npm(both, trust, [{ ...npmKey, from: "2026-06-01T00:00:00.000Z" }])), /not in use then/);
  assert.ok(isInSpan({ ...npmKey, until: "2027-01-01T00:00:00.000Z" }, SIGNED));
  assert.ok(!isInSpan({ ...npmKey, until: "2027-01-01T00:00:00.000Z" }, undefined));
});

test("npm: whatever is answered is judged or refused with a code", () => {
  assert.throws(
    () =>
      verifyNpmAttestations(
        Buffer.from("{}"),
        { name: NAME, version: VERSION, digest: digestOf(archive) },
        { material: trust, keys: [] },
        NOW,
        "x",
      ),
    (error) => error instanceof Problem && error.code === "packages.answer",
  );
  const whole = JSON.stringify([npmPublish(archive), npmProvenance(archive)]);
  fc.assert(
    fc.property(fc.nat(whole.length), fc.nat(30), fc.string({ maxLength: 4 }), (at, gone, put) => {
      let attestations: unknown;
      try {
        attestations = JSON.parse(whole.slice(0, at) + put + whole.slice(at + gone));
      } catch {
        return;
      }
      const result = npm(Array.isArray(attestations) ? attestations : [attestations]);
      if (result.kind === "verified") assert.deepEqual(result, verified);
    }),
    runs(150),
  );
});

test("registry signatures are over name, version and hash, by a key that is known", () => {
  const version = { name: NAME, version: VERSION, integrity: "sha512-abc" };
  const signature = (text: string) => [
    { keyid: npmKey.keyid, sig: sign("sha256", Buffer.from(text), keys.privateKey).toString("base64") },
  ];
  const own = `${NAME}@${VERSION}:sha512-abc`;
  assert.deepEqual(verifyRegistrySignature(version, signature(own), [npmKey]), { state: "verified" });
  for (const text of [`${NAME}@1.1.1:sha512-abc`, `right@${VERSION}:sha512-abc`, `${NAME}@${VERSION}:sha512-abd`, ""]) {
    assert.equal(verifyRegistrySignature(version, signature(text), [npmKey])?.state, "refused", text);
  }
  assert.equal(verifyRegistrySignature(version, signature(own), npmKeys), undefined);
  const old = { ...npmKey, until: "2026-01-01T00:00:00.000Z" };
  assert.equal(
    verifyRegistrySignature({ ...version, published: "2025-01-01T00:00:00.000Z" }, signature(own), [old])?.state,
    "verified",
  );
  assert.equal(
    verifyRegistrySignature({ ...version, published: "2026-02-01T00:00:00.000Z" }, signature(own), [old])?.state,
    "refused",
  );
  const served = {
    keyid: "a",
    keytype: "ecdsa-sha2-nistp256",
    key: Buffer.from(npmKey.key.spki).toString("base64"),
    expires: null,
  };
  assert.equal(readRegistryKeys(Buffer.from(JSON.stringify({ keys: [served, { keyid: "b" }, 1] })), "x").length, 1);
});

const FILE = "left-1.1.0-py3-none-any.whl";

function pypi(answer: unknown) {
  const file = { name: FILE, digest: digestOf(archive, "sha256") };
  return verifyPypiProvenance(Buffer.from(JSON.stringify(answer)), file, trust, NOW, "pypi.example");
}

test("PyPI: an attestation of the Trusted Publisher about this file holds", () => {
  assert.deepEqual(pypi(pypiProvenance(FILE, archive)), {
    kind: "verified",
    builder: "https://token.actions.githubusercontent.com",
    source: "github.com/shop/api",
    workflow: ".github/workflows/release.yml",
    signer: WORKFLOW.slice(0, WORKFLOW.indexOf("@")),
  });
  assert.deepEqual(pypi({ attestation_bundles: [] }), { kind: "none" });
});

test("PyPI: of another file, publisher or kind it does not", () => {
  for (const [answer, reason] of [
    [pypiProvenance("right-1.1.0.tar.gz", archive), /another package/],
    [pypiProvenance(FILE, Buffer.from("x")), /the statement is about/],
    [
      pypiProvenance(FILE, archive, { publisher: { kind: "GitHub", repository: "other/api" } }),
      /by a workflow of github.com\/shop\/api/,
    ],
    [pypiProvenance(FILE, archive, { predicateType: "https://example.com/else" }), /of the type/],
    [{ attestation_bundles: [{ publisher: {}, attestations: [{ version: 2 }] }] }, /unknown form/],
    [{ attestation_bundles: [{ publisher: {}, attestations: [{ version: 1 }] }] }, /./],
  ] as const) {
    assert.match(reasonOf(pypi(answer)), reason);
  }
  assert.throws(() => pypi({}), Problem);
});
