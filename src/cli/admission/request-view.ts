/** Decisions as what is shown of them. */
import type { Decision, Outcome } from "../../guards/admission/model.ts";
import { placeOfField } from "../../guards/admission/trial/place.ts";
import type { TrialSource } from "../../guards/admission/trial/requests.ts";
import type { Trial } from "../../guards/admission/trial/run.ts";
import type { Answer, PlaceView, ReasonView, RequestView, UnreadView } from "../../report/admission/trial-view.ts";

/** @param shown - a path of the files as the user would write it */
export function requestView(
  { decision, patch }: Trial,
  source: TrialSource | undefined,
  shown: (path: string) => string,
): RequestView {
  const { request, environment, reason, outcomes } = decision;
  const place = source === undefined ? undefined : placed(placeOfField(source), shown);
  return {
    object: objectText(decision),
    operation: request.operation,
    resource: [request.resource.resource, request.subResource ?? []].flat().join("/"),
    ...(place === undefined ? {} : { place }),
    ...(environment === undefined ? {} : { environment }),
    answer: answerOf(decision),
    reason,
    reasons: outcomes.map((outcome) => reasonView(outcome, source, shown)),
    pinned: patch.flatMap(({ op, path, value }) =>
      op !== "test" && typeof value === "string" && value.includes("@sha") ? [{ path, image: value }] : [],
    ),
  };
}

/** `Deployment shop/api`; of a name that is still to be generated its beginning. */
function objectText({ request: { kind, namespace, name, object } }: Decision): string {
  const metadata = object?.metadata as { readonly name?: unknown; readonly generateName?: unknown } | undefined;
  const called = name ?? metadata?.name ?? `(generated ${String(metadata?.generateName ?? "name")})`;
  return `${kind.kind} ${namespace === undefined ? "" : `${namespace}/`}${String(called)}`.slice(0, LONGEST);
}

const LONGEST = 500;

/** A request that is refused for what is unknown alone may pass where more is known. */
export function answerOf({ answer, basis, outcomes }: Decision): Answer {
  if (!answer.allowed) {
    return outcomes.some(({ action, verdict }) => action === "deny" && verdict === "fail") ? "refused" : "unknown";
  }
  if (outcomes.some(({ action }) => action === "warn")) return "warned";
  return basis === "exempt" ? "exempt" : "admitted";
}

function reasonView(
  { check, verdict, action, field, image, message, fix, place: policy }: Outcome,
  source: TrialSource | undefined,
  shown: (path: string) => string,
): ReasonView {
  const place = source === undefined ? undefined : placed(placeOfField(source, field), shown);
  return {
    check,
    verdict,
    action,
    message: withoutImage(message, image),
    ...(field === undefined ? {} : { field }),
    ...(image === undefined ? {} : { image }),
    ...(fix === undefined ? {} : { fix }),
    ...(policy === undefined ? {} : { policy }),
    ...(place === undefined ? {} : { place }),
  };
}

/** What it is about stands beside it. */
export function withoutImage(message: string, image: string | undefined): string {
  return image !== undefined && message.startsWith(`${image}: `) ? message.slice(image.length + 2) : message;
}

function placed(place: PlaceView | undefined, shown: (path: string) => string): PlaceView | undefined {
  return place === undefined ? undefined : { ...place, path: shown(place.path) };
}

/** 1 where something is refused, 3 where that cannot be said of everything, or there was nothing to ask about. */
export function exitCodeOf(requests: readonly RequestView[], unread: readonly UnreadView[]): 0 | 1 | 3 {
  if (requests.some(({ answer }) => answer === "refused")) return 1;
  const isWhole = unread.length === 0 && requests.some(({ answer }) => answer !== "exempt");
  return !isWhole || requests.some(({ answer }) => answer === "unknown") ? 3 : 0;
}
