/** What `bulkhead build audit` costs over 1,000 workflows. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseDocument } from "yaml";
import { defaultPolicy } from "../src/collect/policy/default.ts";
import { readPipelines } from "../src/collect/tree/pipelines.ts";
import { readGithubFile } from "../src/engines/pipelines/github/read.ts";
import { placedDocuments, readPlaced } from "../src/formats/yaml/placed.ts";
import { auditPipelines } from "../src/scan/pipelines.ts";
import { type Bench, ratios, row } from "./bench.ts";
import { madeWorkflows } from "./made-workflows.ts";
import { bulkhead } from "./program.ts";
import { interleave, times } from "./whole-process.ts";

const COUNT = 1_000;
const ROUNDS = 7;

/** Of the whole process, start included. */
const LIMIT_MILLISECONDS = 2_000;

export const pipelines: Bench = {
  about: "auditing 1,000 workflows of GitHub",
  needs: [],
  async run({ cache, short }) {
    const folder = join(cache, "pipelines");
    const files = madeWorkflows(COUNT);
    rmSync(folder, { recursive: true, force: true });
    for (const [path, text] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const rounds = short ? 1 : ROUNDS;
    const timed: Record<"library" | "yaml" | "read" | "audited", number[]> = {
      library: [],
      yaml: [],
      read: [],
      audited: [],
    };
    const time = async (name: keyof typeof timed, run: () => void | Promise<void>) => {
      const started = performance.now();
      await run();
      timed[name].push(performance.now() - started);
    };
    let findings = 0;
    for (let round = 0; round < rounds; round++) {
      await time("library", () => {
        for (const text of files.values()) parseDocument(text, { schema: "core", prettyErrors: false });
      });
      await time("yaml", () => {
        for (const text of files.values()) {
          const [range] = placedDocuments(text);
          if (range !== undefined) readPlaced(text, range, { depth: 100, values: 300_000, slowLength: 262_144 });
        }
      });
      await time("read", () => {
        for (const [path, text] of files) readGithubFile(path, text);
      });
      await time("audited", async () => {
        const read = readPipelines(folder, [...files.keys()]);
        const { evaluations } = await auditPipelines(read, { policy: defaultPolicy, now: new Date(0) }, "tree");
        findings = evaluations.reduce((sum, one) => sum + one.findings.length, 0);
      });
    }
    const output = join(cache, "pipelines.json");
    const commands = {
      node: () => ({ arguments: ["--eval", "0"] }),
      audit: () => bulkhead(cache, "build", "audit", folder, "--quiet", "--fail-on", "never"),
      written: () =>
        bulkhead(cache, "build", "audit", folder, "--quiet", "--fail-on", "never", "--format", `json=${output}`),
    };
    await interleave(1, commands, () => {});
    const runs = await interleave(rounds, commands, () => {});
    const [bare, whole, written] = [runs.node, runs.audit, runs.written].map(times);
    if (!bare || !whole || !written) throw new Error("nothing was measured");
    const bytes = [...files.values()].reduce((sum, text) => sum + text.length, 0);
    return {
      inputs: [`${files.size} workflows of ${bytes} bytes, ${findings} findings`],
      rounds,
      rows: [
        row("bulkhead build audit", "ms", whole, LIMIT_MILLISECONDS),
        row("the same with all of it written as JSON", "ms", written),
        row("node --eval 0", "ms", bare),
        row("read from disk and audited, in one process", "ms", timed.audited),
        row("read as workflows", "ms", timed.read),
        row("YAML alone, our reader", "ms", timed.yaml),
        row("YAML alone, the library", "ms", timed.library),
        row("audited against YAML alone", "ratio", ratios(timed.audited, timed.yaml)),
      ],
    };
  },
};
