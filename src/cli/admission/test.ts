import { dirname } from "node:path";
import { openExclusion } from "../../collect/tree/exclusion.ts";
import { counted } from "../../core/counted.ts";
import { usageProblem } from "../../core/problem.ts";
import { viewOfFiles } from "../../guards/admission/trial/cluster-view.ts";
import { requestsOf, type TrialRequest } from "../../guards/admission/trial/requests.ts";
import { tryRequest } from "../../guards/admission/trial/run.ts";
import type { RequestView, TrialView, UnreadView } from "../../report/admission/trial-view.ts";
import { parseNow } from "../evaluation.ts";
import { namedPlace } from "../named-place.ts";
import { createProgress } from "../progress.ts";
import { openGuard } from "./guard.ts";
import { namespaceLabels } from "./labels.ts";
import { trialOutputs, writeTrial } from "./outputs.ts";
import { type ReadFiles, readFiles } from "./read.ts";
import { exitCodeOf, requestView } from "./request-view.ts";
import { type AdmissionTestOptions, PATIENCE, simulatedBy } from "./test-options.ts";

/**
 * `bulkhead admission test [FILES…]`, or `--cluster`: what the webhook would answer. Ends with 1 where something is refused,
 * with 3 where that is unknown or was not read, else with 0.
 */
export async function admissionTest(places: readonly string[], options: AdmissionTestOptions): Promise<number> {
  if (options.cluster) {
    if (places.length > 0) throw usageProblem(`--cluster ${places[0]}`, "a cluster is read in place of files");
    return await (await import("./test-cluster.ts")).admissionTestCluster(options);
  }
  return await testFiles(places.length === 0 ? ["."] : places, options);
}

async function testFiles(places: readonly string[], options: AdmissionTestOptions): Promise<number> {
  const outputs = trialOutputs(options.format);
  const now = parseNow(options.now);
  const simulated = simulatedBy(options);
  const labels = namespaceLabels(options.namespaceLabels, simulated.namespace);
  const progress = createProgress(process.stderr, options.quiet);
  const read: ReadFiles[] = [];
  const left: string[] = [];
  for (const place of places) {
    const { exclude, respectGitignore, render } = options;
    const patterns = exclude.map((pattern) => ({ pattern, by: "--exclude" }));
    const exclusion = openExclusion(directoryOf(place), { patterns, respectGitignore });
    read.push(await readFiles(place, { render, exclusion }));
    left.push(...(exclusion?.notes() ?? []));
  }
  const asked = read.map((files) => ({ files, ...requestsOf(files, simulated) }));
  const requests = asked.flatMap(({ files, requests: own }) => own.map((one) => ({ ...one, shown: files.shown })));
  const { kubernetesVersion: version } = options;
  const cluster = viewOfFiles(
    {
      objects: read.flatMap(({ objects }) => objects),
      namespaces: read.flatMap(({ namespaces }) => namespaces),
    },
    { labels, ...(version === undefined ? {} : { version: versionOf(version) }) },
  );
  const [only, more] = places;
  const opened = await openGuard(options, {
    root: only !== undefined && more === undefined && only !== "-" ? policyRoot(only) : process.cwd(),
    cluster,
    scope: "manifests",
    namespaces: new Set(requests.map(({ request }) => request.namespace)),
  });
  try {
    const views: RequestView[] = [];
    for (const { request, source, shown } of requests) {
      progress.update(`asking about ${counted(views.length, "object")} of ${requests.length}`);
      const trial = await tryRequest(opened.guard, request, { now, milliseconds: PATIENCE });
      views.push(requestView(trial, source, shown));
    }
    progress.clear();
    const compose = asked.reduce((sum, { compose: count }) => sum + count, 0);
    const unread: UnreadView[] = [
      ...read.flatMap(({ unread: own }) => own),
      ...asked.flatMap(({ problems, files }) =>
        problems.map(({ place, message, remedy }) => ({
          place: files.shown(place),
          reason: message,
          ...(remedy === undefined ? {} : { remedy }),
        })),
      ),
    ];
    const view: TrialView = {
      subject: places.join(", "),
      policy: opened.origin,
      requests: views,
      unread,
      notes: [
        ...opened.notes,
        ...read.flatMap(({ notes }) => notes),
        ...left,
        ...(compose === 0
          ? []
          : [`${counted(compose, "service")} of Compose files: no API server is asked about them`]),
        ...excludedNotes(requests),
      ],
      exitCode: exitCodeOf(views, unread),
    };
    await writeTrial(view, outputs, { all: options.all, grouped: false });
    return view.exitCode;
  } finally {
    progress.clear();
    opened.close();
  }
}

/** Judged all the same: whoever excludes other namespaces knows. */
function excludedNotes(requests: readonly TrialRequest[]): string[] {
  return requests.some(({ request }) => request.namespace === "kube-system")
    ? ["the webhook is not asked about kube-system (docs/admission.md): what is refused there would be admitted"]
    : [];
}

/** The directory that the file is in is no place of a policy: the one where the command runs is. */
function policyRoot(place: string): string {
  const { path, isDirectory } = namedPlace(place);
  return isDirectory ? path : process.cwd();
}

function directoryOf(place: string): string {
  if (place === "-") return process.cwd();
  const { path, isDirectory } = namedPlace(place);
  return isDirectory ? path : dirname(path);
}

function versionOf(written: string): string {
  if (/^v?1\.\d{1,3}(?:\.\d{1,4})?$/.test(written)) return written.startsWith("v") ? written : `v${written}`;
  throw usageProblem(`--kubernetes-version ${written}`, "not a version of Kubernetes", "use v1.36");
}
