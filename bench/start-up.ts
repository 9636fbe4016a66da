/** What a user waits for before anything happens. */
import { type Bench, ratios, row } from "./bench.ts";
import { bulkhead } from "./program.ts";
import { interleave, times } from "./whole-process.ts";

const ROUNDS = 15;

export const startUp: Bench = {
  about: "`bulkhead --help` and `bulkhead explain` against bare Node",
  needs: [],
  async run({ cache }) {
    const commands = {
      node: () => ({ arguments: ["--eval", "0"] }),
      help: () => bulkhead(cache, "--help"),
      explain: () => bulkhead(cache, "explain"),
    };
    // Fills Node's compile cache, as the first command ever does.
    await interleave(1, commands, () => {});
    const runs = await interleave(ROUNDS, commands, () => {});
    const [bare, help, explain] = [runs.node, runs.help, runs.explain].map(times);
    if (!bare || !help || !explain) throw new Error("nothing was measured");
    return {
      inputs: ["whole processes; Node's compile cache is warm, as after the first command ever"],
      rounds: ROUNDS,
      rows: [
        row("node --eval 0", "ms", bare),
        row("bulkhead --help", "ms", help),
        row("bulkhead --help / node", "ratio", ratios(help, bare)),
        row("bulkhead explain", "ms", explain),
        row("bulkhead explain / node", "ratio", ratios(explain, bare)),
      ],
    };
  },
};
