import { parseJson } from "../../../core/parse-json.ts";
import { printable } from "../../../core/printable.ts";
import { Problem } from "../../../core/problem.ts";
import { bounds as netBounds } from "../../../net/bounds.ts";
import type { HttpAnswer } from "../../../net/client.ts";
import type { Clock } from "../../../net/retry.ts";
import { parseRetryAfter } from "../../../net/retry.ts";
import { readBody } from "./body.ts";
import type { RegistryLimits } from "./limits.ts";
import { PassingProblem } from "./retry.ts";
import { describeUrl } from "./url.ts";

/** Reads why a server said no and puts it into words: its own, where it gives them. */
export async function refusal(
  answer: HttpAnswer,
  limits: RegistryLimits,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<Problem> {
  const said = await errorText(answer, limits, signal);
  const place = describeUrl(answer.url);
  const { status } = answer;
  if (status === 404) {
    return new Problem({ kind: "unavailable", code: "registry.not-found", place, cause: `not found${said}` });
  }
  if (status === 401 || status === 403) {
    return new Problem({ kind: "unavailable", code: "registry.denied", place, cause: `access denied${said}` });
  }
  if (status === 429 || status >= 500) {
    const wait = parseRetryAfter(answer.headers["retry-after"], clock.now());
    const code = status === 429 ? "registry.throttled" : "registry.unavailable";
    return new PassingProblem({ kind: "unavailable", code, place, cause: `it answered ${status}${said}` }, wait);
  }
  return new Problem({ kind: "input", code: "registry.answer", place, cause: `it answered ${status}${said}` });
}

/** Where the message starts: `: MANIFEST_UNKNOWN manifest unknown`, or nothing. */
export async function errorText(
  answer: HttpAnswer,
  limits: RegistryLimits,
  signal: AbortSignal | undefined,
): Promise<string> {
  let bytes: Buffer;
  // A server may trickle its excuse; we do not wait longer for the whole of it than for one byte of what we asked for.
  const enough = AbortSignal.timeout(limits.stallMilliseconds);
  try {
    bytes = await readBody(answer, {
      limit: netBounds.errorBytes,
      stallMilliseconds: limits.stallMilliseconds,
      signal: signal === undefined ? enough : AbortSignal.any([signal, enough]),
    });
  } catch {
    // The status says enough; why its explanation cannot be read matters less.
    signal?.throwIfAborted();
    return "";
  }
  return describeErrors(bytes);
}

/** Errors as the OCI distribution specification ("Error Codes") and RFC 6749, section 5.2 give them. */
function describeErrors(bytes: Buffer): string {
  let document: unknown;
  try {
    document = parseJson(bytes.toString());
  } catch {
    return "";
  }
  const errors = field(document, "errors");
  const first: unknown = Array.isArray(errors) ? errors[0] : document;
  const texts = [
    field(first, "code"),
    field(first, "message"),
    field(first, "error"),
    field(first, "error_description"),
  ]
    .concat(field(document, "details"))
    .filter((text) => typeof text === "string" && text !== "");
  return texts.length === 0 ? "" : `: ${printable(texts.join(" ").slice(0, 200))}`;
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
