import { loadPolicy } from "../../collect/policy/load.ts";
import { printable } from "../../core/printable.ts";
import { Problem, usageProblem } from "../../core/problem.ts";
import { filesOf, jsonOf, MADE_BY, streamOf } from "../../fix/network/files.ts";
import type { EgressMode, MeshMode } from "../../fix/network/model.ts";
import { generateNetwork } from "../../scan/network/generate.ts";
import { knownWord } from "../known-word.ts";
import { writeOwnFiles } from "../own-files.ts";
import { writeStream } from "../write-stream.ts";
import { generateSummary } from "./generate-summary.ts";
import { openNetwork, type PlacedOptions } from "./open.ts";

export interface GenerateCommandOptions extends PlacedOptions {
  readonly format: string;
  readonly write?: string;
  readonly observed: readonly string[];
  readonly egress?: string;
  readonly mesh?: string;
  readonly apiServer: readonly string[];
  readonly ingressFrom: readonly string[];
  readonly proxy?: string;
}

/**
 * `bulkhead network generate [NAMESPACE…] [DIR | --cluster]`: policies on standard output, or in the files of a directory;
 * what they rest on and what is not known on standard error. Ends with 0; with 3 where a need is not allowed, an observed
 * connection would be cut, something was not read, or the proof fails, and then nothing is written.
 */
export async function networkGenerate(names: readonly string[], options: GenerateCommandOptions): Promise<number> {
  const format = knownWord(options.format, ["yaml", "json"], { place: `--format ${options.format}`, what: "format" });
  if (format === "json" && options.write !== undefined) {
    throw usageProblem("--write --format json", "files are YAML", "leave one of them out");
  }
  const { namespaces, place } = placeOf(names, options.cluster);
  const opened = await openNetwork(place, options);
  const policy = await loadPolicy({ flag: options.policy, root: opened.root, environment: options.environment });
  const made = await generateNetwork(opened.network, {
    namespaces,
    egress: policy.network.egress,
    apiServer: options.apiServer,
    ingressFrom: options.ingressFrom,
    observed: options.observed,
    ...(options.proxy === undefined ? {} : { proxy: options.proxy }),
    ...(options.egress === undefined ? {} : { egressMode: egressOf(options.egress) }),
    ...(options.mesh === undefined ? {} : { meshMode: meshOf(options.mesh) }),
  });
  if (made.namespaces.length === 0) {
    const wanted = namespaces.length === 0 ? "" : ` ${namespaces.join(", ")}`;
    const remedy = "a directory is written with a slash: deploy/";
    throw new Problem({
      kind: "usage",
      code: "network.namespace",
      place: opened.subject,
      cause: `no namespace${wanted} has pods`,
      remedy,
    });
  }
  const isProven = made.proof.failures.length === 0;
  const files = filesOf(made.drafts, made.squid);
  const { write: folder } = options;
  const own = { files, madeBy: MADE_BY, command: "network generate", root: opened.root };
  const written = isProven && folder !== undefined ? writeOwnFiles({ folder, ...own }) : [];
  if (isProven && options.write === undefined) {
    const text = format === "json" ? jsonOf(made.drafts) : streamOf(made.drafts);
    await writeStream(process.stdout, [text]);
  }
  const { lines, isWhole } = generateSummary(made, { notes: opened.notes, unread: opened.unread, written });
  for (const line of lines) process.stderr.write(`${printable(line)}\n`);
  return isWhole ? 0 : 3;
}

/** What has a slash or a dot, or is `-`, is a place: no namespace is called so. */
function placeOf(
  names: readonly string[],
  cluster: boolean,
): { readonly namespaces: readonly string[]; readonly place: string } {
  const isPlace = (name: string) => /[./]/.test(name) || name === "-";
  const places = names.filter(isPlace);
  const [place = ".", more] = places;
  if (more !== undefined) throw usageProblem(more, "more than one directory", "name one");
  if (cluster && places.length > 0)
    throw usageProblem(`--cluster ${place}`, "a cluster is read in place of a directory");
  return { namespaces: names.filter((name) => !isPlace(name)), place };
}

function egressOf(text: string): EgressMode {
  return knownWord<EgressMode>(text, ["cilium", "istio", "squid"], { place: `--egress ${text}`, what: "way" });
}

function meshOf(text: string): MeshMode {
  return knownWord<MeshMode>(text, ["istio", "linkerd"], { place: `--mesh ${text}`, what: "mesh" });
}
