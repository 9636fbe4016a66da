import type { ExitCode } from "../../core/report.ts";
import { signForms } from "../../engines/trust/signing/make.ts";
import { formsOf, runSigning } from "./run-signing.ts";
import { annotationsOf, type SigningOptions, signingSetup } from "./signing-options.ts";

interface SignOptions extends SigningOptions {
  readonly annotation: readonly string[];
}

/** `bulkhead sign REFERENCE...` */
export async function sign(references: readonly string[], options: SignOptions): Promise<ExitCode> {
  const annotations = annotationsOf(options.annotation);
  const setup = signingSetup(options);
  const forms = formsOf(options, signForms, setup);
  return await runSigning({ references, options, setup, forms, content: async () => ({ kind: "image", annotations }) });
}
