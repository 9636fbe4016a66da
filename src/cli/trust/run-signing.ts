/** What `sign` and `attest` have in common: each reference in turn, what came of it told at the end. */
import { readClock } from "../../core/clock.ts";
import { isEvidenceProblem, type Problem, usageProblem } from "../../core/problem.ts";
import type { ExitCode } from "../../core/report.ts";
import { type ImageReference, parseReference } from "../../engines/oci/reference.ts";
import { targetOf } from "../../engines/oci/target.ts";
import { type AttestForm, requireForm, type SignForm } from "../../engines/trust/signing/make.ts";
import { type Content, type ImageSigned, signImage } from "../../engines/trust/signing/sign-image.ts";
import { knownWord } from "../known-word.ts";
import { registryOptions } from "../reaching.ts";
import { type SigningOutcome, signedJson, signedText } from "./signed-view.ts";
import type { SigningOptions, SigningSetup } from "./signing-options.ts";

export interface SigningWork {
  readonly references: readonly string[];
  readonly options: SigningOptions;
  readonly setup: SigningSetup;
  readonly forms: readonly (SignForm | AttestForm)[];
  readonly content: Content;
  readonly level?: SigningOutcome["level"];
}

/** @throws Problem (usage) for what is no form, and for one that cannot be kept or verified with what vouches for it */
export function formsOf<Form extends SignForm | AttestForm>(
  { form }: SigningOptions,
  known: readonly [Form, ...Form[]],
  { signer, witnesses }: SigningSetup,
): Form[] {
  const named = form.map((text) => knownWord(text, known, { place: `--form ${text}`, what: "form" }));
  const [usual] = known;
  const forms = named.length === 0 ? [usual] : [...new Set(named)];
  for (const each of forms) requireForm(each, signer, witnesses);
  return forms;
}

/** @returns 0 where all was signed, 3 where a reference could not be */
export async function runSigning(work: SigningWork): Promise<ExitCode> {
  const { options, setup, forms, content, level } = work;
  const format = knownWord(options.format, ["text", "json"], { place: `--format ${options.format}`, what: "format" });
  const references = work.references.map((text) => ({ text, reference: registryReference(text) }));
  const signed: ImageSigned[] = [];
  const failures: { readonly reference: string; readonly problem: Problem }[] = [];
  const outcome = () => ({
    ...{ dryRun: options.dryRun, signer: setup.signer.kind, signed, failures },
    ...(level === undefined ? {} : { level }),
  });
  const tell = () => process.stdout.write(format === "json" ? signedJson(outcome()) : signedText(outcome()));
  const { signer, witnesses, services } = setup;
  const { recursive, dryRun } = options;
  const run = {
    ...{ forms, recursive, dryRun, signer, witnesses, services },
    ...{ registry: registryOptions(options), now: readClock() },
  };
  try {
    for (const { text, reference } of references) {
      try {
        for await (const each of signImage(reference, content, run)) signed.push(each);
      } catch (error) {
        if (!isEvidenceProblem(error)) throw error;
        failures.push({ reference: text, problem: error });
      }
    }
  } catch (error) {
    // What was signed before is signed, whatever ended the run.
    if (signed.length > 0) tell();
    throw error;
  } finally {
    services.close();
  }
  tell();
  for (const { problem } of failures) process.stderr.write(`bulkhead: ${problem.line()}\n`);
  return failures.length > 0 ? 3 : 0;
}

/** @throws Problem (usage) for a layout, an archive or a daemon's image: signatures stand beside an image in a registry */
function registryReference(text: string): ImageReference {
  const { scheme, at } = targetOf(text);
  if (scheme === "registry") return parseReference(at);
  throw usageProblem(text, "not in a registry, beside whose image a signature is attached", "push the image first");
}
