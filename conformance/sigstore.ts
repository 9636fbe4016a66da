/**
 * Suite `sigstore`: the bundles of Sigstore's own conformance tests, whose names say which must be refused. A bundle that
 * counts must do so for exactly the identity or key that made it; a refused one must be so at the step and with the reason
 * that `sigstore/refusals.json` names, so that refusing everything would not pass.
 *
 * `--data DIR` takes the folder of public data with the archive, or a checkout of sigstore-conformance beside
 * `trusted_root.json`, the root of the public instance.
 */
import assert from "node:assert/strict";
import { createHash, createPublicKey } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { Digest } from "../src/core/digest.ts";
import type { SigstoreRoot, TrustedKey, TrustMaterial } from "../src/engines/trust/model.ts";
import { type Artifact, type Verdict, verifyBundle } from "../src/engines/trust/verify.ts";
import { unpackZstd } from "./images/unpack.ts";
import type { Suite } from "./suite.ts";

const FOLDER = "sigstore";
const ARCHIVE = join(FOLDER, "sigstore-conformance-assets.tar.zst");
const ROOT = "trusted_root.json";

/** Who signs the bundles of the tests, unless the files `identity` and `issuer` beside one say otherwise. */
const IDENTITY =
  "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";
const ISSUER = "https://token.actions.githubusercontent.com";

const BUNDLE = /(?:^|\/)(bundle-verify\/([^/]+))\/bundle\.sigstore\.json$/;

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
    const { files, publicGood } = filesOf(data);
    for (const path of [...files.keys()].sort()) {
      const [, , name] = BUNDLE.exec(path) ?? [];
      if (name === undefined) continue;
      const beside = (file: string) => files.get(path.replace(/bundle\.sigstore\.json$/, file));
      yield {
        name,
        run() {
          const artifact = beside("artifact") ?? files.get(path.replace(/[^/]+\/bundle\.sigstore\.json$/, "a.txt"));
          assert.ok(artifact !== undefined, "there is no artifact for it");
          const verdict = verifyBundle(
            files.get(path) ?? Buffer.alloc(0),
            artifactOf(artifact),
            material(),
            new Date(),
          );
          if (name.endsWith("_fail")) expectRefusal(name, verdict);
          else expectSigner(verdict, beside);
        },
      };
      function material(): TrustMaterial {
        const own = beside(ROOT);
        const root = own === undefined ? publicGood : { name: ROOT, document: JSON.parse(own.toString()) as object };
        const key = beside("key.pub");
        return { roots: [root], authorities: [], keys: key === undefined ? [] : [trustedKey(key.toString())] };
      }
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

function expectSigner(verdict: Verdict, beside: (file: string) => Buffer | undefined): void {
  assert.equal(verdict.outcome, "verified", verdict.outcome === "refused" ? verdict.refusal.reason : "");
  const key = beside("key.pub");
  const [signer, ...more] = verdict.signers;
  assert.equal(more.length, 0);
  if (key !== undefined) {
    assert.equal(signer.kind === "key" && signer.fingerprint, trustedKey(key.toString()).fingerprint);
    return;
  }
  assert.ok(signer.kind === "identity");
  assert.equal(signer.identity, beside("identity")?.toString().trim() ?? IDENTITY);
  assert.equal(signer.issuer, beside("issuer")?.toString().trim() ?? ISSUER);
  assert.ok(verdict.times.length > 0, "nobody vouches for its time");
}

function artifactOf(bytes: Buffer): Artifact {
  return { digest: `sha256:${sha256(bytes).toString("hex")}` as Digest, bytes };
}

/** A key that is none is a trusted key all the same: it must not verify anything. */
function trustedKey(pem: string): TrustedKey {
  const spki = spkiOf(pem);
  return { name: "key.pub", spki, fingerprint: `sha256:${sha256(spki).toString("hex")}` as Digest };
}

function spkiOf(pem: string): Buffer {
  try {
    return createPublicKey(pem).export({ type: "spki", format: "der" });
  } catch {
    return Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ""), "base64");
  }
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

function filesOf(data: string): { files: ReadonlyMap<string, Buffer>; publicGood: SigstoreRoot } {
  const archive = join(data, ARCHIVE);
  const isArchive = existsSync(archive);
  const root = join(data, isArchive ? FOLDER : ".", ROOT);
  const publicGood = { name: "public-good", document: JSON.parse(readFileSync(root, "utf8")) as object };
  return { files: isArchive ? unpackZstd(archive) : filesUnder(data), publicGood };
}

function filesUnder(folder: string): Map<string, Buffer> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    entries.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [relative(folder, path).split(sep).join("/"), readFileSync(path)];
    }),
  );
}
