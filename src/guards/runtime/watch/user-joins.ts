/** Who opened the session of an alert is told later than what was done in it: the API server posts its events in batches. */
import { joinUsers } from "../../../engines/events/audit/exec-join.ts";
import type { SessionRequests } from "../../../engines/events/audit/session-requests.ts";
import { assetKey } from "../../../engines/events/detect/collapse.ts";
import type { Alert } from "../../../engines/events/model.ts";

/** Alerts that wait at once; those beyond are told with their users when they are over. */
const MOST = 1_000;

export interface UserJoins {
  /** An alert was told. */
  opened(alert: Alert): void;
  /** It is over. @returns whether all that is known of its users was told */
  closed(alert: Alert): boolean;
  /** An audit event came. */
  look(): void;
}

export function createUserJoins({
  requests,
  onJoined,
}: {
  readonly requests: Pick<SessionRequests, "of" | "podOf">;
  onJoined(alert: Alert): void;
}): UserJoins {
  const waiting = new Map<string, Alert>();
  const told = new Set<string>();

  return {
    opened(alert) {
      if (alert.session === undefined) return;
      if (alert.kubernetesUsers === undefined && waiting.size < MOST) waiting.set(keyOf(alert), alert);
    },
    closed(alert) {
      const key = keyOf(alert);
      const isWaiting = waiting.delete(key);
      return told.delete(key) || !isWaiting;
    },
    look() {
      for (const [key, alert] of waiting) {
        const joined = joinUsers(alert, requests);
        if (joined.kubernetesUsers === undefined) continue;
        waiting.delete(key);
        told.add(key);
        onJoined(joined);
      }
    },
  };
}

/** As alerts are collapsed: of two that are open at once it is another. */
function keyOf({ rule, about, subject, session }: Alert): string {
  const entered = session === undefined || session.isMain ? "" : `${session.pid} ${session.started ?? ""}`;
  return [rule, assetKey(about), subject, entered].join("\0");
}
