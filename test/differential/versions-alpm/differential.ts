/** The order of pacman's versions beside its own library's. */
import { join } from "node:path";
import { compareAlpm, parseAlpm } from "../../../src/engines/vulnerability/versions/alpm.ts";
import type { Differential } from "../differential.ts";
import { ordersOf, pairOf, readPair } from "../versions.ts";

export const differential: Differential = {
  reader: "versions-alpm",
  consumer: "libalpm",
  needs: ["pacman", "python3"],
  cases: { short: 500, soak: 20_000 },
  accepting: "harmless",
  generate: (random) => Buffer.from(pairOf(random, ["_", ".r12", ".g0a1", "+1"])),
  consume: (cases) => ordersOf("python3", [join(import.meta.dirname, "compare.py")], cases),
  read: (bytes) => readPair(bytes, parseAlpm, compareAlpm),
};
