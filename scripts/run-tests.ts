/**
 * Tests of many files in one process, as `node --test --test-isolation=none` runs them, in a tenth less of processor time.
 *   node scripts/run-tests.ts [--shard=2/3] [--import=FILE…] PATTERN…
 *
 * Node's runner follows every promise, to tell of an error that no test waits for which test it is from: each is entered into a
 * map, and taken out when it is collected. Here promises are not followed. Such an error ends the process and is shown as it
 * is; `node --test FILE` says whose it is.
 */
import { createHook } from "node:async_hooks";
import { resolve } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { pathToFileURL } from "node:url";
import { inspect, parseArgs } from "node:util";
import "../test/own-files.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { shard: { type: "string", default: "1/1" }, import: { type: "string", multiple: true, default: [] } },
});
for (const file of values.import) await import(pathToFileURL(resolve(file)).href);
const [index = 1, total = 1] = values.shard.split("/").map(Number);

withoutPromises(() => run({ isolation: "none", globPatterns: positionals, shard: { index, total } }))
  .on("test:summary", ({ success }) => {
    if (!success) process.exitCode = 1;
  })
  .compose(spec)
  .pipe(process.stdout);

for (const event of ["uncaughtException", "unhandledRejection"]) {
  process.on(event, (error) => {
    // The runner, which was asked before, sets it where it knows of no test that is now to fail.
    if (process.exitCode !== 1) return;
    process.stderr.write(`✖ ${event} outside of what tests wait for: ${inspect(error)}\n`);
    process.exit();
  });
}

/** Lets the one hook that `start` enables see no promises. A Node that cannot do that runs the tests all the same. */
function withoutPromises<Started>(start: () => Started): Started {
  const init = (): void => {};
  const apart = flags(createHook({ init, trackPromises: false }));
  const usual = flags(createHook({ init }));
  const [untracked] = [...apart].filter(([key, value]) => value === true && usual.get(key) === false);
  const prototype = Object.getPrototypeOf(createHook({ init })) as { enable(this: object): unknown };
  const { enable } = prototype;
  prototype.enable = function () {
    if (untracked !== undefined) Object.assign(this, Object.fromEntries([untracked]));
    return enable.call(this);
  };
  try {
    return start();
  } finally {
    prototype.enable = enable;
  }
}

function flags(hook: object): ReadonlyMap<symbol, unknown> {
  return new Map(Object.getOwnPropertySymbols(hook).map((key) => [key, Reflect.get(hook, key)]));
}
