/** What the network of a cluster costs: reading its policies, every connection, the map, and one explanation. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readManifests } from "../src/engines/kubernetes/manifests.ts";
import type { Network } from "../src/engines/reachability/model.ts";
import { readNetwork } from "../src/engines/reachability/network.ts";
import { type Bench, ratios, row } from "./bench.ts";
import { type ClusterSize, type ClusterText, clusterOf } from "./network-cluster.ts";
import { bulkhead } from "./program.ts";
import { interleave, peaks, times } from "./whole-process.ts";

const ROUNDS = 3;
const SIZES: readonly (ClusterSize & { readonly ms?: number; readonly bytes?: number })[] = [
  { workloads: 1_000, policies: 300 },
  { workloads: 2_500, policies: 750 },
  { workloads: 5_000, policies: 1_500, ms: 3_000, bytes: 300_000_000 },
  { workloads: 15_000, policies: 4_500, ms: 10_000, bytes: 600_000_000 },
];
const EXPLAIN_MS = 50;
const EXPLANATIONS = 200;

export const network: Bench = {
  about: "who can talk to whom in clusters of 1,000 to 15,000 workloads",
  needs: [],
  async run({ cache }) {
    const clusters = SIZES.map((size) => ({ size, texts: clusterOf(size), label: labelOf(size) }));
    const computed = clusters.map(({ texts }) => computing(texts));
    const commands = Object.fromEntries(
      clusters.map(({ texts, label }, index) => {
        const folder = folderOf(cache, texts, index);
        const output = `json=${join(cache, `network-${index}.json`)}`;
        return [
          label,
          () => bulkhead(cache, "network", "map", folder, "--quiet", "--cni", "calico", "--format", output),
        ];
      }),
    );
    const runs = await interleave(ROUNDS, commands, () => {});
    const of = (index: number) => computed[index] as Computed;
    return {
      inputs: clusters.map(({ label }, index) => `${label}: ${of(index).about}`),
      rounds: ROUNDS,
      rows: [
        ...clusters.flatMap(({ size, label }, index) => {
          const measured = runs[label] ?? [];
          const limits = {
            ms: size.ms === undefined ? [] : [size.ms],
            bytes: size.bytes === undefined ? [] : [size.bytes],
          };
          return [
            row(`${label}: policies to rules and classes`, "ms", of(index).network),
            row(`${label}: every connection of these`, "ms", of(index).edges),
            row(`${label}: network map, whole process`, "ms", times(measured), ...limits.ms),
            row(`${label}: network map, peak memory`, "bytes", peaks(measured), ...limits.bytes),
          ];
        }),
        // What nobody can be faster than: the same manifests, read.
        row("5,000: network and connections over reading the manifests", "ratio", ratios(of(2).all, of(2).reading)),
        row("15,000 over 5,000, network and connections", "ratio", ratios(of(3).all, of(2).all)),
        row("15,000: one explanation, the slowest of 200", "ms", of(3).explanations, EXPLAIN_MS),
      ],
    };
  },
};

interface Computed {
  readonly about: string;
  readonly reading: readonly number[];
  readonly network: readonly number[];
  readonly edges: readonly number[];
  readonly all: readonly number[];
  readonly explanations: readonly number[];
}

const CLUSTER = { cni: "calico", podCidrs: [], serviceCidrs: [], nodeCidrs: [] } as const;

function computing(texts: readonly ClusterText[]): Computed {
  const result = {
    reading: [] as number[],
    network: [] as number[],
    edges: [] as number[],
    all: [] as number[],
    explanations: [] as number[],
  };
  let about = "";
  // The first round warms up.
  for (let round = 0; round <= ROUNDS; round++) {
    const reading = timed(() => readManifests(texts));
    const network = timed(() => readNetwork(reading.value, CLUSTER));
    const edges = timed(() => countOf(network.value));
    about = `${network.value.rules.length} rules, ${network.value.classes.length} classes, ${edges.value} edges of classes`;
    if (round === 0) continue;
    result.reading.push(reading.ms);
    result.network.push(network.ms);
    result.edges.push(edges.ms);
    result.all.push(network.ms + edges.ms);
    result.explanations.push(slowestExplanation(network.value));
  }
  return { ...result, about };
}

function countOf(network: Network): number {
  let edges = 0;
  for (const { to } of network.edges()) edges += to.length;
  return edges;
}

function slowestExplanation({ classes, explain }: Network): number {
  let slowest = 0;
  for (let index = 0; index < EXPLANATIONS; index++) {
    const [from, to] = [index * 17, index * 29 + 3].map((one) => classes[one % classes.length]?.[0] ?? 0);
    slowest = Math.max(slowest, timed(() => explain(from ?? 0, to ?? 0)).ms);
  }
  return slowest;
}

function labelOf({ workloads, policies }: ClusterSize): string {
  return `${workloads.toLocaleString("en-US")} workloads, ${policies.toLocaleString("en-US")} policies`;
}

function folderOf(cache: string, texts: readonly ClusterText[], index: number): string {
  const folder = join(cache, `network-${index}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { path, text } of texts) writeFileSync(join(folder, path), text);
  return folder;
}

function timed<T>(run: () => T): { readonly value: T; readonly ms: number } {
  const started = performance.now();
  const value = run();
  return { value, ms: performance.now() - started };
}
