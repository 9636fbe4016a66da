/** Where the answers of `admission test` go. */
import { writeWhole } from "../../engines/files/write.ts";
import { renderTrial, renderTrialJson } from "../../report/admission/trial.ts";
import { renderTrialJunit } from "../../report/admission/trial-junit.ts";
import { renderTrialSarif } from "../../report/admission/trial-sarif.ts";
import type { TrialView } from "../../report/admission/trial-view.ts";
import { outputDefaults } from "../../report/options.ts";
import { type Output, parseFormatsOf } from "../output-options.ts";
import { toolVersion } from "../version.ts";
import { writeStream } from "../write-stream.ts";

export const trialFormats = ["text", "json", "junit", "sarif"] as const;

type TrialFormat = (typeof trialFormats)[number];

/** @throws Problem (usage) */
export function trialOutputs(written: readonly string[]): Output<TrialFormat>[] {
  return parseFormatsOf(trialFormats, written, process.stdout);
}

export async function writeTrial(
  view: TrialView,
  outputs: readonly Output<TrialFormat>[],
  { all, grouped }: { readonly all: boolean; readonly grouped: boolean },
): Promise<void> {
  const { columns, color } = outputDefaults(process.stdout, process.env);
  for (const { format = "text", file } of outputs) {
    const page = file === undefined ? { columns, color, all } : { columns: 100, color: false, all };
    const text = {
      text: () => renderTrial(view, page, grouped),
      json: () => renderTrialJson(view),
      junit: () => renderTrialJunit(view),
      sarif: () => renderTrialSarif(view, toolVersion()),
    }[format]();
    if (file === undefined) await writeStream(process.stdout, [text]);
    else writeWhole(file, text, { within: [process.cwd()] });
  }
}
