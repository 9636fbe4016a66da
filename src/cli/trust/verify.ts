import { isEvidenceProblem, type Problem } from "../../core/problem.ts";
import type { ExitCode } from "../../core/report.ts";
import { formatPlatform, parsePlatform } from "../../engines/oci/platform.ts";
import { renderVerify, renderVerifyJson } from "../../report/trust/verify.ts";
import type { VerifyView } from "../../report/trust/verify-view.ts";
import { verifyImage } from "../../scan/trust.ts";
import { createProgress } from "../progress.ts";
import { registryOptions } from "../reaching.ts";
import { type OpenedRules, openRules, type TrustingOptions } from "./open.ts";
import { trustOutputs, writeOutputs } from "./output.ts";
import { nameByDigest } from "./resolved-name.ts";
import { verifyViewOf } from "./verify-view.ts";

export interface VerifyOptions extends TrustingOptions {
  readonly signatures: readonly string[];
}

/** `bulkhead verify REF`: 0 trusted, 1 not trusted, 3 unknown. */
export async function verify(reference: string, options: VerifyOptions): Promise<ExitCode> {
  const outputs = trustOutputs(options.format);
  const rules = await openRules(options);
  const progress = createProgress(process.stderr, options.quiet);
  let view: VerifyView;
  try {
    progress.update(`looking for signatures of ${reference}`);
    view = await viewOf(reference, rules, options);
  } finally {
    progress.clear();
  }
  await writeOutputs(outputs, options.all, {
    text: (page) => renderVerify(view, page),
    json: () => renderVerifyJson(view),
  });
  return { trusted: 0, "not trusted": 1, unknown: 3 }[view.verdict] as ExitCode;
}

async function viewOf(reference: string, rules: OpenedRules, options: VerifyOptions): Promise<VerifyView> {
  const { opened, now, origin, notes } = rules;
  try {
    const { image, decision } = await verifyImage(reference, opened, {
      now,
      registry: registryOptions(options),
      signatureFiles: options.signatures,
      ...(options.platform === undefined ? {} : { platform: formatPlatform(parsePlatform(options.platform)) }),
    });
    const { signers } = opened.rules.trust;
    return verifyViewOf(image, decision, {
      resolved: nameByDigest(reference, image.subject.digest),
      origin,
      signers,
      now,
      notes,
    });
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    return unresolvedView(reference, error, rules);
  }
}

/** Nothing is known of it: that is no reason to call it unsigned. */
function unresolvedView(reference: string, problem: Problem, { origin, now, notes }: OpenedRules): VerifyView {
  const { code, place, message, remedy } = problem;
  return {
    reference,
    verdict: "unknown",
    reason: "the reference was not resolved",
    resolvedAt: now.toISOString(),
    rules: origin,
    needs: [],
    tried: [],
    covers: [],
    ages: [],
    gaps: [{ code, reason: `${place}: ${message}`, ...(remedy === undefined ? {} : { remedy }) }],
    notes,
    next: [],
  };
}
