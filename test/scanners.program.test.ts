import { join } from "node:path";
import { test } from "node:test";
import { endsInTime } from "./watched-child.ts";

/** Long enough that whatever grows with its square would not end while the child may run. */
const LENGTH = 30_000;
const MOST_MILLISECONDS = 240_000;

test("every reader that is written by hand ends on one thing over and over", async () => {
  await endsInTime(join(import.meta.dirname, "scanners/feed.ts"), [String(LENGTH)], MOST_MILLISECONDS);
});
