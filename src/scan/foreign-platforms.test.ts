import assert from "node:assert/strict";
import { test } from "node:test";
import { hostPlatform } from "../engines/oci/platform.ts";
import { foreignPlatforms } from "./foreign-platforms.ts";

const host = hostPlatform();
const here = `linux/${host.architecture}`;

test("an image for another platform than this machine's is said, in one line a platform", () => {
  const foreign = foreignPlatforms(undefined);
  foreign.add("own", host);
  foreign.add("own-variant", { ...host, variant: "v8" });
  foreign.add("said-by-none", { os: "", architecture: "" });
  assert.deepEqual(foreign.notes(), []);
  foreign.add("a", { os: "linux", architecture: "riscv64" });
  foreign.add("b", { os: "linux", architecture: "riscv64" });
  foreign.add("w", { os: "windows", architecture: host.architecture });
  assert.deepEqual(foreign.notes(), [
    `scanned for linux/riscv64, not this machine's ${here}: a, b`,
    `scanned for windows/${host.architecture}, not this machine's ${here}: w`,
  ]);
});

test("one that was asked for is not foreign, and another one in its place is", () => {
  const foreign = foreignPlatforms({ os: "linux", architecture: "arm", variant: "v7" });
  foreign.add("asked", { os: "linux", architecture: "arm", variant: "v7" });
  assert.deepEqual(foreign.notes(), []);
  foreign.add("own", { os: "linux", architecture: "arm", variant: "v6" });
  assert.deepEqual(foreign.notes(), ["scanned for linux/arm/v6, not linux/arm/v7 of --platform: own"]);
});

test("of many images the first are named", () => {
  const foreign = foreignPlatforms(undefined);
  for (let i = 0; i < 9; i++) foreign.add(`i${i}`, { os: "linux", architecture: "riscv64" });
  assert.match(foreign.notes().join(), /: i0, i1, i2, i3, i4 and 4 more$/);
});
