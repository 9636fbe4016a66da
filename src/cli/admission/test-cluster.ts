import { counted } from "../../core/counted.ts";
import { asProblem, Problem } from "../../core/problem.ts";
import { createClient } from "../../engines/kubernetes/cluster/client.ts";
import { connectionOf } from "../../engines/kubernetes/cluster/kubeconfig.ts";
import { readCluster } from "../../engines/kubernetes/cluster/read.ts";
import { clusterLimits, createClusterView } from "../../guards/admission/cluster-view.ts";
import { defaultDeploySettings } from "../../guards/admission/deploy/settings.ts";
import { excludedNamespaces } from "../../guards/admission/deploy/webhooks.ts";
import { requestOfObject } from "../../guards/admission/trial/requests.ts";
import { tryRequest } from "../../guards/admission/trial/run.ts";
import type { RequestView, TrialView } from "../../report/admission/trial-view.ts";
import { parseNow } from "../evaluation.ts";
import { createProgress } from "../progress.ts";
import { openGuard } from "./guard.ts";
import { trialOutputs, writeTrial } from "./outputs.ts";
import { unreadOf } from "./read.ts";
import { exitCodeOf, requestView } from "./request-view.ts";
import { type AdmissionTestOptions, PATIENCE, simulatedBy } from "./test-options.ts";

/**
 * `bulkhead admission test --cluster`: what runs now, asked about as if it were created: one line a cause. Nothing is written.
 * What a controller made is asked about as what it was made from, as `cluster audit` evaluates it.
 */
export async function admissionTestCluster(options: AdmissionTestOptions): Promise<number> {
  const outputs = trialOutputs(options.format);
  const now = parseNow(options.now);
  const { kubeconfig, context } = options;
  const connection = connectionOf({
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
  });
  const progress = createProgress(process.stderr, options.quiet);
  const objects: Readonly<Record<string, unknown>>[] = [];
  const { manifests, version } = await readCluster(connection, {
    ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
    lists: ["workloads"],
    onWorkload: (object) => objects.push(object),
    onProgress: (resource, count) =>
      progress.update(`reading ${resource} of ${connection.name}: ${count} objects so far`),
  });
  const skipped = new Set(excludedNamespaces(defaultDeploySettings));
  const simulated = simulatedBy(options);
  const all = objects.map((object, index) => requestOfObject(object, { ...simulated, uid: `trial-${index + 1}` }));
  const requests = all.filter(({ namespace = "" }) => !skipped.has(namespace));
  const api = createClient(connection, { limits: clusterLimits });
  const view = createClusterView(api);
  try {
    await view.ready;
    const opened = await openGuard(options, {
      root: process.cwd(),
      cluster: view,
      scope: connection.name,
      namespaces: new Set(requests.map(({ namespace }) => namespace)),
    });
    try {
      const views: RequestView[] = [];
      for (const request of requests) {
        progress.update(`asking about ${counted(views.length, "object")} of ${requests.length}`);
        const trial = await tryRequest(opened.guard, request, { now, milliseconds: PATIENCE });
        views.push(requestView(trial, undefined, (path) => path));
      }
      progress.clear();
      const unread = manifests.gaps
        .filter(({ object }) => object === undefined)
        .map((gap) => unreadOf(gap, (path) => path));
      const trial: TrialView = {
        subject: `cluster ${connection.name}`,
        policy: opened.origin,
        requests: views,
        unread,
        notes: [
          `${version ?? "version unknown"}; what a controller made is asked about as what it was made from`,
          ...(all.length === requests.length
            ? []
            : [
                `${counted(all.length - requests.length, "object")} of ${[...skipped].join(" and ")}, where the webhook is not asked`,
              ]),
          ...opened.notes,
        ],
        exitCode: exitCodeOf(views, unread),
      };
      await writeTrial(trial, outputs, { all: options.all, grouped: true });
      return trial.exitCode;
    } finally {
      opened.close();
    }
  } catch (error) {
    throw asProblem(error, connection.name) instanceof Problem ? asProblem(error, connection.name) : error;
  } finally {
    progress.clear();
    view.close();
    api.close();
  }
}
