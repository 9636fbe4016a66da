/** Envelopes that notation-core-go signs: verified as they are, and refused for its own reason in each way of altering them. */
import assert from "node:assert/strict";
import type { TrustMaterial } from "../../src/engines/trust/model.ts";
import { PAYLOAD_TYPE } from "../../src/engines/trust/notation/envelope.ts";
import {
  type Format,
  formats,
  foundEnvelope,
  SUBJECT,
  timestampRoot,
} from "../../src/engines/trust/notation/made-envelopes.fixture.ts";
import { outcome } from "../../src/engines/trust/notation/outcome.fixture.ts";
import { verifyNotation } from "../../src/engines/trust/notation/verify.ts";
import {
  authorityExtensions,
  ecKeys,
  type Made,
  madeCertificate,
  rsaKeys,
} from "../../src/engines/trust/x509/made-certificates.fixture.ts";
import { type CoreGoSignRequest, signedByCoreGo } from "../../test/trust/notation/core-go.ts";
import type { Case } from "../suite.ts";
import { tamperings } from "./tamperings.ts";

const NOW = new Date("2026-06-01T12:00:00Z");
const SIGNED_AT = new Date("2026-05-01T10:00:00Z");

const root = madeCertificate({ subject: "CN=root,O=Shop", keys: rsaKeys(2048) });
const intermediate = madeCertificate({
  subject: "CN=images,O=Shop",
  keys: ecKeys("P-384"),
  issuer: root,
  extensions: authorityExtensions,
});

const trusted = (purpose: "signing" | "signing-authority"): TrustMaterial => ({
  roots: [],
  keys: [],
  authorities: [
    { name: "shop", purpose, certificates: [root.der] },
    { name: "clock", purpose: "timestamping", certificates: [timestampRoot.der] },
  ],
});

const target = { mediaType: "application/vnd.oci.image.manifest.v1+json", digest: SUBJECT, size: 481 };

function signRequest(
  format: Format,
  chain: readonly Made[],
  changes: Partial<CoreGoSignRequest> = {},
): CoreGoSignRequest {
  return {
    do: "sign",
    format,
    key: chain[0]?.keys.privateKey.export({ type: "pkcs8", format: "der" }) as Buffer,
    chain: chain.map(({ der }) => der),
    payload: Buffer.from(JSON.stringify({ targetArtifact: target })),
    contentType: PAYLOAD_TYPE,
    scheme: "notary.x509",
    time: SIGNED_AT,
    ...changes,
  };
}

export async function* signedCases(): AsyncIterable<Case> {
  yield* await wholeCases();
  yield* await tamperedCases();
}

async function wholeCases(): Promise<readonly Case[]> {
  const keys = {
    "P-256": ecKeys("P-256"),
    "P-384": ecKeys("P-384"),
    "P-521": ecKeys("P-521"),
    "RSA 2048": rsaKeys(2048),
    "RSA 3072": rsaKeys(3072),
    "RSA 4096": rsaKeys(4096),
  };
  const wishes = formats.flatMap((format) =>
    Object.entries(keys).flatMap(([kind, pair]) =>
      (["notary.x509", "notary.x509.signingAuthority"] as const).flatMap((scheme) =>
        [[root], [intermediate, root]].map((issuers) => {
          const leaf = madeCertificate({ subject: "CN=release,O=Shop", keys: pair, issuer: issuers[0] as Made });
          const expiry = issuers.length > 1 ? { expiry: new Date("2026-12-01T00:00:00Z") } : {};
          const name = `${format}, ${kind}, ${scheme}, chain of ${issuers.length + 1}`;
          return { name, format, scheme, request: signRequest(format, [leaf, ...issuers], { scheme, ...expiry }) };
        }),
      ),
    ),
  );
  const envelopes = await signedByCoreGo(wishes.map(({ request }) => request));
  return wishes.map(({ name, format, scheme }, index) => ({
    name: `signed by notation-core-go: ${name}`,
    run() {
      const isAuthority = scheme === "notary.x509.signingAuthority";
      const material = trusted(isAuthority ? "signing-authority" : "signing");
      const signature = verifyNotation(foundEnvelope(format, envelopes[index] as Buffer), material, NOW);
      assert.equal(outcome(signature), "verified");
      assert.ok(signature.outcome === "verified");
      assert.equal(signature.times.length, isAuthority ? 1 : 0);
      // The same under the other scheme's trust: each has its own.
      const other = trusted(isAuthority ? "signing" : "signing-authority");
      const refused = outcome(verifyNotation(foundEnvelope(format, envelopes[index] as Buffer), other, NOW));
      assert.match(refused, /^signer: trust.unknown-root: /);
    },
  }));
}

async function tamperedCases(): Promise<readonly Case[]> {
  const leaf = madeCertificate({ subject: "CN=release,O=Shop", keys: ecKeys(), issuer: intermediate });
  const chain = [leaf, intermediate, root];
  const cases: Case[] = [];
  for (const format of formats) {
    const expiry = new Date("2026-12-01T00:00:00Z");
    const [whole, ...own] = await signedByCoreGo([
      signRequest(format, chain, { expiry }),
      ...tamperings.map(({ signed }) => signRequest(format, chain, { expiry, ...signed?.() })),
    ]);
    const seen = new Set<string>();
    for (const [index, { name, alter, reason, sharesReason, now = NOW }] of tamperings.entries()) {
      cases.push({
        name: `${format}: ${name}`,
        run() {
          const original = verifyNotation(foundEnvelope(format, whole as Buffer), trusted("signing"), NOW);
          assert.equal(outcome(original), "verified");
          const altered = alter(format, own[index] as Buffer, chain);
          const said = outcome(verifyNotation(foundEnvelope(format, altered), trusted("signing"), now));
          assert.match(said, reason);
          assert.ok(sharesReason || !seen.has(said), `refused for the same reason as another: ${said}`);
          seen.add(said);
        },
      });
    }
  }
  return cases;
}
