/** What a change does to the packages that lockfiles pin, for who reads a report. */

export const changeKinds = ["added", "upgraded", "downgraded", "replaced", "removed"] as const;

/** `replaced`: the same version from elsewhere or with other contents. */
export type ChangeKind = (typeof changeKinds)[number];

export type ChangeCounts = Readonly<Record<ChangeKind, number>>;

/** Of one lockfile; nothing in it is evaluated. */
export interface LockfileChanges {
  readonly lockfile: string;
  readonly counts: ChangeCounts;
  /** Known vulnerabilities that packages had before and that none has now; absent where advisories were not read. */
  readonly closes?: number;
  /** What the project itself names, and it or what it brings changes; what brings most first. */
  readonly direct: readonly DirectChange[];
  /** Changes that nothing says the way to. */
  readonly others: number;
}

export interface DirectChange {
  /** `unchanged`: only what it brings changes. */
  readonly kind: ChangeKind | "unchanged";
  /** Type of the package-url. */
  readonly type: string;
  readonly name: string;
  readonly before?: string;
  readonly after?: string;
  /** Packages that come or change through it. */
  readonly brings: number;
}
