/** What was detected, evaluated: an evaluation for each asset that was looked at, whether something was found there or not. */
import { detectionChecks } from "../../checks/lists/detection.ts";
import type { DetectionFacts } from "../../checks/subjects/runtime.ts";
import type { Asset } from "../../core/asset.ts";
import { counted } from "../../core/counted.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { type Gap, present } from "../../core/evidence.ts";
import type { Policy } from "../../core/policy.ts";
import { assetEnd, type Relation, type RelationEnd } from "../../core/relation.ts";
import { runChecks } from "../../core/runner.ts";
import type { Alert, AlertSubject, EventsRead } from "../../engines/events/model.ts";
import { assetOf } from "./assets.ts";

/** One stream of events, or one file of another detector's alerts. */
export interface DetectedStream {
  readonly alerts: readonly Alert[];
  readonly read: EventsRead;
  /** What was looked at, whether or not there are alerts of it: the host, each container that was seen, the API server. */
  readonly seen: readonly AlertSubject[];
  /** Why what is not among the alerts may still have happened, beyond what `read` tells. */
  readonly gaps: readonly Gap[];
}

export interface EvaluatedDetections {
  readonly evaluations: Evaluation[];
  /** Which image runs where, as the runtime told. */
  readonly relations: readonly Relation[];
}

export function evaluateDetections(
  streams: readonly DetectedStream[],
  { policy, now }: { readonly policy: Policy; readonly now: Date },
): EvaluatedDetections {
  const evaluations: Evaluation[] = [];
  const relations = new Map<string, Relation>();
  for (const { asset, alerts, about, read, gaps } of byAsset(streams)) {
    const observedAt = isoOf(read.last) ?? now.toISOString();
    const detections = present({ alerts, read }, observedAt, { gaps });
    evaluations.push(...runChecks<DetectionFacts>(detectionChecks, { detections }, { asset, policy, now }));
    const relation = runsOf(asset, about, observedAt);
    if (relation !== undefined) relations.set(`${relation.from.id}\n${relation.to.id}`, relation);
  }
  return { evaluations, relations: [...relations.values()] };
}

interface OfAsset {
  readonly asset: Asset;
  readonly alerts: Alert[];
  readonly about: AlertSubject[];
  readonly gaps: Gap[];
  read: EventsRead;
}

/** Several streams may be of one asset, and one of several. */
function byAsset(streams: readonly DetectedStream[]): Iterable<OfAsset> {
  const found = new Map<string, OfAsset>();
  for (const { alerts, seen, read, gaps } of streams) {
    const own = new Set<OfAsset>();
    const of = (about: AlertSubject): OfAsset => {
      const asset = assetOf(about);
      const key = `${asset.kind}\n${asset.id}`;
      const known = found.get(key) ?? { asset, alerts: [], about: [], gaps: [], read: NOTHING };
      found.set(key, known);
      known.about.push(about);
      own.add(known);
      return known;
    };
    for (const about of seen) of(about);
    for (const alert of alerts) of(alert.about).alerts.push(alert);
    for (const one of own) {
      one.read = one.read === NOTHING ? read : together(one.read, read);
      one.gaps.push(...gapsOf(read), ...gaps);
    }
  }
  return found.values();
}

const NOTHING: EventsRead = { events: 0, evaluated: 0, lost: [], evicted: {} };

function together(a: EventsRead, b: EventsRead): EventsRead {
  const first = a.first === undefined || (b.first !== undefined && b.first < a.first) ? b.first : a.first;
  const last = a.last === undefined || (b.last !== undefined && b.last > a.last) ? b.last : a.last;
  return {
    events: a.events + b.events,
    evaluated: a.evaluated + b.evaluated,
    ...(first === undefined ? {} : { first }),
    ...(last === undefined ? {} : { last }),
    // Each stream's own losses are its gaps already.
    lost: [...a.lost, ...b.lost],
    evicted: { ...a.evicted, ...b.evicted },
  };
}

function gapsOf({ lost, evicted }: EventsRead): Gap[] {
  const gaps = lost
    .filter(({ count }) => count > 0)
    .map(({ reason, count }): Gap => ({ code: "events.lost", reason: `${counted(count, "event")} lost: ${reason}` }));
  for (const [what, count] of Object.entries(evicted)) {
    if (count > 0) gaps.push({ code: "events.evicted", reason: `${count} ${what} forgotten over their limit` });
  }
  return gaps;
}

/** The config's digest joins it to the image that was scanned. */
function runsOf(asset: Asset, about: readonly AlertSubject[], observedAt: string): Relation | undefined {
  const container = about.findLast(
    (one) => one.container?.imageId !== undefined || one.container?.imageDigest !== undefined,
  )?.container;
  if (asset.kind !== "workload" || container === undefined) return undefined;
  const { imageId, imageDigest, image, id } = container;
  const to: RelationEnd | undefined = isDigest(imageId)
    ? { kind: "image", id: imageId, identifiedBy: "config", name: image ?? imageId }
    : isDigest(imageDigest)
      ? { kind: "image", id: imageDigest, identifiedBy: "manifest", name: image ?? imageDigest }
      : undefined;
  if (to === undefined) return undefined;
  return {
    type: "runs",
    from: assetEnd(asset),
    to,
    observedAt,
    evidence: { container: id.slice(0, 12), ...(imageDigest === undefined ? {} : { digest: imageDigest }) },
    gaps: [],
  };
}

function isDigest(text: string | undefined): text is string {
  return text !== undefined && /^sha256:[0-9a-f]{64}$/.test(text);
}

/** An event's clock may say anything. */
function isoOf(nanoseconds: bigint | undefined): string | undefined {
  if (nanoseconds === undefined) return undefined;
  const date = new Date(Number(nanoseconds / 1_000_000n));
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
