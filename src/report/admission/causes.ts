/** Reasons of many requests, each cause once. */
import type { Action } from "../../core/enforcement.ts";
import type { ReasonView, RequestView } from "./trial-view.ts";

export interface Cause {
  readonly check: string;
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

/** One check by one line of the policy is one cause; of what is unknown each reason is. Those of most objects first. */
export function causesOf(requests: readonly RequestView[]): Cause[] {
  const all = requests.flatMap(({ object, reasons }) => reasons.map((reason) => ({ object, reason })));
  const groups = Map.groupBy(all, ({ reason: { check, verdict, action, policy, message, image } }) =>
    JSON.stringify([
      check,
      verdict,
      action,
      policy ?? "",
      verdict === "unknown" ? message.replaceAll(image ?? "\n", "") : "",
    ]),
  );
  return [...groups.values()]
    .flatMap((alike): Cause[] => {
      const [first] = alike;
      if (first === undefined) return [];
      const { check, verdict, action, policy } = first.reason;
      const images = new Set(alike.flatMap(({ reason }) => reason.image ?? []));
      return [
        {
          check,
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
