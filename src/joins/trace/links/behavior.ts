import type { Gap } from "../../../core/evidence.ts";
import type { Alert } from "../../../engines/events/model.ts";
import { digestsOf, isOneOf, isSameName } from "../digests.ts";
import type { LinkBreak, LinkFact, LinkParts, ObservedAlert, TraceSources } from "../model.ts";

/** Of alerts of its own that `runtime watch` writes (docs/runtime-watch.md, "Nothing is silent"). */
const BLIND = "Detection Blind";
const LOST = "Events Lost";

/** What its containers did, as far as a detector tells; and whether the detector saw. */
export function behavior(sources: TraceSources): LinkParts {
  const { behavior: observed } = sources;
  if ("gap" in observed) return { facts: [], gaps: [observed.gap] };
  const digests = digestsOf(sources);
  const { alerts, relations, events, evaluated, name, gaps } = observed;
  const own = alerts.filter(({ alert }) => !isAboutDetection(alert) && isOf(alert, digests, sources.image.reference));
  const watched = relations.filter(({ type, to }) => type === "runs" && to.kind === "image" && isOneOf(to.id, digests));
  const rules = [...Map.groupBy(own, ({ alert, state, asset }) => JSON.stringify([alert.rule, state, asset])).values()];
  const alike = rules.flatMap(([first, ...more]): Same[] => (first === undefined ? [] : [[first, ...more]]));
  const facts = alike.map((same) => alertFact(same, digests, name));
  const containers = [...new Set(watched.map(({ evidence }) => evidence.container ?? ""))].join(", ");
  const quiet: LinkFact[] =
    own.length === 0 && watched.length > 0 && gaps.length === 0
      ? [
          {
            text: "nothing was detected",
            state: "observed",
            evidence: { containers, events: String(events), evaluated: String(evaluated), in: name },
          },
        ]
      : [];
  const unseen: Gap[] =
    own.length === 0 && watched.length === 0
      ? [{ code: "trace.behavior", reason: `no container of it is in ${name}` }]
      : [];
  return {
    facts: [...facts, ...quiet],
    gaps: [...gaps, ...unseen, ...lost(alerts)],
    breaks: [...blind(alerts, name), ...alike.flatMap((same) => detected(same, name))],
  };
}

function isAboutDetection({ rule, detector }: Alert): boolean {
  return detector === "bulkhead" && (rule === BLIND || rule === LOST);
}

function isOf({ about: { container } }: Alert, digests: ReadonlySet<string>, reference: string): boolean {
  if (container === undefined) return false;
  const { imageDigest, imageId, image } = container;
  if (imageDigest !== undefined || imageId !== undefined)
    return isOneOf(imageDigest, digests) || isOneOf(imageId, digests);
  return image !== undefined && isSameName(image, reference);
}

/** Alerts of one rule about one asset. */
type Same = readonly [ObservedAlert, ...ObservedAlert[]];

function alertFact(same: Same, digests: ReadonlySet<string>, log: string): LinkFact {
  const [{ alert, asset, state }] = same;
  const { container } = alert.about;
  const byDigest = isOneOf(container?.imageDigest, digests) || isOneOf(container?.imageId, digests);
  return {
    text: `${alert.severity}: ${alert.rule} on ${asset}, ${countOf(same)}${state === "excepted" ? " (excepted)" : ""}`,
    state: byDigest ? "observed" : "claimed",
    evidence: evidenceOf(same, log),
  };
}

/** What is at or above the policy's threshold says that the image does what it should not. */
function detected(same: Same, log: string): LinkBreak[] {
  const [first] = same;
  if (first.state !== "over") return [];
  const { alert, asset } = first;
  return [
    {
      reason: `${alert.rule} on ${asset}`,
      evidence: evidenceOf(same, log),
      ...(alert.fix === undefined ? {} : { fix: alert.fix }),
      check: { id: "runtime/detection", category: "detection" },
    },
  ];
}

function evidenceOf(same: Same, log: string): Record<string, string> {
  const { alert: last } = same.at(-1) ?? same[0];
  const { about, process, detector } = last;
  return {
    detector,
    ...(process === undefined ? {} : { command: process.commandLine }),
    ...(about.container === undefined ? {} : { container: about.container.id.slice(0, 12) }),
    last: timeText(last.last),
    in: log,
  };
}

function countOf(same: Same): string {
  const count = same.reduce((sum, { alert }) => sum + alert.count, 0);
  return count === 1 ? "once" : `${count} times`;
}

/** Of each host the last that was told: blind until the detector said that this was over. */
function blind(alerts: readonly ObservedAlert[], log: string): LinkBreak[] {
  const last = new Map<string, Alert>();
  for (const { alert } of alerts)
    if (isAboutDetection(alert) && alert.rule === BLIND) last.set(alert.about.host ?? "", alert);
  return [...last.values()]
    .filter(({ severity }) => severity !== "low")
    .map(({ output, about, first, fix }) => ({
      reason: `the detector stopped: ${output}`,
      evidence: { ...(about.host === undefined ? {} : { host: about.host }), since: timeText(first), in: log },
      ...(fix === undefined ? {} : { fix }),
    }));
}

function lost(alerts: readonly ObservedAlert[]): Gap[] {
  const told = alerts.filter(
    ({ alert }) => isAboutDetection(alert) && (alert.rule === LOST || alert.severity === "low"),
  );
  return told.map(({ alert }) => ({ code: "trace.unseen", reason: alert.output }));
}

function timeText(nanoseconds: bigint): string {
  const date = new Date(Number(nanoseconds / 1_000_000n));
  return Number.isNaN(date.getTime()) ? "-" : date.toISOString();
}
