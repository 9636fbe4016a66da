/** What checks over an image that somebody wants to pull may be handed, beside all that was found of it. */
import type { Check } from "../../core/check.ts";
import type { Policy } from "../../core/policy.ts";
import type { StatedAt } from "../../core/setting.ts";

/** A fact is not there where the policy does not ask. */
export interface PulledImageFacts {
  /** Where it is asked for. */
  readonly place: { readonly repository: string };
  /** When it says that it was made; ISO 8601. */
  readonly creation: { readonly createdAt: string };
  /** Of an image of another registry: since when it is known, ISO 8601, and for how long it is to be. */
  readonly upstream: {
    readonly since: string;
    readonly from: "seen" | "created";
    readonly cooldownDays: number;
    readonly statedAt?: StatedAt;
  };
}

/** What the policy says of pulls. */
export type PullParameters = Pick<Policy["registry"]["pull"], "repositories" | "maxAgeDays">;

export type PulledImageCheck<Needed extends keyof PulledImageFacts, Parameters extends keyof PullParameters> = Check<
  Pick<PulledImageFacts, Needed>,
  Pick<PullParameters, Parameters>
> & { readonly subject: "pulled-image" };
