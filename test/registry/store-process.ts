/**
 * A process that works on a store until it is killed: what it has been told is written it says on its output, a line each.
 * Arguments: `claims` or `jobs`, the worker's name, a place as JSON.
 */
import { openStore, type StorePlace } from "../../src/store/open.ts";

const [work, name = "", place = ""] = process.argv.slice(2);
const store = await openStore(JSON.parse(place) as StorePlace);
process.stdout.write("ready\n");
if (work === "claims") {
  for (let n = 0; ; n++) {
    await store.locks.claim(`${name} ${n}`, String(n));
    process.stdout.write(`${n}\n`);
  }
}
for (;;) {
  const jobs = await store.jobs.take(name, 10, 1_500);
  const { waiting, leased } = await store.jobs.counts();
  if (jobs.length === 0 && waiting + leased === 0) break;
  for (const job of jobs) {
    if (await store.jobs.done(job, name)) process.stdout.write(`${job.about.n}\n`);
  }
}
await store.close();
