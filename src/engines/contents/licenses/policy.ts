/** The policy's slice about licences of packages. */
import { coversText } from "../../../core/pattern-cover.ts";
import { fewer, later, more, setting } from "../../../core/setting.ts";

declare module "../../../core/policy.ts" {
  interface PolicySlices {
    readonly licenses: LicensePolicy;
  }
}

/** SPDX ids, any case, or patterns over them: `GPL-*`. */
export interface LicensePolicy {
  /** Empty: every licence that is not denied. */
  readonly allow: readonly string[];
  /** Wins over `allow`. */
  readonly deny: readonly string[];
  /** What becomes of packages whose licence is stated nowhere, or is none that SPDX lists. */
  readonly unknown: UnknownLicense;
}

export type UnknownLicense = (typeof unknownLicenses)[number];

/** From the loosest to the strictest. */
export const unknownLicenses = ["allow", "report", "deny"] as const;

export const licenseSettings = {
  "licenses.allow": setting<readonly string[]>({
    form: { kind: "texts" },
    description:
      "Allowed licenses: SPDX ids, or patterns such as BSD-*. Default: none listed, which allows everything not denied. Stricter: a list where there was none, or fewer entries.",
    group: "Licenses of packages.",
    initial: [],
    tighten: fewer(coversText),
  }),
  "licenses.deny": setting<readonly string[]>({
    form: { kind: "texts" },
    description: "Denied licenses, overriding allow: AGPL-3.0-only, GPL-*. Default: none. Stricter: more.",
    initial: [],
    tighten: more(coversText),
  }),
  "licenses.unknown": setting<UnknownLicense>({
    form: { kind: "choice", of: unknownLicenses },
    description:
      "Packages without a license, or with one that SPDX does not list. Default: allow. Stricter: report, then deny.",
    initial: "allow",
    tighten: later(unknownLicenses),
  }),
};
