/** What checks over the policy file of a run may be handed. */
import type { Check } from "../../core/check.ts";
import type { ExceptionInRun } from "../../core/exception-use.ts";
import type { Policy } from "../../core/policy.ts";

export interface PolicyFacts {
  readonly policy: Policy;
  /** The exceptions in force, by what they named of everything that was judged but the policy itself. */
  readonly uses: readonly ExceptionInRun[];
  /** The same with the findings of the other checks over the policy. */
  readonly allUses: readonly ExceptionInRun[];
}

export type PolicyCheck<Needed extends keyof PolicyFacts, Parameters extends object = object> = Check<
  Pick<PolicyFacts, Needed>,
  Parameters
> & { readonly subject: "policy" };
