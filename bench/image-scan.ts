/** Scanning a large image for vulnerabilities: cold, warm, and a second image that shares all layers but one. */
import { copyFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Bench, ratios, row } from "./bench.ts";
import { type LargeImages, largeImages } from "./large-image.ts";
import type { WrittenLayer } from "./layer-writer.ts";
import { bulkhead } from "./program.ts";
import { formatBytes } from "./table.ts";
import { type Command, interleave, peaks, run, times } from "./whole-process.ts";

const ROUNDS = 5;
/** Advisories and verdicts of the day that the limits were set. */
const NOW = "2026-08-22T00:00:00Z";

const LIMITS = {
  /** Cold against inflating and hashing the same blobs. */
  cold: 0.6,
  /** Warm against cold. */
  warm: 0.1,
  /** What a second image costs over a warm scan, against inflating and hashing its own layer. */
  second: 1.5,
  /** Bytes. */
  peak: 320e6,
} as const;

export const imageScan: Bench = {
  about: "a cold, a warm and a layer-sharing scan of an image of over a gigabyte",
  needs: ["advisories"],
  async run({ cache, data, note }) {
    const images = await largeImages(cache, note);
    const database = join(cache, "advisories.db");
    await run(bulkhead(cache, "db", "import", join(data, "advisories"), "--db", database, "--quiet"));
    const scan = (image: string, ...options: string[]): Command =>
      bulkhead(
        ...[cache, "image", "scan", `oci:${images.layout}:${image}`],
        ...["--db", database, "--now", NOW, "--quiet", "--no-secrets", "--format", "json", ...options],
      );

    note("warming the scan cache");
    const warmCache = join(cache, "scans.db");
    const spareCache = join(cache, "scans-spare.db");
    rmSync(warmCache, { force: true });
    const cold = await run(scan("first", "--cache", warmCache));
    const scopes = assertWhole(cold.output);

    const runs = await interleave(
      ROUNDS,
      {
        baseline: () => baseline(images, images.layers),
        cold: () => scan("first", "--no-cache"),
        warm: () => scan("first", "--cache", warmCache),
        "baseline of the new layer": () => baseline(images, [images.secondTop]),
        second: () => {
          // As it was after the first image: each round the second one is new.
          copyFileSync(warmCache, spareCache);
          return scan("second", "--cache", spareCache);
        },
      },
      note,
    );
    if (runs.warm.some((warm) => warm.output !== cold.output)) throw new Error("a warm scan says something else");

    const [baselines, colds, warms, seconds] = [runs.baseline, runs.cold, runs.warm, runs.second].map(times);
    if (!baselines || !colds || !warms || !seconds) throw new Error("nothing was measured");
    const newLayer = times(runs["baseline of the new layer"]);
    const added = seconds.map((value, round) => value - (warms[round] ?? Number.NaN));
    return {
      inputs: [
        describe(images.layers, scopes),
        "baseline: node:zlib in sync calls and sha256 of stored and inflated bytes, the same blobs, one thread",
        `second: an image with the same layers but for the last, which is ${formatBytes(images.secondTop.size)}`,
        "whole processes, start-up included; Node's compile cache is warm, as after the first command ever",
      ],
      rounds: ROUNDS,
      rows: [
        row("baseline", "ms", baselines),
        row("cold", "ms", colds),
        row("cold / baseline", "ratio", ratios(colds, baselines), LIMITS.cold),
        row("cold, peak memory", "bytes", peaks(runs.cold), LIMITS.peak),
        row("warm", "ms", warms),
        row("warm / cold", "ratio", ratios(warms, colds), LIMITS.warm),
        row("warm, peak memory", "bytes", peaks(runs.warm), LIMITS.peak),
        row("second", "ms", seconds),
        row("baseline of the new layer", "ms", newLayer),
        row("(second - warm) / baseline of the new layer", "ratio", ratios(added, newLayer), LIMITS.second),
      ],
    };
  },
};

export function baseline({ layout }: LargeImages, layers: readonly WrittenLayer[]): Command {
  const blobs = layers.map(({ digest }) => join(layout, "blobs", digest.replace(":", "/")));
  return { arguments: [resolve(import.meta.dirname, "baseline-inflate.ts"), ...blobs] };
}

function describe(layers: readonly WrittenLayer[], scopes: string): string {
  const sum = (key: "size" | "stored" | "entries"): number => layers.reduce((total, layer) => total + layer[key], 0);
  const bytes = `${formatBytes(sum("size"))}, ${formatBytes(sum("stored"))} as gzip -6 stores it`;
  return `image: ${bytes}, ${sum("entries")} entries in ${layers.length} layers, judged for ${scopes}`;
}

/** A scan that gave up on something would be quick for nothing. Returns the scopes that it judged. */
function assertWhole(output: string): string {
  const report = JSON.parse(output) as {
    evaluations: { scope?: string; gaps: { code: string; reason: string }[] }[];
  };
  const unread = report.evaluations
    .flatMap(({ gaps }) => gaps)
    .filter(({ code }) => !/^(advisories|evidence)\./.test(code));
  if (unread.length > 0) throw new Error(`the scan is not whole: ${unread.map(({ reason }) => reason).join("; ")}`);
  return report.evaluations.map(({ scope }) => scope ?? "nothing").join(" and ");
}
