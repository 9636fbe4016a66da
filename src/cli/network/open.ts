/** What every network command reads by: its place, the policy's facts, and what is left out. */
import { basename, dirname } from "node:path";
import { loadPolicy } from "../../collect/policy/load.ts";
import { openExclusion } from "../../collect/tree/exclusion.ts";
import type { Policy } from "../../core/policy.ts";
import { usageProblem } from "../../core/problem.ts";
import { connectionOf } from "../../engines/kubernetes/cluster/kubeconfig.ts";
import { type Cni, knownCnis } from "../../engines/reachability/settings.ts";
import { type NetworkPlace, type ReadNetwork, readNetworkAt } from "../../scan/network.ts";
import { keepHeapNearWhatLives } from "../heap.ts";
import { knownWord } from "../known-word.ts";
import { namedPlace } from "../named-place.ts";
import { createProgress } from "../progress.ts";
import { standardInput } from "../standard-input.ts";

/** Percent between collections: a network keeps most of what it makes, and collecting finds little. */
const GROWTH = 80;

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
export async function openNetwork(
  place: string,
  options: PlacedOptions,
  { verdict = false }: { readonly verdict?: boolean } = {},
): Promise<OpenedNetwork> {
  keepHeapNearWhatLives(GROWTH);
  const root = process.cwd();
  if (options.cluster) {
    if (options.render) throw usageProblem("--cluster --render", "--render does not apply to a cluster");
    const connection = connectionOf({
      ...(options.kubeconfig === undefined ? {} : { kubeconfig: options.kubeconfig }),
      ...(options.context === undefined ? {} : { context: options.context }),
    });
    return await read({ kind: "cluster", connection }, { root, subject: connection.name, verdict }, options);
  }
  if (place !== "-") return await openPath(place, options, { render: options.render, verdict });
  return await read({ kind: "text", root, text: await standardInput() }, { root, subject: place, verdict }, options);
}

/** The policy by which what is at a path is read. */
export async function policyAt(place: string, options: NetworkOptions): Promise<Policy> {
  const { path, isDirectory } = namedPlace(place);
  return await policyOf(isDirectory ? path : dirname(path), options);
}

async function policyOf(root: string, { policy, environment }: NetworkOptions): Promise<Policy> {
  return await loadPolicy({ flag: policy, root, environment });
}

/**
 * A directory or a file.
 *
 * @param policy - absent: the one that holds there
 */
export async function openPath(
  place: string,
  options: NetworkOptions,
  {
    render,
    verdict = false,
    policy,
  }: { readonly render: boolean; readonly verdict?: boolean; readonly policy?: Policy },
): Promise<OpenedNetwork> {
  const { path, isDirectory } = namedPlace(place);
  const root = isDirectory ? path : dirname(path);
  const named: NetworkPlace = isDirectory
    ? { kind: "folder", root, render }
    : { kind: "file", root, name: basename(path) };
  return await read(named, { root, subject: place, verdict, policy }, options);
}

interface Opening extends Pick<OpenedNetwork, "root" | "subject"> {
  readonly verdict: boolean;
  readonly policy?: Policy | undefined;
}

async function read(place: NetworkPlace, opening: Opening, options: NetworkOptions): Promise<OpenedNetwork> {
  const { root, subject, verdict } = opening;
  const cni = cniOf(options.cni);
  const policy = opening.policy ?? (await policyOf(root, options));
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
      policy,
      cni,
      verdict,
      ...(exclusion === undefined ? {} : { exclusion }),
      onProgress: (resource, objects) => progress.update(`reading ${resource}: ${objects} objects so far`),
    });
    return { ...opened, subject, root, notes: [...opened.notes, ...(exclusion?.notes() ?? [])] };
  } finally {
    progress.clear();
  }
}

function cniOf(written: string | undefined): Cni | "none" | undefined {
  if (written === undefined) return undefined;
  return knownWord<Cni | "none">(written, [...knownCnis, "none"], { place: `--cni ${written}`, what: "CNI" });
}
