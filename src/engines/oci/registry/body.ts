import { Problem } from "../../../core/problem.ts";
import { type BodyOptions, bytesOf, encodingFault } from "../../../net/body.ts";
import type { HttpAnswer } from "../../../net/client.ts";
import { problemOf } from "./transport.ts";
import { describeUrl } from "./url.ts";

/**
 * Reads a small body whole.
 *
 * @throws Problem `registry.answer` over the limit or encoded, `registry.stalled`, `registry.broken`
 */
export async function readBody(answer: HttpAnswer, options: BodyOptions): Promise<Buffer> {
  try {
    return await bytesOf(answer, options);
  } catch (error) {
    throw problemOf(error);
  }
}

export function encodingProblem(answer: HttpAnswer): Problem | undefined {
  const cause = encodingFault(answer);
  if (cause === undefined) return undefined;
  return new Problem({ kind: "input", code: "registry.answer", place: describeUrl(answer.url), cause });
}
