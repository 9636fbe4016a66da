/** What checks over an image that somebody wants to pull may be handed, beside all that was found of it. */
import type { Check, PolicyParameters } from "../../core/check.ts";
import type { StatedAt } from "../../core/setting.ts";

/** A fact is not there where the policy does not ask. */
export interface PulledImageFacts {
  /** Where it is asked for. */
  readonly place: { readonly repository: string };
  /** When it says that it was made; ISO 8601. */
  readonly creation: { readonly createdAt: string };
  /** Whether any scan has seen it, and where it is asked for. */
  readonly scan: { readonly repository: string; readonly isScanned: boolean };
  /** Of an image of another registry: since when it is known, ISO 8601, and for how long it is to be. */
  readonly upstream: {
    readonly since: string;
    readonly from: "seen" | "created";
    readonly cooldownDays: number;
    readonly statedAt?: StatedAt;
  };
}

/** What the policy says of pulls, and of what waits for its scan. */
export type PullParameters = Pick<PolicyParameters["registry"]["pull"], "repositories" | "maxAgeDays"> &
  Pick<PolicyParameters["registry"], "quarantine">;

export type PulledImageCheck<Needed extends keyof PulledImageFacts, Parameters extends keyof PullParameters> = Check<
  Pick<PulledImageFacts, Needed>,
  Pick<PullParameters, Parameters>
> & { readonly subject: "pulled-image" };
