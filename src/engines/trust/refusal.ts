/** How the parts of the verification say why a signature does not count; {@link verifySignature} makes a verdict of it. */
import { printable } from "../../core/printable.ts";
import type { Refusal, RefusalCode } from "./model.ts";

/** Longest text of a hostile document that a reason shows. */
const SHOWN = 200;

class RefusalError extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.reason);
    this.refusal = refusal;
  }
}

/** @param reason - one sentence without a full stop; what is another's text in it goes through {@link shown} */
export function refused(code: RefusalCode, reason: string): Error {
  return new RefusalError({ code, reason });
}

/** What was thrown, as a reason. Whatever is not a refusal comes of bytes that a library was not made for. */
export function refusalOf(error: unknown, code: RefusalCode): Refusal {
  if (error instanceof RefusalError) return error.refusal;
  return { code, reason: shown(error instanceof Error ? error.message : String(error)) };
}

/** Another's text in a reason: printable, and cut. */
export function shown(text: string): string {
  return printable(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
}
