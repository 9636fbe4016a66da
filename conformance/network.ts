/**
 * Suite `network`: clusters as manifests with the connections that netpol-analyzer computes. Both are compared as sets of
 * connections; what differs must stand in conformance/network/differences.jsonl with the sentence of the standard that
 * Bulkhead follows there.
 *
 * `--data DIR` takes the folder of public data with the archive, or any folder with `tests/NAME` and
 * `test_outputs/connlist/NAME_connlist_output.txt`.
 */
import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { unpackZstd } from "./images/unpack.ts";
import { differences } from "./network/compare.ts";
import { computedOf } from "./network/computed.ts";
import { parseExpected } from "./network/expected.ts";
import {
  type Explanation,
  explainsLine,
  isOfSample,
  readExplanations,
  type Supposition,
  supposing,
} from "./network/explained.ts";
import type { Suite } from "./suite.ts";

const ARCHIVE = "network/netpol-analyzer-samples.tar.zst";
const OUTPUTS = "test_outputs/connlist";
const OUTPUT = /^(.+)_connlist_output\.txt$/;

export const network: Suite = {
  about: "clusters as manifests, and the connections that netpol-analyzer computes of them",
  needs: [],
  async *cases({ data, temporary }) {
    const folder = folderOf(data, temporary);
    const outputs = join(folder, OUTPUTS);
    const found = existsSync(outputs) ? readdirSync(outputs).flatMap((file) => OUTPUT.exec(file)?.[1] ?? []) : [];
    // Outputs with options (`NAME_focus_workload_…`) have no folder of their own.
    const names = found.filter((name) => existsSync(join(folder, "tests", name))).sort();
    yield {
      name: "there are samples",
      run: () => assert.ok(names.length > 0, `no ${OUTPUTS}/NAME_connlist_output.txt with tests/NAME in ${data}`),
    };
    const table = readExplanations();
    const used = new Map(table.map((one) => [one, 0]));
    for (const name of names) {
      yield {
        name,
        run: async () => {
          const own = table.filter((one) => isOfSample(one, name));
          const left = await compare({ folder, name, temporary }, own, used);
          assert.ok(left.length === 0, [`${left.length} differences without an explanation`, ...left].join("\n"));
        },
      };
    }
    for (const [one, lines] of used) {
      // Of a pattern the data may hold none of the samples that it was written for.
      if (one.sample.includes("*") ? lines === 0 : !names.includes(one.sample)) continue;
      yield {
        name: `${one.sample}: ${one.line}`,
        run() {
          assert.ok(lines > 0, "no such difference is left: take it out of conformance/network/differences.jsonl");
          process.stdout.write(`explained, ${lines} of ${one.sample}: ${one.line}\n`);
        },
      };
    }
  },
};

function folderOf(data: string, temporary: string): string {
  const archive = join(data, ARCHIVE);
  if (!existsSync(archive)) return data;
  const folder = join(temporary, "samples");
  for (const [path, bytes] of unpackZstd(archive)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  return folder;
}

interface Sample {
  readonly folder: string;
  readonly name: string;
  readonly temporary: string;
}

/** Lines that nothing explains. */
async function compare(
  { folder, name, temporary }: Sample,
  table: readonly Explanation[],
  used: Map<Explanation, number>,
): Promise<string[]> {
  const root = join(folder, "tests", name);
  const { connections } = parseExpected(readFileSync(join(folder, OUTPUTS, `${name}_connlist_output.txt`), "utf8"));
  const lines = differences(connections, await computedOf(root, temporary));
  if (lines.length === 0) return [];
  const suppositions = new Set(table.flatMap(({ suppose }) => suppose ?? []));
  // All of them together: what is left then no supposition explains.
  const supposed = differences(
    connections,
    await computedOf(copyOf(root, join(temporary, name), suppositions), temporary),
  );
  const stands = new Set(supposed);
  const explanations = new Map(lines.map((line) => [line, table.find((one) => explainsLine(one, line))]));
  const left = lines.filter((line) => {
    const found = explanations.get(line);
    return found === undefined || (found.suppose !== undefined && stands.has(line));
  });
  for (const line of lines) {
    const found = explanations.get(line);
    if (found !== undefined && !left.includes(line)) used.set(found, (used.get(found) ?? 0) + 1);
  }
  return [...left, ...supposed.filter((line) => !explanations.has(line))];
}

/** The same manifests, with what is supposed of them written into them. */
function copyOf(root: string, copy: string, suppositions: Iterable<Supposition>): string {
  cpSync(root, copy, { recursive: true });
  for (const entry of readdirSync(copy, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    writeFileSync(path, supposing(readFileSync(path, "utf8"), suppositions));
  }
  return copy;
}
