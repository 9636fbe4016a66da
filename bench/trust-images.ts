/** What it costs to know again who signed each of many images: a server's admission of pods, one registry, one signer. */
import type { TestContext } from "node:test";
import { collectTrust } from "../src/collect/trust/image-trust.ts";
import { createTrustMemory } from "../src/collect/trust/memory.ts";
import { testSigner } from "../src/collect/trust/signed.fixture.ts";
import { type HeldRegistry, heldRegistry } from "../src/engines/oci/referrers/registry.fixture.ts";
import { annotations, mediaTypes } from "../src/engines/trust/forms.ts";
import { verifySignature } from "../src/engines/trust/verify.ts";
import { type Bench, row } from "./bench.ts";

const IMAGES = 1_000;
const ROUNDS = 7;

const LIMITS = { warm: 1_000 };

export const trustImages: Bench = {
  about: "1,000 images of one signer, each with a signature and an attestation, asked about again",
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
      const options = { material: signer.material, now: new Date(), memory, registry: registry.options };
      const all = async (name: (digest: string, i: number) => string) => {
        const started = performance.now();
        let verified = 0;
        for (const [i, digest] of digests.entries()) {
          const { subject } = await collectTrust(`${registry.host}/shop/image-${i}${name(digest, i)}`, options);
          verified += subject.signatures.filter(({ outcome }) => outcome === "verified").length;
        }
        if (verified !== 2 * IMAGES) throw new Error(`${verified} signatures were verified, not ${2 * IMAGES}`);
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

/** The digest of an image with a signature and an attestation beside it. */
function signedImage(registry: HeldRegistry, signer: ReturnType<typeof testSigner>, i: number): string {
  const config = registry.blob("application/vnd.oci.image.config.v1+json", JSON.stringify({ i }));
  const { digest } = registry.manifest({ config, layers: [] }, `image-${i}`);
  const { payload, signature } = signer.simpleSigning(digest);
  const signed = {
    ...registry.blob(mediaTypes.simpleSigning, payload),
    annotations: { [annotations.signature]: signature },
  };
  const attested = registry.blob(mediaTypes.dsse, signer.attestation(digest, "https://example.com/scan", { i }));
  const tag = digest.replace(":", "-");
  registry.manifest({ config, layers: [signed] }, `${tag}.sig`);
  registry.manifest({ config, layers: [attested] }, `${tag}.att`);
  return digest;
}
