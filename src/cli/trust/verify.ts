import { isEvidenceProblem, type Problem, usageProblem } from "../../core/problem.ts";
import type { ExitCode } from "../../core/report.ts";
import { writeWhole } from "../../engines/files/write.ts";
import { formatPlatform, parsePlatform } from "../../engines/oci/image.ts";
import { parseReference, repositoryOf } from "../../engines/oci/reference.ts";
import { targetOf } from "../../engines/oci/target.ts";
import type { ImageTrust } from "../../engines/trust/model.ts";
import { outputDefaults } from "../../report/options.ts";
import { renderVerify, renderVerifyJson } from "../../report/trust/verify.ts";
import type { VerifyView } from "../../report/trust/verify-view.ts";
import { verifyImage } from "../../scan/trust.ts";
import { parseFormatsOf, writeStream } from "../outputs.ts";
import { createProgress } from "../progress.ts";
import { registryOptions } from "../reaching.ts";
import { type OpenedRules, openRules, type TrustingOptions } from "./open.ts";
import { verifyViewOf } from "./verify-view.ts";

const formats = ["text", "json"] as const;

/** `bulkhead verify REF`: 0 trusted, 1 not trusted, 3 unknown. */
export async function verify(reference: string, options: TrustingOptions): Promise<ExitCode> {
  const outputs = parseFormatsOf(formats, options.format, process.stdout);
  const rules = await openRules(options);
  const progress = createProgress(process.stderr, options.quiet);
  let view: VerifyView;
  try {
    progress.update(`looking for signatures of ${reference}`);
    view = await viewOf(reference, rules, options);
  } finally {
    progress.clear();
  }
  const { columns, color } = outputDefaults(process.stdout, process.env);
  for (const { format = "text", file } of outputs) {
    const page = file === undefined ? { columns, color } : { columns: 100, color: false };
    const text = format === "json" ? renderVerifyJson(view) : renderVerify(view, { ...page, all: options.all });
    if (file === undefined) await writeStream(process.stdout, [text]);
    else writeWhole(file, text, { within: [process.cwd()] });
  }
  return { trusted: 0, "not trusted": 1, unknown: 3 }[view.verdict] as ExitCode;
}

async function viewOf(reference: string, rules: OpenedRules, options: TrustingOptions): Promise<VerifyView> {
  const { opened, now, origin, notes } = rules;
  try {
    const { image, decision } = await verifyImage(reference, opened, {
      now,
      registry: registryOptions(options),
      ...(options.platform === undefined ? {} : { platform: formatPlatform(parsePlatform(options.platform)) }),
    });
    const { signers } = opened.rules.trust;
    return verifyViewOf(image, decision, { resolved: resolvedName(reference, image), origin, signers, now, notes });
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    return unresolvedView(reference, error, rules);
  }
}

/** What may stand in place of the reference from now on. */
export function resolvedName(reference: string, { subject }: ImageTrust): string {
  const target = targetOf(reference);
  return target.scheme === "registry"
    ? `${repositoryOf(parseReference(target.at))}@${subject.digest}`
    : `${subject.digest} of ${reference}`;
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
