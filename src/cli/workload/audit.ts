import { statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { discover } from "../../collect/discover.ts";
import { evaluateManifestSecrets } from "../../collect/manifest-secrets.ts";
import { readManifestFiles } from "../../collect/manifests.ts";
import { type Rendering, renderFolders } from "../../collect/render.ts";
import { findSeccompProfiles } from "../../collect/seccomp-profiles.ts";
import { openPolicyScanner } from "../../collect/secrets/scanner.ts";
import { skippedNotes } from "../../collect/skipped-notes.ts";
import { evaluateManifests, manifestNotes } from "../../collect/workloads.ts";
import { bounds } from "../../core/bounds.ts";
import { Problem } from "../../core/problem.ts";
import { readManifests } from "../../engines/kubernetes/manifests.ts";
import type { Manifests } from "../../engines/kubernetes/model.ts";
import { type JudgingOptions, runJudging } from "../judging.ts";

export interface WorkloadAuditOptions extends JudgingOptions {
  /** Run kubectl and helm on what needs them. */
  readonly render: boolean;
}

/** `bulkhead workload audit [DIR|FILE|-]`: the workloads and namespaces of manifests and Compose files. */
export async function workloadAudit(place: string, options: WorkloadAuditOptions): Promise<number> {
  const path = resolve(place === "-" ? "." : place);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) {
    throw new Problem({ kind: "usage", code: "cli.usage", place, cause: "there is no such file or folder" });
  }
  const isFolder = stat.isDirectory();
  if (options.render && (place === "-" || !isFolder)) {
    const cause = "--render is for folders: those of kustomize and Helm";
    throw new Problem({ kind: "usage", code: "cli.usage", place, cause });
  }
  const root = isFolder ? path : dirname(path);
  return await runJudging(root, options, async ({ policy, now }) => {
    const { manifests, rendering, skipped } = await read();
    const { scanner, notes } = await openPolicyScanner(policy, root);
    return {
      subject: place,
      ...(isFolder && place !== "-" ? { extent: "tree" as const } : {}),
      evaluations: [
        ...evaluateManifests(manifests, {
          policy,
          now,
          scope: "manifests",
          namespaces: "declared",
          ...(isFolder && place !== "-" ? { seccompProfiles: findSeccompProfiles(root, manifests, now) } : {}),
        }),
        ...evaluateManifestSecrets(manifests, scanner, { policy, now, scope: "manifests" }),
      ],
      notes: [...(skipped ?? []), ...(rendering?.notes ?? []), ...manifestNotes(manifests), ...notes],
    };
  });

  async function read(): Promise<{
    readonly manifests: Manifests;
    readonly rendering?: Rendering;
    readonly skipped?: readonly string[];
  }> {
    if (place === "-") return { manifests: readManifests([{ path: "-", text: await standardInput() }]) };
    if (!isFolder) {
      const none = { composeFiles: [], kustomizations: [], charts: [] };
      return { manifests: readManifestFiles(root, { ...none, manifests: [basename(path)] }) };
    }
    const found = await discover(root);
    const skipped = skippedNotes(found);
    if (!options.render) return { manifests: readManifestFiles(root, found), skipped };
    const rendering = await renderFolders(root, found);
    return { manifests: readManifestFiles(root, found, rendering), rendering, skipped };
  }
}

async function standardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > bounds.kubernetesFileBytes) {
      const cause = `more than ${bounds.kubernetesFileBytes} bytes`;
      throw new Problem({ kind: "input", code: "kubernetes.bound", place: "standard input", cause });
    }
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { ignoreBOM: true, fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    const cause = "it is not UTF-8";
    throw new Problem({ kind: "input", code: "kubernetes.encoding", place: "standard input", cause });
  }
}
