/** Looking for secrets in a tree of source and in an image, beside gitleaks where the machine has it. */
import { resolve } from "node:path";
import { type Bench, ratios, row } from "./bench.ts";
import { gitleaks, hasGitleaks } from "./gitleaks.ts";
import { largeImages } from "./large-image.ts";
import { pinned } from "./pinned.ts";
import { bulkhead } from "./program.ts";
import { sourceTree } from "./source-tree.ts";
import { formatBytes } from "./table.ts";
import { type Command, interleave, peaks, run, times } from "./whole-process.ts";

const ROUNDS = 3;
const ROOT = resolve(import.meta.dirname, "..");
const TREE_BYTES = 500e6;
/** Bytes a second, on one core. */
const SPEED = 100e6;

const LIMITS = {
  /** Against the tree's bytes at SPEED. */
  tree: 1,
  /** Against gitleaks on the same tree. */
  treePeer: 0.1,
  /** What an image scan takes longer for them, against the image's bytes at SPEED. */
  image: 1,
  /** Bytes. */
  peak: 300e6,
} as const;

export const secrets: Bench = {
  about: "secrets of 500 MB of source and of a large image, beside gitleaks",
  needs: [],
  async run({ cache, note }) {
    const tree = sourceTree(cache, ROOT, TREE_BYTES, note);
    const scan = (...words: string[]): Command =>
      bulkhead(cache, "secrets", "scan", ...words, "--quiet", "--format", "json");
    const ours = scan(tree.folder);
    const images = await largeImages(cache, note);
    const imageBytes = images.layers.reduce((sum, { size }) => sum + size, 0);
    const scanImage = (...words: string[]): Command =>
      bulkhead(
        ...[cache, "image", "scan", `oci:${images.layout}:first`, "--no-cache"],
        ...["--quiet", "--format", "json", ...words],
      );
    // Fills Node's compile cache and the file system's.
    await run(ours);

    const commands: Record<string, () => Command> = {
      tree: () => pinned(ours),
      "tree, free": () => ours,
      image: () => pinned(scanImage()),
      "image, no secrets": () => pinned(scanImage("--no-secrets")),
    };
    const peer = hasGitleaks();
    if (peer) commands["gitleaks, tree"] = () => pinned(gitleaks(cache, "--no-git", "--source", tree.folder));
    else note("no gitleaks on this machine: nothing to measure beside");
    const runs = await interleave(ROUNDS, commands, note);
    const of = (name: string) => times(runs[name] ?? []);
    const added = of("image").map((value, round) => value - (of("image, no secrets")[round] ?? Number.NaN));
    const imageAtSpeed = added.map(() => (imageBytes / SPEED) * 1000);
    const atSpeed = of("tree").map(() => (tree.bytes / SPEED) * 1000);
    return {
      inputs: [
        `tree: ${formatBytes(tree.bytes)} in ${tree.files} files of npm packages and this project, varied in every copy`,
        `image: ${formatBytes(imageBytes)} in ${images.layers.length} layers, no advisories`,
        "whole processes, start-up included, each on one core (taskset); the file system's cache is warm",
      ],
      rounds: ROUNDS,
      rows: [
        row("tree", "ms", of("tree")),
        row("tree / the same at 100 MB/s", "ratio", ratios(of("tree"), atSpeed), LIMITS.tree),
        row("tree, peak memory", "bytes", peaks(runs["tree, free"] ?? []), LIMITS.peak),
        row("image scan", "ms", of("image")),
        row("image scan without secrets", "ms", of("image, no secrets")),
        row("secrets of the image / its bytes at 100 MB/s", "ratio", ratios(added, imageAtSpeed), LIMITS.image),
        ...(peer
          ? [
              row("gitleaks, tree", "ms", of("gitleaks, tree")),
              row("tree / gitleaks", "ratio", ratios(of("tree"), of("gitleaks, tree")), LIMITS.treePeer),
            ]
          : []),
      ],
    };
  },
};
