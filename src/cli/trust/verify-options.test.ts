import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../../core/problem.ts";
import { rulesOfOptions, type SignerOptions } from "./verify-options.ts";

const none: SignerOptions = {
  key: [],
  identity: [],
  subject: [],
  ca: [],
  tsaCa: [],
  root: [],
  attestation: [],
  recursive: false,
};
const issuer = "https://token.actions.githubusercontent.com";
const refusal = (options: Partial<SignerOptions>): string => {
  try {
    rulesOfOptions({ ...none, ...options });
  } catch (error) {
    if (error instanceof Problem) return error.line();
    throw error;
  }
  throw new Error("it was taken");
};

test("all that are named must have signed, or as many as are asked for", () => {
  const rules = rulesOfOptions({ ...none, key: ["a.pub", "b.pub"] });
  assert.deepEqual(rules?.images, [
    { match: "**", signedBy: { of: ["a.pub", "b.pub"], atLeast: 2 }, attestations: [], eachImage: false },
  ]);
  assert.deepEqual(rules.roots, []);
  assert.equal(rulesOfOptions({ ...none, key: ["a.pub", "b.pub"], atLeast: "1" })?.images[0]?.signedBy?.atLeast, 1);
  assert.match(refusal({ key: ["a.pub"], atLeast: "2" }), /--at-least 2: not a number from 1 to 1/);
  assert.match(refusal({ key: ["a.pub"], atLeast: "0" }), /not a number/);
  assert.match(refusal({ key: ["a.pub", "a.pub"] }), /named twice/);
});

test("an identity is nothing without its issuer, and Sigstore's root vouches for it where no other is named", () => {
  const rules = rulesOfOptions({ ...none, identity: ["ada@example.com"], issuer });
  assert.deepEqual(rules?.signers, { "ada@example.com": { kind: "identity", identity: "ada@example.com", issuer } });
  assert.deepEqual(rules?.roots, [{ kind: "public-good" }]);
  const own = rulesOfOptions({ ...none, identity: ["ada@example.com"], issuer, ca: ["ca.pem"], tsaCa: ["tsa.pem"] });
  assert.deepEqual(own?.roots, [
    { kind: "ca", file: "ca.pem", purpose: "signing" },
    { kind: "ca", file: "tsa.pem", purpose: "timestamping" },
  ]);
  assert.match(refusal({ identity: ["ada@example.com"] }), /--identity: no issuer given/);
  assert.match(refusal({ issuer, key: ["a.pub"] }), /--issuer: no identity given/);
});

test("an authority or a root alone would trust anybody", () => {
  assert.match(refusal({ ca: ["ca.pem"] }), /--ca: it names nobody who must have signed/);
  assert.match(refusal({ root: ["public-good"] }), /--root: it names nobody/);
  assert.match(refusal({ issuer }), /--issuer: it names nobody/);
  assert.match(refusal({ attestation: ["slsa"] }), /--attestation: no signer is named/);
  assert.match(refusal({ subject: ["CN=x"] }), /--subject: it requires one --ca/);
  assert.equal(rulesOfOptions(none), undefined);
});

test("attestations are asked for by the same signers, instead of a signature of the image", () => {
  const rules = rulesOfOptions({ ...none, key: ["a.pub"], attestation: ["sbom"], recursive: true });
  assert.deepEqual(rules?.images, [
    { match: "**", attestations: [{ type: "sbom", signedBy: ["a.pub"] }], eachImage: true },
  ]);
});
