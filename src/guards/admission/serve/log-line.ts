/** A decision as one line of JSON: who wanted what, what was decided and why. Nothing of the object itself stands in it. */
import { printable } from "../../../core/printable.ts";
import type { Decision, Webhook } from "../model.ts";
import { bounds } from "./bounds.ts";

export interface Decided {
  readonly decision: Decision;
  readonly webhook: Webhook;
  readonly now: Date;
  /** From the request's head to its answer. */
  readonly milliseconds: number;
}

/** Without a line break, within its bound. */
export function logLine({ decision, webhook, now, milliseconds }: Decided): string {
  const { request, answer, basis, reason, outcomes, images, patch, environment, policy } = decision;
  const { uid, operation, kind, resource, subResource, namespace, name, user, dryRun } = request;
  const head = {
    time: now.toISOString(),
    webhook,
    allowed: answer.allowed,
    basis,
    reason: text(reason),
    uid: text(uid),
    operation,
    kind: text([kind.group, kind.version, kind.kind].filter((part) => part !== "").join("/")),
    resource: text(subResource === undefined ? resource.resource : `${resource.resource}/${subResource}`),
    ...(namespace === undefined ? {} : { namespace: text(namespace) }),
    ...(name === undefined ? {} : { name: text(name) }),
    user: text(user.username),
    ...(dryRun ? { dryRun } : {}),
    ...(environment === undefined ? {} : { environment }),
    policy,
    milliseconds: Math.round(milliseconds * 10) / 10,
  };
  const shown = outcomes.slice(0, bounds.outcomes).map(({ check, verdict, action, field, image, message, place }) => ({
    check,
    verdict,
    action,
    ...(field === undefined ? {} : { field: text(field) }),
    ...(image === undefined ? {} : { image: text(image) }),
    message: text(message),
    ...(place === undefined ? {} : { place: text(place) }),
  }));
  const named = images.slice(0, bounds.images).map(({ reference, digest, cached }) => ({
    reference: text(reference),
    ...(digest === undefined ? {} : { digest }),
    cached,
  }));
  const whole = JSON.stringify({
    ...head,
    ...(patch.length === 0 ? {} : { patched: patch.filter(({ op }) => op !== "test").length }),
    ...(shown.length === 0 ? {} : { outcomes: shown }),
    ...(outcomes.length > shown.length ? { moreOutcomes: outcomes.length - shown.length } : {}),
    ...(named.length === 0 ? {} : { images: named }),
    ...(images.length > named.length ? { moreImages: images.length - named.length } : {}),
  });
  if (whole.length <= bounds.lineCharacters) return whole;
  return JSON.stringify({ ...head, moreOutcomes: outcomes.length, moreImages: images.length });
}

function text(value: string): string {
  const shown = printable(value);
  if (shown.length <= bounds.textCharacters) return shown;
  return `${shown.slice(0, bounds.textCharacters - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}
