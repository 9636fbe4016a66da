/** The order of rpm's versions beside rpm's own. */
import { compareRpm, parseRpm } from "../../../src/engines/vulnerability/versions/rpm.ts";
import type { Differential } from "../differential.ts";
import { ordersOf, pairOf, readPair } from "../versions.ts";

/** Lua that rpm has in it, whose `print` ends no line; what it takes for no version is an error there. */
const SCRIPT =
  "%{lua: for line in io.lines() do local a, b = line:match('^([^\\t]*)\\t(.*)$') " +
  "local right, order = pcall(rpm.vercmp, a, b) " +
  "print((right and '=' .. (order < 0 and '<' or order > 0 and '>' or '=') or '!no version') .. string.char(10)) end}";

export const differential: Differential = {
  reader: "versions-rpm",
  consumer: "rpm.vercmp",
  needs: ["rpm"],
  cases: { short: 500, soak: 20_000 },
  accepting: "harmless",
  generate: (random) => Buffer.from(pairOf(random, ["^", "~", "^git1", "fc40"])),
  consume: (cases) => ordersOf("rpm", ["--eval", SCRIPT], cases),
  read: (bytes) => readPair(bytes, parseRpm, compareRpm),
};
