import { basename, dirname } from "node:path";
import { Problem, usageProblem } from "../../core/problem.ts";
import { bounds as kubernetesBounds } from "../../engines/kubernetes/bounds.ts";
import { type ManifestPlace, scanManifests } from "../../scan/manifests.ts";
import { type JudgingOptions, runJudging } from "../judging.ts";
import { namedPlace } from "../named-place.ts";

export interface WorkloadAuditOptions extends JudgingOptions {
  /** Run kubectl and helm on what needs them. */
  readonly render: boolean;
}

/** `bulkhead workload audit [DIR|FILE|-]`: the workloads and namespaces of manifests and Compose files. */
export async function workloadAudit(place: string, options: WorkloadAuditOptions): Promise<number> {
  const { path, isDirectory: isFolder } = namedPlace(place === "-" ? "." : place);
  if (options.render && (place === "-" || !isFolder)) {
    const cause = "--render requires a directory of Kustomize or Helm";
    throw usageProblem(place, cause);
  }
  const root = isFolder ? path : dirname(path);
  return await runJudging(root, options, async (context) => ({
    ...(await scanManifests(await placeOf(), context)),
    subject: place,
    ...(isFolder && place !== "-" ? { extent: "tree" as const } : {}),
  }));

  async function placeOf(): Promise<ManifestPlace> {
    if (place === "-") return { kind: "text", root, text: await standardInput() };
    if (!isFolder) return { kind: "file", root, name: basename(path) };
    return { kind: "folder", root, render: options.render };
  }
}

async function standardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > kubernetesBounds.kubernetesFileBytes) {
      const cause = `more than ${kubernetesBounds.kubernetesFileBytes} bytes`;
      throw new Problem({ kind: "input", code: "kubernetes.bound", place: "standard input", cause });
    }
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { ignoreBOM: true, fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    const cause = "not UTF-8";
    throw new Problem({ kind: "input", code: "kubernetes.encoding", place: "standard input", cause });
  }
}
