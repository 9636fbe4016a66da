/** Verification of Sigstore bundles, beside the bare library that it rests on, in one process and the same rounds. */
import { bundleFromJSON } from "@sigstore/bundle";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";
import { ARCHIVE, type Asset, assetsOf } from "../conformance/sigstore/assets.ts";
import { artifactOf } from "../conformance/sigstore.ts";
import { verifyBundle } from "../src/engines/trust/verify.ts";
import { type Bench, ratios, row } from "./bench.ts";

const ROUNDS = 15;
/** Of every bundle, in one round. */
const REPEATS = 4;
const LIMIT = 1.2;

export const trust: Bench = {
  about: "verification of Sigstore's conformance bundles beside the bare @sigstore/verify",
  needs: [ARCHIVE],
  async run({ data, note }) {
    // Each with the roots that it is for; keys alone cost nothing to compare.
    const assets = assetsOf(data).filter(({ name, key }) => !name.endsWith("_fail") && key === undefined);
    const ours = assets.map(oursOf);
    const bare = assets.map(bareOf);
    const measured: Record<"ours" | "bare", number[]> = { ours: [], bare: [] };
    // What is compiled first is slow: neither is the first to be measured.
    timed(ours);
    timed(bare);
    for (let round = 0; round < ROUNDS; round++) {
      measured.ours.push(timed(ours) / (ours.length * REPEATS));
      measured.bare.push(timed(bare) / (bare.length * REPEATS));
    }
    note(`${assets.length} bundles, ${REPEATS} times in each of ${ROUNDS} rounds`);
    return {
      inputs: [
        `${assets.length} bundles that must be verified, of versions 0.1 to 0.3 and both versions of the log`,
        "from JSON to signer in one process; trusted roots are read once, by both",
      ],
      rounds: ROUNDS,
      rows: [
        row("a bundle", "ms", measured.ours),
        row("a bundle, bare library", "ms", measured.bare),
        row("a bundle / bare library", "ratio", ratios(measured.ours, measured.bare), LIMIT),
      ],
    };
  },
};

function timed(works: readonly (() => void)[]): number {
  const began = performance.now();
  for (let i = 0; i < REPEATS; i++) for (const work of works) work();
  return performance.now() - began;
}

function oursOf({ name, bundle, artifact, root }: Asset): () => void {
  const against = artifactOf(artifact);
  const material = { roots: [root], authorities: [], keys: [] };
  const now = new Date();
  return () => {
    if (verifyBundle(bundle, against, material, now).outcome !== "verified") throw new Error(`${name} is refused`);
  };
}

function bareOf({ bundle, artifact, root }: Asset): () => void {
  const verifier = new Verifier(toTrustMaterial(TrustedRoot.fromJSON(root.document), {}));
  return () => {
    const read = bundleFromJSON(JSON.parse(bundle.toString("utf8")));
    verifier.verify(toSignedEntity(read, artifact));
  };
}
