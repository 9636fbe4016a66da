/** Reasons of many requests, each cause once. */
import type { Action } from "../../core/enforcement.ts";
import type { ReasonView, RequestView } from "./trial-view.ts";

export interface Cause {
  /** Each once; of what fails there is one. */
  readonly checks: readonly string[];
  readonly verdict: "fail" | "unknown";
  readonly action: Action;
  /** Line of the policy. */
  readonly policy?: string;
  /** Each once, in the order in which they came. */
  readonly objects: readonly string[];
  /** How many different ones it is about. */
  readonly images: number;
  /** The first of them, for an example. */
  readonly reason: ReasonView;
}

/**
 * One check by one line of the policy is one cause; what could not be found out is one, whichever checks needed it. What fails
 * first, and of most objects.
 */
export function causesOf(requests: readonly RequestView[]): Cause[] {
  const all = requests.flatMap(({ object, reasons }) => reasons.map((reason) => ({ object, reason })));
  const groups = Map.groupBy(all, ({ reason: { check, verdict, action, policy, message, image } }) =>
    verdict === "unknown"
      ? JSON.stringify([verdict, action, message.replaceAll(image || "\n", "")])
      : JSON.stringify([verdict, action, check, policy]),
  );
  return [...groups.values()]
    .flatMap((alike): Cause[] => {
      const [first] = alike;
      if (first === undefined) return [];
      const { verdict, action } = first.reason;
      const policy = alike.find(({ reason }) => reason.policy !== undefined)?.reason.policy;
      const images = new Set(alike.flatMap(({ reason }) => reason.image ?? []));
      return [
        {
          checks: [...new Set(alike.map(({ reason }) => reason.check))],
          verdict,
          action,
          ...(policy === undefined ? {} : { policy }),
          objects: [...new Set(alike.map(({ object }) => object))],
          images: images.size,
          reason: first.reason,
        },
      ];
    })
    .sort(
      (a, b) =>
        Number(a.verdict === "unknown") - Number(b.verdict === "unknown") || b.objects.length - a.objects.length,
    );
}
