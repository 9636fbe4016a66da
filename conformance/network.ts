/**
 * Suite `network`: clusters as manifests with the connections that netpol-analyzer computes. Both are compared as sets of
 * connections; what differs must stand in conformance/network/differences.jsonl with the sentence of the standard that
 * Bulkhead follows there.
 *
 * `--data DIR` takes the folder of public data with the archive, or any folder with `tests/NAME` and
 * `test_outputs/connlist/NAME_connlist_output.txt`.
 */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readManifestFiles } from "../src/collect/kubernetes/manifests.ts";
import { discover } from "../src/collect/tree/discover.ts";
import { readNetwork } from "../src/engines/reachability/network.ts";
import { unpackZstd } from "./images/unpack.ts";
import { differences } from "./network/compare.ts";
import { computedOf, supposedCluster } from "./network/computed.ts";
import { noConnections } from "./network/connections.ts";
import { POD_NETWORK, parseExpected } from "./network/expected.ts";
import type { Suite } from "./suite.ts";

const ARCHIVE = "network/netpol-analyzer-samples.tar.zst";
const OUTPUTS = "test_outputs/connlist";
const OUTPUT = /^(.+)_connlist_output\.txt$/;

export const network: Suite = {
  about: "clusters as manifests, and the connections that netpol-analyzer computes of them",
  needs: [],
  async *cases({ data, temporary }) {
    const folder = folderOf(data, temporary);
    const names = existsSync(join(folder, OUTPUTS))
      ? readdirSync(join(folder, OUTPUTS))
          .flatMap((file) => OUTPUT.exec(file)?.[1] ?? [])
          .sort()
      : [];
    yield {
      name: "there are samples",
      run: () => assert.ok(names.length > 0, `no ${OUTPUTS}/NAME_connlist_output.txt in ${data}`),
    };
    for (const name of names) {
      // Outputs with options (`NAME_focus_workload_…`) have no folder of their own.
      if (!existsSync(join(folder, "tests", name))) continue;
      yield { name, run: () => compare(folder, name) };
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

async function compare(folder: string, name: string): Promise<void> {
  const root = join(folder, "tests", name);
  const manifests = readManifestFiles(root, await discover(root));
  const found = computedOf(readNetwork(manifests, supposedCluster));
  const sections = parseExpected(readFileSync(join(folder, OUTPUTS, `${name}_connlist_output.txt`), "utf8"));
  const expected = sections.find(({ network: one }) => one === POD_NETWORK)?.connections ?? noConnections();
  const lines = differences(expected, found);
  assert.ok(lines.length === 0, [`${lines.length} differences`, ...lines].join("\n"));
}
