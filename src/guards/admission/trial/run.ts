/** One request through both webhooks, as the API server sends it: what the first writes is what the second judges. */
import { Problem } from "../../../core/problem.ts";
import type { AdmissionRequest, PatchOperation } from "../../../engines/admission/model.ts";
import type { Decision, Guard } from "../model.ts";
import { applyPatch } from "./patch.ts";

export interface TrialOptions {
  readonly now: Date;
  /** For each of the two. */
  readonly milliseconds: number;
}

export interface Trial {
  /** Of the validating webhook. */
  readonly decision: Decision;
  /** Of the mutating one. */
  readonly patch: readonly PatchOperation[];
}

/** @throws Problem where the guard's own patch does not fit the object: a mistake that must not look like a verdict */
export async function tryRequest(guard: Guard, request: AdmissionRequest, options: TrialOptions): Promise<Trial> {
  const mutated = await guard.decide(request, { ...askingOf(options), webhook: "mutate" });
  const { patch = [], allowed } = mutated.answer;
  // Only the validating webhook refuses; one that refuses all the same has said all that there is.
  if (!allowed) return { decision: mutated, patch: [] };
  const { object } = request;
  if (patch.length > 0 && object === undefined) {
    throw new Problem({ kind: "input", code: "admission.patch", place: request.uid, cause: "a patch of no object" });
  }
  const asked =
    object === undefined || patch.length === 0 ? request : { ...request, object: applyPatch(object, patch) };
  return { decision: await guard.decide(asked, { ...askingOf(options), webhook: "validate" }), patch };
}

function askingOf({ now, milliseconds }: TrialOptions) {
  return { now, deadline: AbortSignal.timeout(milliseconds) };
}
