/** What every network command reads by: its place, the policy's facts, and what is left out. */
import { basename, dirname } from "node:path";
import { loadPolicy } from "../../collect/policy/load.ts";
import { openExclusion } from "../../collect/tree/exclusion.ts";
import { usageProblem } from "../../core/problem.ts";
import { connectionOf } from "../../engines/kubernetes/cluster/kubeconfig.ts";
import { type ClusterSettings, type Cni, knownCnis } from "../../engines/reachability/settings.ts";
import {
  type NetworkPlace,
  networkFactsOf,
  type ReadNetwork,
  readNetworkAt,
  trustedSettings,
} from "../../scan/network.ts";
import { keepHeapNearWhatLives } from "../heap.ts";
import { knownWord } from "../known-word.ts";
import { namedPlace } from "../named-place.ts";
import { createProgress } from "../progress.ts";
import { standardInput } from "../standard-input.ts";

export interface NetworkOptions {
  readonly policy?: string;
  readonly environment?: string;
  readonly cni?: string;
  readonly quiet: boolean;
  readonly exclude: readonly string[];
  readonly respectGitignore: boolean;
}

export interface PlacedOptions extends NetworkOptions {
  readonly cluster: boolean;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly render: boolean;
}

export interface OpenedNetwork extends ReadNetwork {
  /** As the user named it; of a cluster its context. */
  readonly subject: string;
  /** The tree under review: no link of it is written through. */
  readonly root: string;
}

/**
 * @param verdict - something passes by it: facts that the tree's own policy states are left out
 * @throws Problem where the place, the policy or the cluster cannot be read
 */
export async function openNetwork(place: string, options: PlacedOptions, verdict?: "verdict"): Promise<OpenedNetwork> {
  keepHeapNearWhatLives();
  if (options.cluster) {
    if (options.render) throw usageProblem("--cluster --render", "--render does not apply to a cluster");
    const connection = connectionOf({
      ...(options.kubeconfig === undefined ? {} : { kubeconfig: options.kubeconfig }),
      ...(options.context === undefined ? {} : { context: options.context }),
    });
    const root = process.cwd();
    return await read({ kind: "cluster", connection }, { root, subject: connection.name }, options, verdict);
  }
  if (place === "-") {
    const root = process.cwd();
    return await read({ kind: "text", root, text: await standardInput() }, { root, subject: place }, options, verdict);
  }
  return await openPath(place, options, options.render, verdict);
}

/** The facts by which what is at a path is read. */
export async function settingsAt(place: string, options: NetworkOptions): Promise<ClusterSettings> {
  const { path, isDirectory } = namedPlace(place);
  const root = isDirectory ? path : dirname(path);
  const policy = await loadPolicy({ flag: options.policy, root, environment: options.environment });
  return networkFactsOf(policy, cniOf(options.cni)).settings;
}

/**
 * A directory or a file.
 *
 * @param settings - absent: those of the policy; `verdict`: of them what the caller vouches for
 */
export async function openPath(
  place: string,
  options: NetworkOptions,
  render: boolean,
  settings?: ClusterSettings | "verdict",
): Promise<OpenedNetwork> {
  const { path, isDirectory } = namedPlace(place);
  const root = isDirectory ? path : dirname(path);
  const named: NetworkPlace = isDirectory
    ? { kind: "folder", root, render }
    : { kind: "file", root, name: basename(path) };
  return await read(named, { root, subject: place }, options, settings);
}

async function read(
  place: NetworkPlace,
  { root, subject }: Pick<OpenedNetwork, "root" | "subject">,
  options: NetworkOptions,
  given?: ClusterSettings | "verdict",
): Promise<OpenedNetwork> {
  const cni = cniOf(options.cni);
  const policy = await loadPolicy({ flag: options.policy, root, environment: options.environment });
  const facts = networkFactsOf(policy, cni);
  const verdict = given === "verdict";
  const settings = verdict ? trustedSettings(facts, cni) : (given ?? facts.settings);
  const exclusion = openExclusion(root, {
    patterns: [
      ...policy.exclude.map((pattern) => ({ pattern, by: "the policy" })),
      ...options.exclude.map((pattern) => ({ pattern, by: "--exclude" })),
    ],
    respectGitignore: options.respectGitignore,
  });
  const progress = createProgress(process.stderr, options.quiet, () => performance.now());
  try {
    const opened = await readNetworkAt(place, {
      settings,
      ...(exclusion === undefined ? {} : { exclusion }),
      onProgress: (resource, objects) => progress.update(`reading ${resource}: ${objects} objects so far`),
    });
    const left = verdict && settings !== facts.settings && settings.cni !== facts.settings.cni;
    return {
      ...opened,
      subject,
      root,
      notes: [
        ...opened.notes,
        ...(exclusion?.notes() ?? []),
        ...(left
          ? ["cluster facts of the scanned directory's own policy are not used for verdicts (use --policy, or --cni)"]
          : []),
      ],
    };
  } finally {
    progress.clear();
  }
}

function cniOf(written: string | undefined): Cni | "none" | undefined {
  if (written === undefined) return undefined;
  return knownWord<Cni | "none">(written, [...knownCnis, "none"], { place: `--cni ${written}`, what: "CNI" });
}
