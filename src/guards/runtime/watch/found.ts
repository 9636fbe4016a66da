/** What was found in all, evaluated as recorded events are. */
import { detectionSubject } from "../../../checks/findings/detection-finding.ts";
import type { Evaluation } from "../../../core/evaluation.ts";
import type { Policy } from "../../../core/policy.ts";
import type { Relation } from "../../../core/relation.ts";
import type { Alert } from "../../../engines/events/model.ts";
import { assetOf } from "../../../evaluate/runtime/assets.ts";
import { type DetectedStream, evaluateDetections } from "../../../evaluate/runtime/detections.ts";

export interface Found {
  readonly evaluations: Evaluation[];
  readonly relations: readonly Relation[];
  /** Each with what its asset is called, and what its finding is about. */
  readonly alerts: readonly { readonly alert: Alert; readonly asset: string; readonly finding: string }[];
  readonly events: number;
  readonly evaluated: number;
  /** As the sensor says. */
  readonly host: string | undefined;
}

export function foundIn(
  streams: readonly DetectedStream[],
  judged: { readonly policy: Policy; readonly now: Date },
): Found {
  const { evaluations, relations } = evaluateDetections(streams, judged);
  const alerts = streams.flatMap((stream) => stream.alerts);
  return {
    evaluations,
    relations,
    alerts: alerts
      .map((alert) => ({ alert, asset: assetOf(alert.about).name, finding: detectionSubject(alert) }))
      .sort(({ alert: a }, { alert: b }) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0)),
    events: streams.reduce((sum, { read }) => sum + read.events, 0),
    evaluated: streams.reduce((sum, { read }) => sum + read.evaluated, 0),
    host: streams.flatMap(({ seen }) => seen).find(({ host }) => host !== undefined)?.host,
  };
}
