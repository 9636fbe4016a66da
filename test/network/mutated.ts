/**
 * Compares the engine with one mistake in it and the oracle, until they disagree: `node --import ./mutated-source.ts
 * mutated.ts SEEDS`, with MUTATION, the mistake's place in the list. Prints the seed that told.
 */
import { disagreements } from "./disagreements.ts";

const seeds = Number(process.argv[2]);
for (let seed = 1; seed <= seeds; seed++) {
  const options = [
    { decided: true, dualStack: false },
    { bothVersions: false, dualStack: false },
  ];
  if (options.some((one) => disagreements(seed, one).length > 0)) {
    process.stdout.write(`${seed}\n`);
    break;
  }
}
