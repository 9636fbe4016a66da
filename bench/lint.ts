/** What `bulkhead build lint` costs over real Dockerfiles. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { unpackZstd } from "../conformance/images/unpack.ts";
import { defaultPolicy } from "../src/collect/policy/default.ts";
import { scanDockerfile } from "../src/scan/dockerfile.ts";
import { type Bench, row } from "./bench.ts";
import { bulkhead } from "./program.ts";
import { interleave, times } from "./whole-process.ts";

const ARCHIVE = "corpora/dockerfiles.tar.zst";
const ROUNDS = 7;

/** Of the whole process, start included. */
const LIMIT_MILLISECONDS = 1_000;

export const lint: Bench = {
  about: "linting 347 real Dockerfiles",
  needs: [ARCHIVE],
  async run({ cache, data }) {
    const folder = join(cache, "dockerfiles");
    const files = unpackZstd(join(data, ARCHIVE));
    rmSync(folder, { recursive: true, force: true });
    for (const [path, bytes] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), bytes);
    }
    const paths = [...files.keys()];
    const now = new Date();
    const within: number[] = [];
    let findings = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const started = performance.now();
      const judged = paths.map((path) => scanDockerfile({ root: folder, path }, { policy: defaultPolicy, now }));
      within.push(performance.now() - started);
      findings = judged.flatMap(({ evaluations }) => evaluations).reduce((sum, one) => sum + one.findings.length, 0);
    }
    const output = join(cache, "lint.json");
    const commands = {
      node: () => ({ arguments: ["--eval", "0"] }),
      lint: () =>
        bulkhead(cache, "build", "lint", folder, "--quiet", "--fail-on", "never", "--format", `json=${output}`),
    };
    await interleave(1, commands, () => {});
    const runs = await interleave(ROUNDS, commands, () => {});
    const [bare, whole] = [runs.node, runs.lint].map(times);
    if (!bare || !whole) throw new Error("nothing was measured");
    const bytes = [...files.values()].reduce((sum, each) => sum + each.length, 0);
    return {
      inputs: [`${files.size} Dockerfiles of ${bytes} bytes, ${findings} findings`],
      rounds: ROUNDS,
      rows: [
        row("bulkhead build lint", "ms", whole, LIMIT_MILLISECONDS),
        row("node --eval 0", "ms", bare),
        row("read, parse, judge and prove fixes, in one process", "ms", within),
      ],
    };
  },
};
