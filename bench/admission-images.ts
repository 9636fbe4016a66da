/** What it costs to know who signed the images of many pods at once, first and again: a deployment that is scaled up. */

import { createImageAssessor } from "../src/guards/admission/images/assessor.ts";
import {
  type CountingRegistry,
  countingRegistry,
  guardPolicy,
  noDatabase,
  now,
  releaseImage,
  told,
} from "../src/guards/admission/images/guarded.fixture.ts";
import type { AssessedImage } from "../src/guards/admission/model.ts";
import { type Bench, row } from "./bench.ts";

const PODS = 100;
const IMAGES = 5;
const ROUNDS = 5;
/** Requests for one digest of one tag: the tag, the digest, its .sig and .att, its referrers by both ways, two blobs. */
const ASKED = 8;

export const admissionImages: Bench = {
  about: `${PODS} pods of ${IMAGES} images each, signed and scanned, assessed together`,
  needs: [],
  async run({ note }) {
    const cold: number[] = [];
    const warm: number[] = [];
    const asked: number[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      note(`round ${round}`);
      const ends: (() => unknown)[] = [];
      const registry = await countingRegistry({ after: (end: () => unknown) => ends.push(end) } as never);
      try {
        const names = Array.from({ length: IMAGES }, (_, i) => {
          releaseImage(registry, `image ${i}`, `v${i}`);
          return `${registry.name}:v${i}`;
        });
        const assessor = createImageAssessor({
          advisories: () => noDatabase,
          registry: { ...registry.options, plainHttp: true },
        });
        ends.push(() => assessor.close());
        const policy = guardPolicy();
        const pods = async () => {
          const started = performance.now();
          const deadline = new AbortController().signal;
          const assess = (name: string) => assessor.assess(name, { policy, now, deadline });
          const all = await Promise.all(Array.from({ length: PODS }, () => Promise.all(names.map(assess))));
          allPass(all.flat());
          return performance.now() - started;
        };
        const first = await pods();
        const requests = requestsOf(registry);
        const again = await pods();
        if (requestsOf(registry) !== requests) throw new Error("what is remembered was asked for again");
        // The first warms up.
        if (round === 0) continue;
        cold.push(first);
        warm.push(again);
        asked.push(requests / IMAGES);
      } finally {
        for (const end of ends) await end();
      }
    }
    return {
      inputs: [`${PODS} pods, ${IMAGES} images by tag, a signature and a scan report each, a registry in this process`],
      rounds: ROUNDS,
      rows: [
        row(`${PODS * IMAGES} images of pods, nothing remembered`, "ms", cold),
        row("requests for each digest", "ratio", asked, ASKED),
        row(`${PODS * IMAGES} images of pods, remembered`, "ms", warm),
      ],
    };
  },
};

function allPass(images: readonly AssessedImage[]): void {
  const failed = images.find((image) => told(image).length > 0);
  if (failed !== undefined) throw new Error(`${failed.reference}: ${told(failed).join("; ")}`);
}

function requestsOf({ asked }: CountingRegistry): number {
  return asked.filter((each) => each !== "GET /v2/").length;
}
