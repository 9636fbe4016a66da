/** Audit events evaluated as an API server posts them: each alert at once, and once more with its count when it is over. */
import type { Policy } from "../../core/policy.ts";
import type { AuditEvent } from "../../engines/events/audit/model.ts";
import { createAuditDetection } from "../../engines/events/detect/audits.ts";
import { createCollapse } from "../../engines/events/detect/collapse.ts";
import type { LoadedRules, Matching } from "../../engines/events/falco/model.ts";
import type { Alert, EventsRead } from "../../engines/events/model.ts";
import { assetOf } from "../../evaluate/runtime/assets.ts";
import { evaluateDetections } from "../../evaluate/runtime/detections.ts";
import type { RunningServer } from "../../net/server-model.ts";
import { type AuditReceiverOptions, startAuditReceiver } from "./audit-receiver.ts";

/** Seconds of silence after which the same thing is another alert. */
const WINDOW = 60;

export interface ReceiveOptions extends Omit<AuditReceiverOptions, "sink"> {
  readonly rules: LoadedRules;
  readonly matching: Matching;
  readonly policy: Policy;
  readonly now: () => Date;
  onAlert(alert: LiveAlert): void;
  /** Each event, before rules see it. */
  onEvent?(event: AuditEvent): void;
  /** @param reason - as the end of a sentence about what could not be read */
  onLost(reason: string, count: number): void;
}

export interface LiveAlert {
  readonly alert: Alert;
  /** What the asset is called. */
  readonly asset: string;
  /** By the policy: over or below the threshold, or excepted. */
  readonly state: "over" | "below" | "excepted";
}

export interface Receiving extends Pick<RunningServer, "port" | "show"> {
  /** How many rules look at the events. */
  readonly rules: number;
  /**
   * Answers what is under way, and tells the counts of the alerts that are open.
   *
   * @param milliseconds - then the rest is cut off
   */
  stop(milliseconds: number): Promise<EventsRead>;
}

/** @throws Problem `cli.usage`, `server.listen`, `server.certificate`, as {@link startAuditReceiver} does */
export async function receiveAudits(options: ReceiveOptions): Promise<Receiving> {
  const { rules, matching, policy, now, onAlert, onEvent } = options;
  const tell = (alert: Alert) => onAlert({ alert, asset: assetOf(alert.about).name, state: stateOf(alert) });
  const collapse = createCollapse({
    windowSeconds: WINDOW,
    onOpened: tell,
    onClosed(alert) {
      if (alert.count > 1) tell(alert);
    },
  });
  const wanted = new Set(policy.runtime.optional);
  const detection = createAuditDetection({ rules, matching, wanted, onAlert: (alert) => collapse.add(alert) });

  function stateOf(alert: Alert): LiveAlert["state"] {
    const stream = { alerts: [alert], read: detection.read(), seen: [], gaps: [] };
    const { evaluations } = evaluateDetections([stream], { policy, now: now() });
    if (evaluations.some(({ findings }) => findings.some(({ overThreshold }) => overThreshold))) return "over";
    return evaluations.some(({ findings }) => findings.length > 0) ? "below" : "excepted";
  }

  const server = await startAuditReceiver({
    ...options,
    sink: {
      event(event) {
        onEvent?.(event);
        detection.sink.event(event);
      },
      lost(reason, count, place) {
        detection.sink.lost(reason, count, place);
        options.onLost(reason, count);
      },
    },
  });
  return {
    port: server.port,
    rules: detection.rules,
    show: (certificate) => server.show(certificate),
    async stop(milliseconds) {
      server.leave();
      await server.close(milliseconds);
      collapse.finish();
      return detection.read();
    },
  };
}
