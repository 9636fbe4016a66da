/** Runs a differential over a number of cases and says where the two sides part. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { Differential, Reading } from "./differential.ts";
import { randomFrom } from "./random.ts";

export interface Difference {
  /** As small as it got while the two sides still part. */
  readonly bytes: Buffer;
  readonly ours: Reading;
  readonly theirs: Reading;
}

export interface Outcome {
  readonly cases: number;
  /** Both give the same value, or both refuse. */
  readonly same: number;
  /** We refuse what the consumer takes: it ends as *unknown*. */
  readonly unknown: number;
  /** We take what the consumer refuses, where that hides nothing. */
  readonly accepted: number;
  /** The reason of a known difference → how often. */
  readonly known: ReadonlyMap<string, number>;
  readonly differences: readonly Difference[];
}

const BATCH = 500;
/** More are not minimised: one cause shows many times. */
const MOST_DIFFERENCES = 20;
const MOST_ATTEMPTS = 400;

/** The first of its needs that is not there. */
export function missing({ needs }: Pick<Differential, "needs">): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return needs.find((need) => {
    const places = need.startsWith("/") ? [need] : folders.map((folder) => join(folder, need));
    return !places.some((place) => {
      try {
        accessSync(place, constants.R_OK);
        return true;
      } catch {
        return false;
      }
    });
  });
}

export async function runDifferential(
  differential: Differential,
  { cases, seed, progress = () => {} }: { cases: number; seed: number; progress?: (done: number) => void },
): Promise<Outcome> {
  const counts = { cases: 0, same: 0, unknown: 0, accepted: 0 };
  const known = new Map<string, number>();
  const differences: Difference[] = [];
  const hold = async (batch: readonly Buffer[]): Promise<void> => {
    const theirs = await differential.consume(batch);
    if (theirs.length !== batch.length) {
      throw new Error(`${differential.consumer} answered ${theirs.length} of ${batch.length} cases`);
    }
    for (const [index, bytes] of batch.entries()) {
      const their = theirs[index] as Reading;
      const our = await differential.read(bytes);
      counts.cases++;
      const verdict = compare(differential, bytes, our, their);
      if (verdict === "difference") {
        if (differences.length < MOST_DIFFERENCES) differences.push(await minimise(differential, bytes));
      } else if (typeof verdict === "object") known.set(verdict.reason, (known.get(verdict.reason) ?? 0) + 1);
      else counts[verdict]++;
    }
  };
  const regressions = [...((await differential.regressions?.()) ?? new Map<string, Buffer>()).values()];
  if (regressions.length > 0) await hold(regressions);
  // A seed a case: any one of them can be made again alone.
  for (let start = 0; start < cases; start += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, cases - start) }, (_, index) =>
      differential.generate(randomFrom(Math.imul(seed, 0x01000193) + start + index)),
    );
    await hold(batch);
    progress(start + batch.length);
  }
  return { ...counts, known, differences };
}

type Verdict = "same" | "unknown" | "accepted" | "difference" | { readonly reason: string };

function compare(differential: Differential, bytes: Buffer, ours: Reading, theirs: Reading): Verdict {
  if (ours.kind === "refused") return theirs.kind === "refused" ? "same" : "unknown";
  if (theirs.kind === "value" && ours.value === theirs.value) return "same";
  const known = differential.known?.find((each) => each.matches(bytes, ours, theirs));
  if (known !== undefined) return known;
  return theirs.kind === "refused" && differential.accepting === "harmless" ? "accepted" : "difference";
}

/** Takes out what the difference does not need: ever smaller pieces, for as long as the two sides still part. */
async function minimise(differential: Differential, from: Buffer): Promise<Difference> {
  const differs = async (bytes: Buffer): Promise<Difference | undefined> => {
    const [theirs] = await differential.consume([bytes]);
    const ours = await differential.read(bytes);
    if (theirs === undefined || compare(differential, bytes, ours, theirs) !== "difference") return undefined;
    return { bytes, ours, theirs };
  };
  let best = await differs(from);
  if (best === undefined) throw new Error(`${differential.reader}: a difference does not show twice`);
  let attempts = 0;
  for (let size = from.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at < best.bytes.length && attempts < MOST_ATTEMPTS; attempts++) {
      const { bytes }: Difference = best;
      const smaller: Difference | undefined = await differs(
        Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + size)]),
      );
      if (smaller === undefined) at += size;
      else best = smaller;
    }
  }
  return best;
}
