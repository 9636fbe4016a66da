/** What checks over an image that nobody built or opened may be handed: what its name alone says. */
import type { Check } from "../../core/check.ts";
import type { Location } from "../../core/location.ts";
import type { BaseKind, Lifecycle } from "../../engines/contents/model.ts";

export interface NamedImageFacts {
  /** Always partial: what else is in the image nobody knows, so that it may fail and never passes. */
  readonly base: NamedBase;
  /** Of what the name states the release of; there only where it states one. */
  readonly releases: NamedReleases;
}

interface Named {
  /** `debian:12`, `scratch`. */
  readonly name: string;
  /** A Dockerfile's last stage is built on it, or a workload runs it. */
  readonly use: "built on" | "run";
  readonly places: readonly [Location, ...Location[]];
}

export interface NamedBase extends Named {
  readonly kind: BaseKind;
  /** One sentence without a full stop. */
  readonly why: string;
}

export interface NamedReleases extends Named {
  readonly lifecycle: Lifecycle;
}

export type NamedImageCheck<Needed extends keyof NamedImageFacts, Parameters extends object = object> = Check<
  Pick<NamedImageFacts, Needed>,
  Parameters
> & { readonly subject: "named-image" };
