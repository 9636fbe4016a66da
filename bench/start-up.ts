/** What a user waits for before anything happens. */

import { cpSync, rmSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { buildPackage } from "../scripts/published-build.ts";
import { type Bench, ratios, row } from "./bench.ts";
import { bulkhead, published } from "./program.ts";
import { interleave, times } from "./whole-process.ts";

const ROUNDS = 15;
const ROOT = resolve(import.meta.dirname, "..");
const SHOP = join(ROOT, "examples/shop/insecure");

const LIMITS = {
  clone: 700,
  published: 500,
};

export const startUp: Bench = {
  about: "`bulkhead --help`, `explain` and `check` against bare Node, in a clone and published",
  needs: [],
  async run({ cache }) {
    const build = join(cache, "published");
    await buildPackage(ROOT, build);
    const shop = join(cache, "start-up-shop");
    rmSync(shop, { recursive: true, force: true });
    // The demo and tests of this clone put images there.
    cpSync(SHOP, shop, { recursive: true, filter: (path) => basename(path) !== ".generated" });
    const check = ["check", shop, "--quiet", "--format", `json=${join(cache, "start-up.json")}`];
    const commands = {
      node: () => ({ arguments: ["--eval", "0"] }),
      help: () => bulkhead(cache, "--help"),
      explain: () => bulkhead(cache, "explain"),
      clone: () => bulkhead(cache, ...check),
      published: () => published(build, cache, ...check),
    };
    // Fills Node's compile cache, as the first command ever does.
    await interleave(1, commands, () => {});
    const runs = await interleave(ROUNDS, commands, () => {});
    const [bare, help, explain, clone, whole] = [runs.node, runs.help, runs.explain, runs.clone, runs.published].map(
      times,
    );
    if (!bare || !help || !explain || !clone || !whole) throw new Error("nothing was measured");
    return {
      inputs: [
        "whole processes; Node's compile cache is warm, as after the first command ever",
        "the insecure shop as it is in a clone: Dockerfiles, manifests, lockfiles, without the images that the demo makes",
      ],
      rounds: ROUNDS,
      rows: [
        row("node --eval 0", "ms", bare),
        row("bulkhead --help", "ms", help),
        row("bulkhead --help / node", "ratio", ratios(help, bare)),
        row("bulkhead explain", "ms", explain),
        row("bulkhead explain / node", "ratio", ratios(explain, bare)),
        row("bulkhead check, the shop, in a clone", "ms", clone, LIMITS.clone),
        row("bulkhead check / node, in a clone", "ratio", ratios(clone, bare)),
        row("bulkhead check, the shop, published", "ms", whole, LIMITS.published),
        row("bulkhead check / node, published", "ratio", ratios(whole, bare)),
      ],
    };
  },
};
