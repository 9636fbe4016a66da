/**
 * Identities that are nearly the one that a policy names. Every certificate is issued by the trusted authority, and every
 * signature holds: only the name is another.
 */
import assert from "node:assert/strict";
import { sign } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { bulkhead } from "../bulkhead.ts";
import { createAuthority, type LeafContent } from "./certificates.ts";
import { type Cosign, cosignIn, withoutCosign } from "./cosign.ts";
import { startRegistry, type TestRegistry } from "./registry.ts";

const identity = "https://github.com/shop/api/.github/workflows/release.yml@refs/tags/v1";
const issuer = "https://token.actions.githubusercontent.com";

const uri = (text: string): LeafContent => ({ identities: [{ kind: "uri", text }], issuer });
const issuedBy = (other: string | undefined): LeafContent => ({
  identities: [{ kind: "uri", text: identity }],
  ...(other === undefined ? {} : { issuer: other }),
});

/** What of it is another → the certificate. */
const nearMisses: Readonly<Record<string, LeafContent>> = {
  "cut at the end": uri(identity.slice(0, -1)),
  "cut at the start": uri(identity.slice(1)),
  "longer at the end": uri(`${identity}.1`),
  "longer at the start": uri(`x${identity}`),
  "a host in front": uri(`https://evil.example/${identity}`),
  "a user in front of another host": uri(identity.replace("github.com", "github.com@evil.example")),
  "another port": uri(identity.replace("github.com", "github.com:8443")),
  "plain http": uri(identity.replace("https:", "http:")),
  "a host in upper case": uri(identity.replace("github.com", "GitHub.com")),
  "an owner in upper case": uri(identity.replace("/shop/", "/Shop/")),
  "a letter of another alphabet": uri(identity.replace("/shop/", "/sh\u043ep/")),
  "a full-width letter": uri(identity.replace("/shop/", "/\uff53hop/")),
  "a letter percent-encoded": uri(identity.replace("/shop/", "/%73hop/")),
  "a line break at the end": uri(`${identity}\n`),
  "a blank at the end": uri(`${identity} `),
  "a null byte and more at the end": uri(`${identity}\u0000.evil.example`),
  "a slash at the end": uri(`${identity}/`),
  "dot segments": uri(identity.replace("/shop/api/", "/evil/x/../../shop/api/")),
  "another workflow": uri(identity.replace("release.yml", "release.yaml")),
  "a branch of the tag's name": uri(identity.replace("refs/tags/", "refs/heads/")),
  "two identities": { identities: [identity, "https://evil.example/"].map((text) => ({ kind: "uri", text })), issuer },
  "in the subject's common name alone": { identities: [], issuer, commonName: "release.yml" },
  "an issuer with a slash at the end": issuedBy(`${issuer}/`),
  "an issuer cut at the end": issuedBy(issuer.slice(0, -1)),
  "an issuer longer at the end": issuedBy(`${issuer}.evil.example`),
  "an issuer in upper case": issuedBy(issuer.replace("token", "Token")),
  "an issuer with a line break": issuedBy(`${issuer}\n`),
  "an issuer with a letter of another alphabet": issuedBy(issuer.replace("token", "t\u043eken")),
  "an issuer by plain http": issuedBy(issuer.replace("https:", "http:")),
  "the issuer in the old extension, and another in the new": { ...issuedBy("https://evil.example"), oldIssuer: issuer },
  "no issuer": issuedBy(undefined),
};

describe("an image that is signed by nearly the right one", { skip: withoutCosign }, () => {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-near-"));
  const authority = createAuthority("shop");
  let registry: TestRegistry;
  let cosign: Cosign;
  let reference = "";

  before(async () => {
    registry = await startRegistry(folder);
    cosign = await cosignIn(folder);
    const digest = await registry.image("shop/api:1", "signed by nearly the right one");
    reference = `${registry.host}/shop/api@${digest}`;
    writeFileSync(join(folder, "ca.pem"), authority.certificate);
    writeFileSync(
      join(folder, "payload"),
      (await cosign.run(["generate", "--allow-http-registry", reference])).trimEnd(),
    );
    for (const content of Object.values(nearMisses)) await attach(content);
  });
  after(async () => {
    await registry?.stop();
    rmSync(folder, { recursive: true });
  });

  /** As `cosign attach signature` adds one that was made elsewhere. */
  async function attach(content: LeafContent): Promise<void> {
    const { certificate, key } = authority.issue(content);
    const payload = (await cosign.run(["generate", "--allow-http-registry", reference])).trimEnd();
    writeFileSync(join(folder, "signature"), sign("sha256", Buffer.from(payload), key).toString("base64"));
    writeFileSync(join(folder, "leaf.pem"), certificate);
    const files = ["--payload", "payload", "--signature", "signature", "--certificate", "leaf.pem"];
    const chain = ["--certificate-chain", "ca.pem"];
    await cosign.run(["attach", "signature", "--allow-http-registry", ...files, ...chain, reference]);
  }

  const verify = async (...more: readonly string[]) => {
    const named = ["--identity", identity, "--issuer", issuer, "--ca", "ca.pem"];
    return await bulkhead(["verify", reference, ...named, ...more], { cwd: folder, home: folder });
  };

  it("is refused, each for its own reason", async () => {
    const { code, stdout, stderr } = await verify("--format", "json");
    assert.equal(code, 1, stderr);
    const { verdict, tried } = JSON.parse(stdout);
    assert.equal(verdict, "not trusted");
    const reasons = tried.map(({ outcome, code: why, reasons: all }: Record<string, unknown>, nth: number) => [
      Object.keys(nearMisses)[nth],
      outcome,
      why,
      ...(all as string[]),
    ]);
    assert.deepEqual(reasons, []);
  });

  it("and is trusted once the right one has signed it too, by us and by cosign", async () => {
    await attach(uri(identity));
    const { code, stdout } = await verify();
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^✓ trusted: /);
    const known = ["--certificate-identity", identity, "--certificate-oidc-issuer", issuer, "--ca-roots", "ca.pem"];
    const unlogged = ["--insecure-ignore-sct", "--insecure-ignore-tlog", "--allow-http-registry"];
    assert.match(await cosign.run(["verify", ...known, ...unlogged, reference]), /release\.yml@refs\/tags\/v1/);
  });
});
