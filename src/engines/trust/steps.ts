/** The journal of a verification: what was looked at, in order, and with what outcome. */
import type { RefusalCode, StepResult, VerificationStep } from "./model.ts";
import { refusalOf, refused } from "./refusal.ts";

/** What a step found, and how it is told. */
export interface Told<T> {
  readonly value: T;
  readonly detail: string;
  /** What is trusted does not ask for it. */
  readonly isAsked?: false;
}

/** Of what a library throws that bytes surprised. */
const codes: Readonly<Record<VerificationStep, RefusalCode>> = {
  form: "trust.form",
  subject: "trust.subject",
  time: "trust.time",
  signer: "trust.certificate",
  "certificate-log": "trust.certificate-log",
  signature: "trust.signature",
  log: "trust.log",
};

/** Takes one step, and writes its outcome down. @throws the refusal, once it is written down */
export function take<T>(steps: StepResult[], step: VerificationStep, work: () => Told<T>): T {
  try {
    const { value, detail, isAsked } = work();
    steps.push({ step, outcome: isAsked === false ? "not-asked" : "holds", detail });
    return value;
  } catch (error) {
    const { code, reason } = refusalOf(error, codes[step]);
    steps.push({ step, outcome: "fails", detail: reason });
    throw refused(code, reason);
  }
}
