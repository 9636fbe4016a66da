import { counted } from "../../../core/counted.ts";
import type { Gap } from "../../../core/evidence.ts";
import type { AdmissionDecision } from "../../../engines/admission/decision-log.ts";
import type { AdmissionReport, ReportedResult } from "../../../engines/admission/report-log.ts";
import { digestsOf, isOneOf, isSameName } from "../digests.ts";
import type { LinkBreak, LinkFact, LinkParts, TraceSources } from "../model.ts";
import { workloadsRunning } from "./runs.ts";

/** What admission decided about objects that run it, and whether anything of that was enforced. */
export function admission(sources: TraceSources): LinkParts {
  const { admissions } = sources;
  if ("gap" in admissions) return reported(sources, admissions.gap);
  const { name, from, gaps } = admissions;
  const last = lastOfEach(sources);
  const breaks = [...last.flatMap((decided) => weak(decided, name)), ...unadmitted(sources)];
  const left = last.reduce((sum, { decision }) => sum + decision.leftOut, 0);
  const unsaid =
    left === 0 ? [] : [{ code: "trace.log-unread", reason: `${left} outcomes or images are not in the log's lines` }];
  const silent =
    last.length === 0 && breaks.length === 0
      ? [
          {
            code: "trace.admission",
            reason: `no decision about it is in ${name}${from === undefined ? ", which has no entry" : `, which begins ${from}`}`,
          },
        ]
      : [];
  return { facts: last.map((decided) => factOf(decided, name)), gaps: [...gaps, ...unsaid, ...silent], breaks };
}

interface Decided {
  readonly decision: AdmissionDecision;
  /** `Pod shop/api` */
  readonly object: string;
  /** By the digest that admission found; else by a name whose meaning then nobody can say now. */
  readonly byDigest: boolean;
  /** As the object names the image: outcomes about other containers' are not its own. */
  readonly references: ReadonlySet<string>;
}

/** The last word about each object: of the two webhooks that are asked the one that decides. */
function lastOfEach(sources: TraceSources): Decided[] {
  const { admissions, image } = sources;
  if ("gap" in admissions) return [];
  const digests = digestsOf(sources);
  const last = new Map<string, Decided>();
  for (const decision of admissions.entries) {
    const { kind, namespace, name, images, webhook, dryRun } = decision;
    // What is not stored was never let in.
    if (dryRun) continue;
    const same = images.filter(({ digest, reference }) => isOneOf(digest, digests) || isOneOf(reference, digests));
    const named = images.filter(
      ({ digest, reference }) => digest === undefined && isSameName(reference, image.reference),
    );
    if (same.length + named.length === 0) continue;
    const called = [namespace, name ?? "(generated)"].filter((part) => part !== undefined).join("/");
    const object = `${kind.slice(kind.lastIndexOf("/") + 1)} ${called}`;
    const known = last.get(object);
    if (webhook === "mutate" && known?.decision.webhook === "validate" && known.decision.time === decision.time)
      continue;
    const references = new Set([...same, ...named].map((each) => each.reference));
    last.set(object, { decision, object, byDigest: same.length > 0, references });
  }
  return [...last.values()];
}

function factOf({ decision, object, byDigest }: Decided, log: string): LinkFact {
  const { allowed, user, time } = decision;
  return {
    text: `${object} ${allowed ? "admitted" : "refused"} at ${time}`,
    state: byDigest ? "observed" : "claimed",
    evidence: { user, ...evidenceOf(decision, log) },
  };
}

function evidenceOf({ basis, reason, policy, operation, time }: AdmissionDecision, log: string) {
  return {
    operation,
    verdict: basis === "judged" ? reason : `${reason} (${basis})`,
    policy,
    at: time,
    in: log,
  };
}

/** Let in by a decision that enforced nothing of what it found. */
function weak({ decision, object, references }: Decided, log: string): LinkBreak[] {
  const { allowed, basis, reason, outcomes } = decision;
  if (!allowed) return [];
  if (basis !== "judged") {
    const how = { exempt: "without being evaluated", "break-glass": "by breaking the glass", unread: "unread" }[basis];
    return [{ reason: `${object} was admitted ${how}: ${reason}`, evidence: evidenceOf(decision, log) }];
  }
  // What is about the object alone is the workload's business, not the image's.
  const own = outcomes.filter(({ image }) => image !== undefined && references.has(image));
  const [worst] = own;
  if (worst === undefined) return [];
  const { check, verdict, action, message, place } = worst;
  const more = own.length === 1 ? "" : `, with ${counted(own.length - 1, "more check")}`;
  return [
    {
      reason: `${object} was admitted although ${check} ${verdict === "fail" ? "fails" : "is unknown"}${more}: the policy ${action === "audit" ? "only records it" : "only warns"}`,
      evidence: { found: message, ...(place === undefined ? {} : { place }), ...evidenceOf(decision, log) },
      fix: "set enforcement.admission to deny",
      check: { id: check, category: "configuration" },
    },
  ];
}

/** A cluster runs it, and the log that was kept meanwhile has nobody who let it in. */
function unadmitted(sources: TraceSources): LinkBreak[] {
  const { places, admissions } = sources;
  if ("gap" in places || "gap" in admissions || !places.live || admissions.from === undefined) return [];
  const { from, name } = admissions;
  const digests = digestsOf(sources);
  const admitted = new Set(
    lastOfEach(sources).flatMap(({ decision }) => (decision.allowed ? [decision.namespace ?? ""] : [])),
  );
  return places.relations.flatMap((relation): LinkBreak[] => {
    const { type, to, since, evidence } = relation;
    if (type !== "runs" || to.kind !== "image" || !isOneOf(to.id, digests) || since === undefined) return [];
    if (Date.parse(since) < Date.parse(from)) return [];
    const pods = (evidence.examples ?? "").split(", ").filter((pod) => pod !== "");
    const missing = pods.filter((pod) => !admitted.has(pod.slice(0, pod.indexOf("/"))));
    if (missing.length === 0) return [];
    return [
      {
        reason: `${missing.join(", ")} runs it since ${since}, and nothing in ${name} admitted it`,
        evidence: { "log begins": from, in: places.name },
        fix: "look whether the namespace is excluded from the webhook, and whether the webhook fails open",
      },
    ];
  });
}

/**
 * Without a log: what admission reported to the cluster about the workloads that run it. A report is about the object as it is, and
 * is written behind the answers: that there is none says nothing.
 */
function reported(sources: TraceSources, gap: Gap): LinkParts {
  const { places } = sources;
  if ("gap" in places || places.reports === undefined) return { facts: [], gaps: [gap] };
  const own = workloadsRunning(sources);
  const found = places.reports.reports.filter((one) =>
    own.has(`${places.name}/${one.kind}/${one.namespace}/${one.name}`),
  );
  const left = found.reduce((sum, { leftOut }) => sum + leftOut, 0);
  const unsaid = left === 0 ? [] : [{ code: "trace.reports", reason: `${left} results of reports are not known` }];
  return {
    facts: found.map((report) => reportFact(report, places.name)),
    gaps: [...(found.length === 0 ? [gap] : []), ...places.reports.gaps, ...unsaid],
    breaks: found.flatMap((report) => weakReport(report, sources, places.name)),
  };
}

const objectOf = ({ kind, namespace, name }: AdmissionReport) => `${kind} ${namespace}/${name}`;

function reportEvidence({ time, policy }: AdmissionReport, place: string): Record<string, string> {
  return { policy, ...(time === undefined ? {} : { at: time }), in: `reports of ${place}` };
}

function reportFact(report: AdmissionReport, place: string): LinkFact {
  const { time, results } = report;
  const failing = results.length === 0 ? "nothing against the policy" : counted(results.length, "check");
  return {
    text: `${objectOf(report)} admitted${time === undefined ? "" : ` at ${time}`}: ${failing}`,
    state: "observed",
    evidence: reportEvidence(report, place),
  };
}

function weakReport(report: AdmissionReport, sources: TraceSources, place: string): LinkBreak[] {
  const digests = digestsOf(sources);
  const [worst, ...more] = report.results.filter(
    ({ image }) => image !== undefined && (isOneOf(image, digests) || isSameName(image, sources.image.reference)),
  );
  if (worst === undefined) return [];
  const { check, verdict, message } = worst;
  const others = more.length === 0 ? "" : `, with ${counted(more.length, "more check")}`;
  return [
    {
      reason: `${objectOf(report)} was admitted although ${check} ${verdict === "fail" ? "fails" : "is unknown"}${others}: ${whyIn(worst)}`,
      evidence: { found: message, ...reportEvidence(report, place) },
      fix: "set enforcement.admission to deny",
      check: { id: check, category: "configuration" },
    },
  ];
}

/** Whom the policy would have refused, somebody let in by breaking the glass. */
function whyIn({ action }: ReportedResult): string {
  if (action === "audit") return "the policy only records it";
  return action === "warn" ? "the policy only warns" : "the glass was broken";
}
