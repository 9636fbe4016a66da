/**
 * Registry servers that a directory configures: their own files, and the workloads and Compose services that run them with files,
 * ConfigMaps and variables. Nothing is asked of a server.
 */
import { realpathSync } from "node:fs";
import { join, posix, sep } from "node:path";
import { type Gap, gapOf } from "../../core/evidence.ts";
import { isEvidenceProblem } from "../../core/problem.ts";
import type { KubernetesObject, Manifests } from "../../engines/kubernetes/model.ts";
import type { RegistryServer, RegistrySetting } from "../../engines/oci/model.ts";
import { looksLikeServerConfiguration } from "../../engines/oci/server/name.ts";
import { serverOf } from "../../engines/oci/server/read.ts";
import { readSettings } from "../../engines/oci/server/settings.ts";
import { readBoundedText } from "../tree/text-file.ts";
import { bounds } from "./bounds.ts";
import { type RunServer, runServers } from "./workloads.ts";

/** A server, or what is configured like one and could not be read: then the gaps say why. */
export interface FoundServer {
  readonly of:
    | { readonly kind: "file"; readonly path: string }
    | { readonly kind: "workload"; readonly object: KubernetesObject };
  readonly server?: RegistryServer;
  readonly gaps: readonly Gap[];
}

/**
 * @param root - of the directory; absent: a cluster, which has no files
 * @param paths - of files that may be configurations, relative to the root
 */
export function findRegistryServers(
  root: string | undefined,
  paths: readonly string[],
  manifests: Manifests,
): FoundServer[] {
  const used = new Set<string>();
  const read = (path: string) => (root === undefined ? undefined : textWithin(root, path));
  const run = runServers(manifests).slice(0, bounds.servers);
  const workloads = run.map((each) => ofWorkload(each, read, used));
  const files = paths
    .slice(0, bounds.servers)
    .map((path) => path.replaceAll("\\", "/"))
    // What a workload mounts is told of the workload, with what its variables change.
    .filter((path) => !used.has(path))
    .flatMap((path) => ofFile(path, read(path)));
  return [...workloads, ...files];
}

function ofFile(path: string, text: string | undefined): FoundServer[] {
  const of = { kind: "file", path } as const;
  if (text === undefined || !looksLikeServerConfiguration(text)) return [];
  try {
    const server = serverOf(readSettings(path, text), { kind: "file", path, line: 1, column: 1 });
    return server === undefined ? [] : [{ of, server, gaps: [] }];
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    return [{ of, gaps: [gapOf(error)] }];
  }
}

function ofWorkload(run: RunServer, read: (path: string) => string | undefined, used: Set<string>): FoundServer {
  const of = { kind: "workload", object: run.object } as const;
  const gaps: Gap[] = [...run.gaps];
  let settings: readonly RegistrySetting[] | undefined;
  try {
    if (run.configuration.kind === "settings") settings = run.configuration.settings;
    else if (run.configuration.kind === "text") {
      const { name, text, location } = run.configuration;
      settings = readSettings(name, text, location);
    } else if (run.configuration.kind === "file") {
      const { path } = run.configuration;
      const text = read(path);
      if (text !== undefined) used.add(path);
      settings = text === undefined ? undefined : readSettings(path, text);
    }
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    return { of, gaps: [...gaps, gapOf(error)] };
  }
  if (settings === undefined) return { of, gaps: [...gaps, notRead(run)] };
  const server = serverOf(run.changed(settings), run.location);
  if (server === undefined) return { of, gaps: [...gaps, notRead(run)] };
  return { of, server, gaps };
}

function notRead({ configuration }: RunServer): Gap {
  const what =
    configuration.kind === "file"
      ? configuration.path
      : configuration.kind === "unread"
        ? configuration.what
        : "its configuration";
  return {
    code: "registry.configuration",
    reason: `${what} of the registry server cannot be read, or is none`,
    remedy: "add the file to the scanned directory, or use --probe-registry",
  };
}

/** Of a file below the root alone, through no link that leads out of it. */
function textWithin(root: string, path: string): string | undefined {
  const wanted = posix.normalize(path);
  if (posix.isAbsolute(wanted) || wanted === ".." || wanted.startsWith("../")) return undefined;
  try {
    const file = realpathSync(join(root, wanted));
    if (!file.startsWith(realpathSync(root) + sep)) return undefined;
    return readBoundedText(file, bounds.configurationBytes);
  } catch {
    return undefined;
  }
}
