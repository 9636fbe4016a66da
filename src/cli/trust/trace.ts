import { openAdvisories } from "../../collect/image/advisories.ts";
import { openKnownBases } from "../../collect/image/known-bases.ts";
import { readLearnedFile } from "../../collect/runtime/learned-file.ts";
import { Problem, usageProblem } from "../../core/problem.ts";
import type { ExitCode } from "../../core/report.ts";
import { connectionOf } from "../../engines/kubernetes/cluster/kubeconfig.ts";
import type { TracePlace } from "../../joins/trace/read/places.ts";
import { readTrace } from "../../joins/trace/read/read.ts";
import { concludeTrace, traceImage } from "../../joins/trace/trace.ts";
import type { TraceView } from "../../report/trust/trace-view.ts";
import { namedPlace } from "../named-place.ts";
import { defaultBases, defaultDatabase } from "../paths.ts";
import { createProgress, progressLine } from "../progress.ts";
import { openOptions, type PullingOptions, scanCacheOf } from "../pulling.ts";
import { toolVersion } from "../version.ts";
import { openRules, type TrustingOptions } from "./open.ts";
import { nameByDigest } from "./resolved-name.ts";
import { traceOutputs, writeTrace } from "./trace-output.ts";
import { type RecordOptions, recordReaders } from "./trace-records.ts";

export interface TraceOptions extends TrustingOptions, RecordOptions, Pick<PullingOptions, "cache"> {
  readonly in?: string;
  readonly cluster: boolean;
  readonly kubeconfig?: string;
  readonly context?: string;
  /** False for --no-secrets. */
  readonly secrets: boolean;
  readonly db?: string;
  /** A file that `runtime learn` wrote. */
  readonly learned?: string;
  readonly baseUpdates: boolean;
}

/** `bulkhead trace REF`: exit codes as {@link concludeTrace} gives them. */
export async function trace(reference: string, options: TraceOptions): Promise<ExitCode> {
  const outputs = traceOutputs(options.format);
  const place = placeOf(options);
  const readers = recordReaders(options);
  const { alerts, learned: learnedFile } = options;
  const learned = learnedFile === undefined ? undefined : { name: learnedFile, learned: readLearnedFile(learnedFile) };
  const { opened, origin, now, notes, policy } = await openRules({ ...options, recursive: false });
  const advisories = openAdvisories(options.db ?? defaultDatabase());
  const cache = await scanCacheOf(options);
  const progress = createProgress(process.stderr, options.quiet);
  try {
    const scanner = options.secrets
      ? await (await import("../../collect/secrets/scanner.ts")).openPolicyScanner(policy, process.cwd())
      : undefined;
    const sources = await readTrace(
      reference,
      {
        trust: opened,
        scan: {
          open: openOptions(options),
          now,
          policy,
          advisories,
          bases: openKnownBases(defaultBases()),
          ...(cache === undefined ? {} : { cache }),
          ...(scanner === undefined ? {} : { secrets: scanner }),
          onProgress: ({ name, done, total }) => progress.update(progressLine(name, done, total)),
        },
        ...readers,
        ...(learned === undefined ? {} : { learned }),
        asksElsewhere: options.baseUpdates,
        ...(alerts.length === 0
          ? {}
          : {
              behavior: async () =>
                (await import("../../joins/trace/read/behavior.ts")).readBehavior(alerts, process.cwd(), {
                  policy,
                  now,
                }),
            }),
        ...(place === undefined ? {} : { place }),
      },
      nameByDigest,
    );
    progress.clear();
    const links = traceImage(sources);
    const { firstBroken, unknown, exitCode } = concludeTrace(links, policy);
    const view: TraceView = {
      tool: { name: "bulkhead", version: toolVersion() },
      reference,
      resolved: nameByDigest(reference, sources.image.subject.digest),
      resolvedAt: sources.image.resolvedAt,
      rules: origin,
      links,
      ...(firstBroken === undefined ? {} : { firstBroken }),
      unknown,
      exitCode,
      notes: [...notes, ...(scanner?.notes ?? [])],
    };
    await writeTrace(view, outputs, options.all);
    return exitCode;
  } finally {
    progress.clear();
    cache?.close();
    if (!(advisories instanceof Problem)) advisories.close();
  }
}

function placeOf({ in: folder, cluster, kubeconfig, context }: TraceOptions): TracePlace | undefined {
  if (folder !== undefined && cluster)
    throw usageProblem("--in --cluster", "a directory and a cluster", "use one of both");
  if (cluster) {
    return {
      kind: "cluster",
      connection: connectionOf({
        ...(kubeconfig === undefined ? {} : { kubeconfig }),
        ...(context === undefined ? {} : { context }),
      }),
    };
  }
  if (folder === undefined) return undefined;
  const { path, isDirectory } = namedPlace(folder);
  if (!isDirectory) throw usageProblem(`--in ${folder}`, "not a directory");
  return { kind: "folder", root: path, name: folder };
}
