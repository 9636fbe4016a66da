/**
 * Suite `sigstore`: the bundles of Sigstore's own conformance tests, whose names say which must be refused. A bundle that
 * counts must do so for exactly the identity or key that made it; a refused one must be so at the step and with the reason
 * that `sigstore/refusals.json` names, so that refusing everything would not pass.
 *
 * `--data DIR` takes the folder of public data with the archive, or a checkout of sigstore-conformance with
 * `trusted_root.json` in it, the root of the public instance.
 */
import assert from "node:assert/strict";
import { createHash, createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readClock } from "../src/core/clock.ts";
import type { Digest } from "../src/core/digest.ts";
import type { TrustedKey } from "../src/engines/trust/model.ts";
import { type Artifact, type Verdict, verifyBundle } from "../src/engines/trust/verify.ts";
import { type Asset, assetsOf } from "./sigstore/assets.ts";
import type { Suite } from "./suite.ts";

/** Who signs the bundles of the tests. */
const IDENTITY =
  "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";
const ISSUER = "https://token.actions.githubusercontent.com";

interface Expected {
  readonly step: string;
  /** Its beginning. */
  readonly reason: string;
}

const REFUSALS = JSON.parse(readFileSync(join(import.meta.dirname, "sigstore", "refusals.json"), "utf8")) as Readonly<
  Record<string, Expected>
>;

export const sigstore: Suite = {
  about: "Sigstore's conformance bundles: each verified for its signer, or refused for the reason that its name gives",
  needs: [],
  async *cases({ data }) {
    for (const asset of assetsOf(data)) {
      const { name, bundle, artifact, root, key } = asset;
      yield {
        name,
        run() {
          const keys = key === undefined ? [] : [trustedKey(key)];
          const material = { roots: [root], authorities: [], keys };
          const verdict = verifyBundle(bundle, artifactOf(artifact), material, readClock());
          if (name.endsWith("_fail")) expectRefusal(name, verdict);
          else expectSigner(verdict, asset);
        },
      };
    }
  },
};

function expectRefusal(name: string, verdict: Verdict): void {
  assert.equal(verdict.outcome, "refused", "it is verified, and must not be");
  const { reason } = verdict.refusal;
  const last = verdict.steps.at(-1);
  assert.ok(last?.outcome === "fails" && last.detail === reason, "the last step told is not the one that fails");
  const expected = Object.hasOwn(REFUSALS, name) ? REFUSALS[name] : undefined;
  const actual = { step: last.step, reason };
  assert.ok(expected !== undefined, `conformance/sigstore/refusals.json lacks ${JSON.stringify({ [name]: actual })}`);
  assert.deepEqual({ ...actual, reason: reason.slice(0, expected.reason.length) }, expected, reason);
}

function expectSigner(verdict: Verdict, { key, identity = IDENTITY, issuer = ISSUER }: Asset): void {
  assert.equal(verdict.outcome, "verified", verdict.outcome === "refused" ? verdict.refusal.reason : "");
  const [signer, ...more] = verdict.signers;
  assert.equal(more.length, 0);
  if (key !== undefined) {
    assert.equal(signer.kind === "key" && signer.fingerprint, trustedKey(key).fingerprint);
    return;
  }
  assert.ok(signer.kind === "identity");
  assert.deepEqual({ identity: signer.identity, issuer: signer.issuer }, { identity, issuer });
  assert.ok(verdict.times.length > 0, "nobody vouches for its time");
}

export function artifactOf(bytes: Buffer): Artifact {
  return { digest: digestOf(bytes), bytes };
}

/** A key that is none is a trusted key all the same: it must not verify anything. */
function trustedKey(pem: string): TrustedKey {
  const spki = spkiOf(pem);
  return { name: "key.pub", spki, fingerprint: digestOf(spki) };
}

function spkiOf(pem: string): Buffer {
  try {
    return createPublicKey(pem).export({ type: "spki", format: "der" });
  } catch {
    return Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ""), "base64");
  }
}

function digestOf(bytes: Uint8Array): Digest {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}` as Digest;
}
