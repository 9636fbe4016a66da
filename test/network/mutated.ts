/**
 * Compares the engine with one mistake in it and the oracle over the random cluster that tells them apart:
 * `node --import ./mutated-source.ts mutated.ts`, with MUTATION, the mistake's place in the list. Where that cluster tells
 * nothing any more the first that does is looked for. Prints its seed.
 */
import { disagreements } from "./disagreements.ts";
import { mutations } from "./mutations.ts";

const MOST_SEEDS = 1_500;

const tells = (seed: number) =>
  [
    { decided: true, dualStack: false },
    { bothVersions: false, dualStack: false },
  ].some((options) => disagreements(seed, options).length > 0);

const known = mutations[Number(process.env.MUTATION)]?.seed ?? 1;
const seeds = [known, ...Array.from({ length: MOST_SEEDS }, (_, index) => index + 1)];
process.stdout.write(`${seeds.find(tells)}\n`);
