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
import { inProcess } from "../in-process.ts";
import { createAuthority, type LeafContent } from "./certificates.ts";
import { type Cosign, cosignIn, withoutCosign } from "./cosign.ts";
import { startRegistry, type TestRegistry, tagOf } from "./registry.ts";

const identity = "https://github.com/shop/api/.github/workflows/release.yml@refs/tags/v1";
const issuer = "https://token.actions.githubusercontent.com";

const uri = (text: string): LeafContent => ({ identities: [{ kind: "uri", text }], issuer });
const issuedBy = (other: string | undefined): LeafContent => ({
  identities: [{ kind: "uri", text: identity }],
  ...(other === undefined ? {} : { issuer: other }),
});

interface NearMiss {
  readonly content: LeafContent;
  readonly code: "trust.signer" | "trust.certificate";
  readonly reason: string;
}

const another = (text: string): NearMiss => ({
  content: uri(text),
  code: "trust.signer",
  reason: `identity differs: ${text}, not ${identity}`,
});

const anotherRef = (ref: string): NearMiss => ({
  content: uri(identity.replace("refs/tags/v1", ref)),
  code: "trust.signer",
  reason: `ref differs: ${ref}, not refs/tags/v1`,
});

const anotherIssuer = (text: string): NearMiss => ({
  content: issuedBy(text),
  code: "trust.signer",
  reason: `issuer differs: ${text}, not ${issuer}`,
});

const unprintable = (text: string): NearMiss => ({
  content: uri(text),
  code: "trust.certificate",
  reason: "the certificate has a name that is not printable text",
});

/** What of the name is another → the certificate, and why it is refused. */
const nearMisses: Readonly<Record<string, NearMiss>> = {
  "cut at the end": anotherRef("refs/tags/v"),
  "cut at the start": another(identity.slice(1)),
  "longer at the end": anotherRef("refs/tags/v1.1"),
  "longer at the start": another(`x${identity}`),
  "a host in front": another(`https://evil.example/${identity}`),
  "a user in front of another host": another(identity.replace("github.com", "github.com@evil.example")),
  "another port": another(identity.replace("github.com", "github.com:8443")),
  "plain http": another(identity.replace("https:", "http:")),
  "a host in upper case": another(identity.replace("github.com", "GitHub.com")),
  "an owner in upper case": another(identity.replace("/shop/", "/Shop/")),
  "a letter of another alphabet": unprintable(identity.replace("/shop/", "/sh\u043ep/")),
  "a full-width letter": unprintable(identity.replace("/shop/", "/\uff53hop/")),
  "a letter percent-encoded": another(identity.replace("/shop/", "/%73hop/")),
  "a line break at the end": unprintable(`${identity}\n`),
  "a blank at the end": anotherRef("refs/tags/v1 "),
  "a null byte and more at the end": unprintable(`${identity}\u0000.evil.example`),
  "a slash at the end": anotherRef("refs/tags/v1/"),
  "dot segments": another(identity.replace("/shop/api/", "/evil/x/../../shop/api/")),
  "another workflow": another(identity.replace("release.yml", "release.yaml")),
  "a branch of the tag's name": anotherRef("refs/heads/v1"),
  "two identities": {
    content: { identities: [identity, "https://evil.example/"].map((text) => ({ kind: "uri", text })), issuer },
    code: "trust.certificate",
    reason: "the certificate has 2 subject alternative names",
  },
  "in the subject's common name alone": {
    content: { identities: [], issuer, commonName: identity },
    code: "trust.certificate",
    reason: `the certificate CN=${identity} names no address, URI or user as its subject`,
  },
  "an issuer with a slash at the end": anotherIssuer(`${issuer}/`),
  "an issuer cut at the end": anotherIssuer(issuer.slice(0, -1)),
  "an issuer longer at the end": anotherIssuer(`${issuer}.evil.example`),
  "an issuer in upper case": anotherIssuer(issuer.replace("token", "Token")),
  "an issuer with a line break": anotherIssuer(`${issuer}\n`),
  "an issuer with a letter of another alphabet": anotherIssuer(issuer.replace("token", "t\u043eken")),
  "an issuer by plain http": anotherIssuer(issuer.replace("https:", "http:")),
  "the issuer in the old extension, and another in the new": {
    content: { ...issuedBy("https://evil.example"), oldIssuer: issuer },
    code: "trust.certificate",
    reason: "the certificate names two issuers of identity tokens",
  },
  "no issuer": {
    content: issuedBy(undefined),
    code: "trust.certificate",
    reason: "the certificate names neither an identity's issuer nor a subject",
  },
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
    // Whoever writes to a registry needs no program that would refuse to attach them.
    const payload = payloadOf(digest);
    const blob = await registry.putBlob("shop/api", payload);
    const layers = Object.values(nearMisses).map(({ content }) => layerOf(payload, blob, content));
    const config = {
      mediaType: "application/vnd.oci.image.config.v1+json",
      digest: await registry.putBlob("shop/api", Buffer.from("{}")),
      size: 2,
    };
    const mediaType = "application/vnd.oci.image.manifest.v1+json";
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, config, layers }));
    await registry.putManifest("shop/api", tagOf(digest, "sig"), { mediaType, bytes });
  });
  after(async () => {
    await registry?.stop();
    rmSync(folder, { recursive: true });
  });

  const payloadOf = (digest: string) =>
    Buffer.from(
      JSON.stringify({
        critical: {
          identity: { "docker-reference": `${registry.host}/shop/api` },
          image: { "docker-manifest-digest": digest },
          type: "cosign container image signature",
        },
        optional: null,
      }),
    );

  function layerOf(payload: Buffer, digest: string, content: LeafContent) {
    const { certificate, key } = authority.issue(content);
    return {
      mediaType: "application/vnd.dev.cosign.simplesigning.v1+json",
      digest,
      size: payload.length,
      annotations: {
        "dev.cosignproject.cosign/signature": sign("sha256", payload, key).toString("base64"),
        "dev.sigstore.cosign/certificate": certificate,
        "dev.sigstore.cosign/chain": authority.certificate,
      },
    };
  }

  const verify = async (reference: string, ...more: readonly string[]) => {
    const named = ["--identity", identity, "--issuer", issuer, "--ca", "ca.pem"];
    return await inProcess(["verify", reference, ...named, ...more], { cwd: folder, home: folder });
  };

  it("is refused, each for its own reason", async () => {
    const { code, stdout, stderr } = await verify(reference, "--format", "json");
    assert.equal(code, 1, stderr);
    const { verdict, tried } = JSON.parse(stdout);
    assert.equal(verdict, "not trusted");
    const told = tried.map(({ code: why, reasons }: { code: string; reasons: string[] }) => [why, ...reasons]);
    assert.deepEqual(
      Object.keys(nearMisses).map((name, nth) => [name, ...(told[nth] ?? [])]),
      Object.entries(nearMisses).map(([name, { code: why, reason }]) => [name, why, reason]),
    );
    assert.equal(tried.length, Object.keys(nearMisses).length);
  });

  it("and one that is signed by the right one is trusted, by us and by cosign", async () => {
    const digest = await registry.image("shop/api:2", "signed by the right one");
    const right = `${registry.host}/shop/api@${digest}`;
    const { certificate, key } = authority.issue({ ...uri(identity), oldIssuer: issuer });
    const payload = (await cosign.run(["generate", "--allow-http-registry", right])).trimEnd();
    writeFileSync(join(folder, "payload"), payload);
    writeFileSync(join(folder, "signature"), sign("sha256", Buffer.from(payload), key).toString("base64"));
    writeFileSync(join(folder, "leaf.pem"), certificate);
    const files = ["--payload", "payload", "--signature", "signature", "--certificate", "leaf.pem"];
    const chain = ["--certificate-chain", "ca.pem"];
    await cosign.run(["attach", "signature", "--allow-http-registry", ...files, ...chain, right]);
    const { code, stdout } = await verify(right);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^✓ trusted: /);
    const known = ["--certificate-identity", identity, "--certificate-oidc-issuer", issuer, "--ca-roots", "ca.pem"];
    const unlogged = ["--insecure-ignore-sct", "--insecure-ignore-tlog", "--allow-http-registry"];
    assert.match(await cosign.run(["verify", ...known, ...unlogged, right]), /release\.yml@refs\/tags\/v1/);
  });
});
