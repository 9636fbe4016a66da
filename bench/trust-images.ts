/** What it costs to know again who signed each of many images: a server's admission of pods, one registry, one signer. */
import type { TestContext } from "node:test";
import { collectTrust } from "../src/collect/trust/image-trust.ts";
import { createTrustMemory } from "../src/collect/trust/memory.ts";
import { type TestSigner, testSigner } from "../src/collect/trust/signed.fixture.ts";
import { type HeldRegistry, heldRegistry } from "../src/engines/oci/referrers/registry.fixture.ts";
import type { DecisionRules } from "../src/engines/trust/decision-model.ts";
import { annotations, mediaTypes } from "../src/engines/trust/forms.ts";
import { verifySignature } from "../src/engines/trust/verify.ts";
import { trustDecider } from "../src/evaluate/trust/decide.ts";
import { type Bench, row } from "./bench.ts";

const IMAGES = 1_000;
const ROUNDS = 7;
const PREDICATE = "https://example.com/scan";

const LIMITS = { warm: 1_000 };

export const trustImages: Bench = {
  about: "1,000 images of one signer, each with a signature and an attestation, decided again",
  needs: [],
  async run({ note }) {
    const ends: (() => unknown)[] = [];
    // A fixture of tests, which ends what it started when asked.
    const registry = await heldRegistry({ after: (end: () => unknown) => ends.push(end) } as unknown as TestContext);
    try {
      const signer = testSigner();
      const digests = Array.from({ length: IMAGES }, (_, i) => signedImage(registry, signer, i));
      // Nothing that was found grows old while it is measured.
      const memory = createTrustMemory(verifySignature, () => 0);
      // Told, so that no image is asked for by https first.
      const plain = { ...registry.options, plainHttp: true };
      const options = { material: signer.material, now: new Date(), memory, registry: plain };
      const decide = trustDecider(rulesOf(signer));
      const all = async (name: (digest: string, i: number) => string) => {
        const started = performance.now();
        let trusted = 0;
        for (const [i, digest] of digests.entries()) {
          const image = await collectTrust(`${registry.host}/shop/image-${i}${name(digest, i)}`, options);
          if (decide(image, options.now).verdict === "trusted") trusted += 1;
        }
        if (trusted !== IMAGES) throw new Error(`${trusted} images are trusted, not ${IMAGES}`);
        return performance.now() - started;
      };
      note("first look at each image");
      const first = await all((digest) => `@${digest}`);
      const byDigest: number[] = [];
      const byTag: number[] = [];
      for (let round = 0; round <= ROUNDS; round++) {
        const [digest, tag] = [await all((each) => `@${each}`), await all((_, i) => `:image-${i}`)];
        // The first warms up.
        if (round === 0) continue;
        byDigest.push(digest);
        byTag.push(tag);
      }
      return {
        inputs: [`${IMAGES} images, ${2 * IMAGES} signatures by one key, a registry in this process`],
        rounds: ROUNDS,
        rows: [
          row("1,000 images by digest, warm", "ms", byDigest, LIMITS.warm),
          row("1,000 images by tag, warm: one request each", "ms", byTag),
          row("1,000 images for the first time", "ms", [first]),
        ],
      };
    } finally {
      for (const end of ends) await end();
    }
  },
};

/** One signer for all, and an attestation of theirs. */
function rulesOf({ material }: TestSigner): DecisionRules {
  const [key] = material.keys;
  if (key === undefined) throw new Error("no key");
  const trust = {
    roots: [],
    signers: { release: { kind: "key", file: key.name } },
    builders: [],
    images: [
      {
        match: "**",
        signedBy: { of: ["release"], atLeast: 1 },
        attestations: [{ type: PREDICATE, signedBy: ["release"] }],
        eachImage: false,
      },
    ],
  } as const;
  return { trust, vouched: true, keys: new Map([[key.name, key.fingerprint]]) };
}

/** The digest of an image with a signature and an attestation beside it. */
function signedImage(registry: HeldRegistry, signer: TestSigner, i: number): string {
  const config = registry.blob("application/vnd.oci.image.config.v1+json", JSON.stringify({ i }));
  const { digest } = registry.manifest({ config, layers: [] }, `image-${i}`);
  const { payload, signature } = signer.simpleSigning(digest);
  const signed = {
    ...registry.blob(mediaTypes.simpleSigning, payload),
    annotations: { [annotations.signature]: signature },
  };
  const attested = registry.blob(mediaTypes.dsse, signer.attestation(digest, PREDICATE, { i }));
  const tag = digest.replace(":", "-");
  registry.manifest({ config, layers: [signed] }, `${tag}.sig`);
  registry.manifest({ config, layers: [attested] }, `${tag}.att`);
  return digest;
}
