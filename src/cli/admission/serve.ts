/** The admission guard as a process: its parts put together, and its signals. */
import { readClock } from "../../core/clock.ts";
import type { Problem } from "../../core/problem.ts";
import { createClient } from "../../engines/kubernetes/cluster/client.ts";
import { connectionOf } from "../../engines/kubernetes/cluster/kubeconfig.ts";
import { createBreakGlass } from "../../guards/admission/break-glass.ts";
import { clusterPolicyEvaluator } from "../../guards/admission/cluster-policies.ts";
import { clusterLimits, createClusterView } from "../../guards/admission/cluster-view.ts";
import { createGuard } from "../../guards/admission/decide.ts";
import { createImageAssessor } from "../../guards/admission/images/assessor.ts";
import type { ClusterView, Guard, PolicySet } from "../../guards/admission/model.ts";
import { recordLine } from "../../guards/admission/record.ts";
import { createReports } from "../../guards/admission/reports.ts";
import { logLine } from "../../guards/admission/serve/log-line.ts";
import { createMeters } from "../../guards/admission/serve/meters.ts";
import { distinctPolicies, policySource } from "../../guards/admission/serve/policy-source.ts";
import { type ServedGuard, serveGuard } from "../../guards/admission/serve/serve.ts";
import { viewOfFiles } from "../../guards/admission/trial/cluster-view.ts";
import { unaskedImages } from "../../guards/admission/trial/unasked-images.ts";
import { keepAdvisories } from "../../scan/kept-advisories.ts";
import { type LineSink, openLineSink } from "../../scan/serving/line-sink.ts";
import { createReloading, type ReloadingPolicies } from "../../scan/serving/reloading.ts";
import { instancesOf, keepRoots } from "../../scan/serving/roots.ts";
import { keepOldNearWhatLives } from "../heap.ts";
import { defaultDatabase, defaultRoots } from "../paths.ts";
import { type ReachingOptions, registryOptions } from "../reaching.ts";
import { listenToSignals, tell } from "../serving.ts";
import { type CertificateOptions, certificatesOf, clientAuthorities } from "./serve-certificates.ts";
import { mirrorsOf, namedPlace, portOf, secondsOf } from "./serve-values.ts";

export interface ServeCommandOptions extends ReachingOptions, CertificateOptions {
  readonly policy: string;
  readonly environment?: string;
  readonly host: string;
  readonly port: string;
  readonly statusHost: string;
  readonly statusPort: string;
  readonly clientCa?: string;
  readonly drain: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly cluster: boolean;
  readonly breakGlass?: string;
  readonly reports: boolean;
  readonly db?: string;
  readonly offline: boolean;
  readonly registryMirror: readonly string[];
  /** False for --no-log. */
  readonly log: string | false;
  readonly record?: string;
}

/** Percent. */
const GROWTH = 50;

/** `bulkhead admission serve`: until SIGTERM or SIGINT; 2 where it cannot begin. */
export async function admissionServe(options: ServeCommandOptions): Promise<number> {
  // Each review is soon forgotten: without it what was forgotten would take three times what lives. Closer than that, and pods
  // wait for the collector several times a second.
  keepOldNearWhatLives(GROWTH);
  const opened = openParts(options);
  let served: ServedGuard;
  try {
    served = await serve(options, opened);
  } catch (error) {
    await opened.close();
    throw error;
  }
  tell(
    `serves the webhooks on port ${served.port() ?? "(no certificate yet)"}, health and metrics on ${served.statusPort}`,
  );
  const release = listenToSignals({
    stop: async () => void (await served.stop()),
    reload: async () => {
      opened.reopen();
      await served.reload();
    },
  });
  await served.stopped;
  release();
  await opened.close();
  return 0;
}

type Parts = ReturnType<typeof openParts>;

/** All that holds something open. */
function openParts(options: ServeCommandOptions) {
  const { policy: flag, environment, offline, db } = options;
  const meters = createMeters();
  const problem = (subject: string) => (each: Problem) => tell(`${subject}: ${each.line()}`);
  const sink = (path: string | false | undefined): LineSink | undefined =>
    path === undefined || path === false ? undefined : openLineSink({ path, onProblem: problem("log") });
  const api = options.cluster ? createClient(connectionOf(named(options)), { limits: clusterLimits }) : undefined;
  const view = api === undefined ? undefined : createClusterView(api);
  const advisories = keepAdvisories(db ?? defaultDatabase());
  const images = offline
    ? unaskedImages(() => advisories.current())
    : createImageAssessor({
        advisories: () => advisories.current(),
        registry: registryOptions(options),
        mirrors: mirrorsOf(options.registryMirror),
        onAsked: ({ registry, what, outcome, milliseconds }) =>
          meters.registries.observe(milliseconds / 1_000, { registry, what, outcome }),
      });
  const source = policySource({ policy: flag, root: process.cwd(), environment, roots: defaultRoots() });
  const policies: ReloadingPolicies<PolicySet> = createReloading({
    ...source,
    onLoaded(set) {
      meters.policyLoads.add(1, { result: "loaded" });
      meters.policyLoaded.set(readClock().getTime() / 1_000);
      meters.policyInfo.clear();
      meters.policyInfo.set(1, { digest: set.digest });
      tell(`policy: in force: ${set.digest}`);
    },
    onBroken(broken) {
      meters.policyLoads.add(1, { result: "refused" });
      tell(`policy: refused, the old one stays: ${broken.line()}`);
    },
  });
  const roots = keepRoots({
    folder: defaultRoots(),
    instances: () => {
      const set = policies.current();
      const all = set === undefined ? [] : distinctPolicies(set).flatMap(({ policy }) => instancesOf(policy.trust));
      return [...new Set(all)];
    },
    onRenewed: () => void policies.look(true),
    onTurn(states) {
      meters.rootDates.clear();
      for (const { name, asOf, from, problem } of states) {
        meters.rootDates.set(Date.parse(asOf) / 1_000, { root: name });
        const source = from === "carried" ? "included in this program" : "downloaded";
        if (problem !== undefined) tell(`trusted root ${name}: ${source}, as of ${asOf}, not newer: ${problem.line()}`);
      }
    },
    ...(options.caFile === undefined ? {} : { caFile: options.caFile }),
  });
  const [log, record] = [sink(options.log), sink(options.record)];
  return {
    meters,
    api,
    view,
    images,
    source,
    policies,
    roots,
    log,
    record,
    reopen() {
      log?.reopen();
      record?.reopen();
    },
    async close() {
      roots.close();
      images.close();
      advisories.close();
      view?.close();
      api?.close();
      await log?.close();
      await record?.close();
    },
  };
}

async function serve(options: ServeCommandOptions, parts: Parts): Promise<ServedGuard> {
  const { api, view, meters, policies, log, record } = parts;
  const cluster = view ?? unaskedCluster();
  const guard = guardOf(options, parts, cluster);
  const reports =
    api === undefined || !options.reports
      ? undefined
      : createReports({ api, guard, onProblem: (problem) => tell(`reports: ${problem.line()}`) });
  meters.metrics.onExpose(() => {
    const { written = 0, dropped = 0, waiting = 0 } = reports?.counts() ?? {};
    for (const [state, count] of Object.entries({ written, dropped, waiting })) meters.reports.set(count, { state });
    meters.logDropped.set(log?.dropped() ?? 0, { log: "decisions" });
    meters.logDropped.set(record?.dropped() ?? 0, { log: "records" });
  });
  const { certificates, anchors } = certificatesOf(options, api);
  const clientAuthority = clientAuthorities(options.clientCa);
  const served = await serveGuard({
    host: options.host,
    port: portOf(options.port, "--port"),
    statusHost: options.statusHost,
    statusPort: portOf(options.statusPort, "--status-port"),
    guard,
    policies,
    certificates,
    ...(anchors === undefined ? {} : { anchors }),
    ...(clientAuthority === undefined ? {} : { clientAuthorities: clientAuthority }),
    meters,
    now: () => readClock(),
    ...(view === undefined ? {} : { clusterReady: view.ready }),
    drain: { leaveMilliseconds: secondsOf(options.drain, "--drain") * 1_000 },
    onDecided(decided) {
      log?.write(logLine(decided));
      record?.write(recordLine(decided.decision, decided));
      if (decided.webhook === "validate") reports?.record(decided.decision);
    },
    onEvent: tell,
  });
  if (!options.offline) parts.roots.start();
  void served.stopped.then(() => reports?.close());
  return served;
}

function guardOf(options: ServeCommandOptions, { api, images, policies, source }: Parts, cluster: ClusterView): Guard {
  const grants = options.breakGlass;
  return createGuard({
    policies: () => policies.current() as PolicySet,
    images,
    cluster,
    scope: "cluster",
    scannerOf: (policy) => source.scannerOf(policy),
    ...(api === undefined ? {} : { admissionPolicies: clusterPolicyEvaluator(cluster) }),
    ...(api === undefined || grants === undefined
      ? {}
      : {
          breakGlass: createBreakGlass({
            api,
            cluster,
            grants: namedPlace(grants, "--break-glass"),
            onProblem: (problem) => tell(`break-glass: ${problem.line()}`),
          }),
        }),
    policyName: options.policy,
  });
}

function named({ kubeconfig, context }: ServeCommandOptions) {
  return { ...(kubeconfig === undefined ? {} : { kubeconfig }), ...(context === undefined ? {} : { context }) };
}

/** Nobody tells of namespaces, accounts or policies. */
function unaskedCluster(): ClusterView {
  return viewOfFiles({ objects: [], namespaces: [] }, { labels: new Map() });
}
