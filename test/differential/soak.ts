/**
 * `make soak`: every reader beside its consumer, at length.
 *   node test/differential/soak.ts [READER...] [--cases=N] [--seed=N]
 * Prints a line a reader; differences below it, made small; ends with 1 where there is one or a consumer is missing.
 */
import { allDifferentials } from "./all.ts";
import { missing, runDifferential } from "./run.ts";
import { describeDifference } from "./show.ts";

const written = process.argv.slice(2);
const option = (name: string): number | undefined => {
  const found = written.find((each) => each.startsWith(`--${name}=`));
  return found === undefined ? undefined : Number(found.slice(name.length + 3));
};
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const names = written.filter((each) => !each.startsWith("--"));
const seed = option("seed") ?? 1 + Math.floor(Math.random() * 0xffff);
const all = await allDifferentials();
const chosen = names.length === 0 ? all : all.filter(({ reader }) => names.includes(reader));
if (chosen.length === 0) {
  say(`no such reader; there are ${all.map(({ reader }) => reader).join(", ")}`);
  process.exit(2);
}
say(`seed ${seed}`);
for (const differential of chosen) {
  const { reader, consumer } = differential;
  const lacks = missing(differential);
  if (lacks !== undefined) {
    say(`${reader}: not run, ${lacks} is not installed`);
    process.exitCode = 1;
    continue;
  }
  const began = performance.now();
  const outcome = await runDifferential(differential, {
    cases: option("cases") ?? differential.cases.soak,
    seed,
    progress: (done) => {
      if (process.stderr.isTTY) process.stderr.write(`\r${reader} ${done}\r`);
    },
  });
  await differential.close?.();
  const known = [...outcome.known.values()].reduce((sum, count) => sum + count, 0);
  say(
    `${reader}: ${outcome.cases} cases against ${consumer}: ${outcome.same} alike, ${outcome.unknown} unknown here, ` +
      `${outcome.accepted} refused there, ${known} known, ${outcome.differences.length} differences ` +
      `(${((performance.now() - began) / 1000).toFixed(0)} s)`,
  );
  for (const [reason, count] of outcome.known) say(`  known, ${count}: ${reason}`);
  for (const difference of outcome.differences) say(describeDifference(difference).replace(/^/gm, "  "));
  if (outcome.differences.length > 0) process.exitCode = 1;
}
