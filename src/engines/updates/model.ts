/** What the distribution's own suites hold that an image has not: as facts. */
import type { Package } from "../contents/model.ts";

/** Whose word it is that a suite's key is the right one. An image's own keys prove no more than the image itself. */
export type Trust = "caller" | "machine" | "image";

/** One suite or repository whose signed word was read. */
export interface SuiteUse {
  /** `trixie-security`; for Alpine `v3.22/main`; for rpm the id of its repository. */
  readonly name: string;
  /** URL without user, password and query. */
  readonly place: string;
  /** ISO 8601: the date that is signed in it; for Alpine that of its newest package. */
  readonly date: string;
  /** ISO 8601: until when it says that it holds. */
  readonly validUntil?: string;
  /** ISO 8601: when its server last said that this is the newest. */
  readonly checkedAt: string;
  /** Hex fingerprint of the key that signed it, or the file name of Alpine's key; "" where nobody did. */
  readonly signedBy: string;
  /** `server`: not signed, and fetched over TLS, as most repositories of rpm are. */
  readonly trust: Trust | "server";
  /** True: it carries nothing but security fixes. */
  readonly security: boolean;
}

/** Since when an update has been pending at least, and how that is known. */
export interface PendingSince {
  /** ISO 8601. */
  readonly at: string;
  /**
   * `release`: the suite's own signed date. `seen`: that of an earlier copy, from the cache. `built`: when the package
   * was built, as the signed index says.
   */
  readonly by: "release" | "seen" | "built";
}

export interface PendingUpdate {
  readonly package: Package;
  readonly available: string;
  /** Of the source package that it is built from, which advisories speak of. */
  readonly availableSource: string;
  /** The package that takes its place, where that is another one (`Obsoletes` of rpm). */
  readonly replacedBy?: string;
  /** The suite that has it; a security suite where one has it. */
  readonly suite: string;
  /** True where a security suite has any version above the installed one. */
  readonly securitySuite: boolean;
  /** True where the distribution has no suite for security alone: then any update may be one of security. */
  readonly mixed: boolean;
  readonly since: PendingSince;
  /** The flaws of the installed version that it mends, by the name to show, sorted. */
  readonly fixes: readonly string[];
}

export interface PendingUpdates {
  /** Distribution packages that were looked at. */
  readonly packages: number;
  readonly suites: readonly SuiteUse[];
  /** Those with security first, then the oldest, then by name. */
  readonly updates: readonly PendingUpdate[];
}

/** When an image and its base were built, as they say; absent where they do not, or say a time that no build has. */
export interface BuildDates {
  /** ISO 8601. */
  readonly image?: string;
  readonly base?: string;
}
