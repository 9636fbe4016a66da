/** The order of Debian's versions beside dpkg's own. */
import { join } from "node:path";
import { compareDpkg, parseDpkg } from "../../../src/engines/vulnerability/versions/dpkg.ts";
import type { Differential } from "../differential.ts";
import { ordersOf, pairOf, readPair } from "../versions.ts";

export const differential: Differential = {
  reader: "versions-dpkg",
  consumer: "dpkg --compare-versions",
  needs: ["dpkg"],
  cases: { short: 100, soak: 5_000 },
  accepting: "harmless",
  generate: (random) => Buffer.from(pairOf(random, ["~", "+b1", "-", "ubuntu1"])),
  consume: (cases) => ordersOf("sh", [join(import.meta.dirname, "compare.sh")], cases),
  read: (bytes) => readPair(bytes, parseDpkg, compareDpkg),
};
