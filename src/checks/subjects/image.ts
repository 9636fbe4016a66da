/** All that a check over an image, or a root file system, may be handed; it names those that it needs. */
import type { Check } from "../../core/check.ts";
import type { LayerReference } from "../../core/location.ts";
import type {
  Account,
  Accounts,
  BaseImage,
  HostFile,
  Inventory,
  LicensedPackage,
  Lifecycle,
  Package,
  PathPermissions,
  Tool,
} from "../../engines/contents/model.ts";
import type { Dockerfile, PlacedCommand } from "../../engines/dockerfile/model.ts";
import type { ImageConfig } from "../../engines/oci/model.ts";
import type { SecretsFound } from "../../engines/secrets/model.ts";
import type { BuildDates, PendingUpdates } from "../../engines/updates/model.ts";
import type { ScopeMatches } from "../../engines/vulnerability/model.ts";

/**
 * A fact is not there where nobody looked for it, or where it says nothing of what is judged: a root file system has no
 * config, an image for Windows no users that these checks know.
 */
export interface ImageFacts {
  /** The image's layers, lowest first; empty of what has none. */
  readonly layers: readonly LayerReference[];
  /** How many of the lowest layers are the base's; undefined where the base is not recognised. */
  readonly baseLayers: number | undefined;
  readonly config: ImageConfig;
  /** Where a document of the image can be read in two ways, and why; undefined where all can be read in one alone. */
  readonly ambiguity: { readonly place: string; readonly cause: string } | undefined;
  /** What the history says of the build, as the Dockerfile that it would be, and which step each of its lines is of. */
  readonly history: ReadHistory;
  /** The shell commands of the history. Partial where one could not be taken apart. */
  readonly commands: readonly PlacedCommand[];
  /** Accounts of /etc/passwd, where the config names its user by name; undefined where there is no such file. */
  readonly passwd: readonly Account[] | undefined;
  /** Whether there are layers above the base's. */
  readonly application: "some" | "none" | "unknown";
  /** Absent where it is not recognised. */
  readonly base: BaseImage;
  readonly inventory: Inventory;
  /** Permissions that stand out, of the whole image, what a layer removed among them. */
  readonly paths: readonly PathPermissions[];
  readonly accounts: Accounts;
  readonly tools: readonly Tool[];
  /** Of what is a Kubernetes node. Partial where something could not be looked up. */
  readonly hostFiles: readonly HostFile[];
  readonly lifecycle: Lifecycle;
  /** Of all packages, also of those that an upper layer removed. */
  readonly licenses: readonly LicensedPackage[];
  /** Packages that an upper layer removed. */
  readonly removed: readonly Package[];
  /** Their known vulnerabilities, by the type of package. */
  readonly removedVulnerabilities: Readonly<Record<string, number>>;
  /** Partial where a layer, or a file in one, was not read. */
  readonly secrets: SecretsFound;
}

/** When an image was built, and what its distribution has newer. */
export interface ImageUpdatesFacts {
  readonly built: BuildDates;
  /** Undefined where nobody asked: then the age alone speaks. */
  readonly pending: PendingUpdates | undefined;
}

export type ImageUpdatesCheck<Parameters extends object = object> = Check<ImageUpdatesFacts, Parameters> & {
  readonly subject: "image-updates";
};

export interface ReadHistory {
  readonly dockerfile: Dockerfile;
  readonly steps: readonly { readonly line: number; readonly step: number }[];
  /** How many steps there are of the application's layers, read or not. */
  readonly total: number;
}

export type ImageCheck<Needed extends keyof ImageFacts, Parameters extends object = object> = Check<
  Pick<ImageFacts, Needed>,
  Parameters
> & { readonly subject: "image" };

/** The packages of one ecosystem, or of one release of a distribution, in an image. */
export interface ImageScopeFacts {
  /** Of the whole image, with the gaps alone that concern the scope. */
  readonly inventory: Inventory;
  readonly vulnerabilities: ScopeMatches;
  readonly layers: readonly LayerReference[];
}

export type ImageScopeCheck = Check<ImageScopeFacts> & { readonly subject: "image-scope" };
