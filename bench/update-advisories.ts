/** One update of an advisory database, in a process of its own: DATABASE URL ECOSYSTEM… */
import { updateAdvisories } from "../src/engines/vulnerability/feeds/update.ts";

export interface UpdateRun {
  /** From the copy of the database to the new one in its place: without asking and fetching. */
  readonly importMilliseconds: number;
  /** Records that were read. */
  readonly read: number;
}

if (import.meta.main) {
  const [database = "", from = "", ...ecosystems] = process.argv.slice(2);
  let started = Number.NaN;
  const report = await updateAdvisories({
    database,
    from,
    ecosystems,
    now: new Date(),
    onProgress: ({ step }) => {
      if (step === "copy") started = performance.now();
    },
  });
  const [failure] = report.failures;
  if (failure !== undefined) throw failure.problem;
  const run: UpdateRun = {
    importMilliseconds: performance.now() - started,
    read: report.feeds.reduce((sum, feed) => sum + feed.read, 0),
  };
  process.stdout.write(JSON.stringify(run));
}
