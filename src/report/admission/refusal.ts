/** What somebody reads whose request is refused: what, where in the object, which line of the policy, how to fix it. */
import { printable } from "../../core/printable.ts";

export interface RefusedObject {
  /** `Deployment shop/api`. */
  readonly object: string;
  readonly reasons: readonly RefusalReason[];
  /** The command that says the same elsewhere. */
  readonly reproduce?: string;
  /** What else there is to know of it. */
  readonly note?: string;
}

export interface RefusalReason {
  /** `spec.containers[0].image`; absent where it is about the whole object. */
  readonly field?: string;
  /** As written. */
  readonly image?: string;
  /** One sentence without a full stop. */
  readonly message: string;
  readonly fix?: string;
  /** `bulkhead.yaml:14` */
  readonly place?: string;
}

/** Reasons that are told one by one; the rest is counted. */
const SHOWN = 12;
/** Characters of one line. */
const LINE = 400;

/** Several lines, the first of them the object's name: what kubectl prints after the webhook's. */
export function refusalText({ object, reasons, reproduce, note }: RefusedObject): string {
  // What kept several checks from being asked is told once.
  const told = [...new Map(reasons.map((reason) => [reasonText(reason), reason])).values()];
  const shown = told.slice(0, SHOWN);
  const more = told.length - shown.length;
  const lines = [
    line(object),
    ...shown.flatMap((reason) => [
      `  ${line(reasonText(reason))}`,
      ...(reason.fix === undefined ? [] : [`    fix: ${line(reason.fix)}`]),
    ]),
    ...(more === 0 ? [] : [`  and ${more} more`]),
    ...(note === undefined ? [] : [`  ${line(note)}`]),
    ...(reproduce === undefined ? [] : [`  reproduce: ${line(reproduce)}`]),
  ];
  return lines.join("\n");
}

/** `image REF: it is not signed (bulkhead.yaml:14)`, `spec.hostPID: … (bulkhead.yaml:31)`. */
export function reasonText({ field, image, message, place }: RefusalReason): string {
  const about = image === undefined || image === "" ? field : `image ${image}`;
  return `${about === undefined ? "" : `${about}: `}${message}${place === undefined ? "" : ` (${place})`}`;
}

function line(text: string): string {
  const shown = printable(text.slice(0, LINE * 4).replace(/\s+/g, " "));
  return shown.length <= LINE ? shown : `${shown.slice(0, LINE - 1)}…`;
}
