/**
 * Forty situations of a finding in words (those of images here, of all else in oracle-places.ts, the order in oracle-order.ts), with what is known of them and the row that a person who thinks it through writes down.
 * Written before the join and without it: nothing of src/joins is imported here. Times are days before today; what was observed
 * counts for seven.
 */

/** `yes`, `no`, `unknown`; with `, stale` what was seen longer ago than the policy allows. */
export type Said = "yes" | "no" | "unknown" | "yes, stale" | "no, stale";

export interface Row {
  readonly runs: Said;
  readonly reachable: Said;
  readonly exposed: Said;
  readonly loaded: Said;
  readonly signed: Said;
}

/** Digests are written as short words: `c1` is a config's, `m1` a manifest's, `i1` an index's. */
export interface Image {
  readonly config?: string;
  readonly manifest?: string;
  readonly index?: string;
  /** What it was met as; of one without a config all that is known. */
  readonly name: string;
}

export interface Situation {
  /** What the finding is in; a workload is `shop/web` of the cluster or `files:shop/web` of manifests. */
  readonly in:
    | { readonly image: Image }
    | { readonly workload: string }
    | { readonly namespace: string }
    | { readonly file: string }
    | { readonly cluster: true }
    | { readonly host: string };
  /** Absent: no cluster was read. `short`: why its pods are not all known. */
  readonly cluster?: { readonly short?: string };
  /** Who runs what: by a workload, or by the cluster, which says of its pods alone. */
  readonly running?: readonly {
    readonly by: string;
    /** `config c1`, `manifest m1`, `name registry/api:1`. */
    readonly what: string;
    readonly pods?: number;
    readonly daysAgo?: number;
    /** Its runtime tells no digest. */
    readonly undigested?: true;
    /** The digest that a manifest pins. */
    readonly pinned?: string;
  }[];
  /** What the network says of workloads. */
  readonly reach?: Readonly<Record<string, { readonly reachable: Said; readonly exposed: Said }>>;
  /** Of the finding's package. */
  readonly loaded?: { readonly state: "loaded" | "not loaded" | "unknown"; readonly daysAgo?: number };
  /** Verdicts of the policy's signers, by what was looked up. */
  readonly verified?: readonly {
    /** An image's own config, or a name. */
    readonly of: string;
    readonly verdict: "pass" | "fail" | "unknown";
    /** The digest whose signature was found. */
    readonly digest?: string;
    readonly expiredDaysAgo?: number;
    /** It passes because an exception says so. */
    readonly excepted?: true;
    /** Who signed may be a stranger: then `unsigned` passes and `untrusted` fails. */
    readonly stranger?: true;
  }[];
  /** Dockerfiles that images were built from: config → path. */
  readonly built?: Readonly<Record<string, string>>;
  /** Further images that were evaluated. */
  readonly images?: readonly Image[];
  /** Further workloads that were evaluated. */
  readonly workloads?: readonly string[];
}

export interface RowCase {
  readonly words: string;
  readonly given: Situation;
  readonly row: Row;
}

export const nothing: Row = {
  runs: "unknown",
  reachable: "unknown",
  exposed: "unknown",
  loaded: "unknown",
  signed: "unknown",
};
export const api: Image = { config: "c1", manifest: "m1", name: "registry/api:1" };
const other: Image = { config: "c2", manifest: "m2", name: "registry/api:1" };
const multi: Image = { config: "c1", manifest: "m1", index: "i1", name: "registry/api:1" };
const unopened: Image = { name: "registry/api:1" };
export const whole = {};

export const imageRows: readonly RowCase[] = [
  {
    words: "the worst: it runs in three pods, an Ingress leads to it, its code was loaded, nobody signed it",
    given: {
      in: { image: api },
      cluster: whole,
      running: [{ by: "shop/api", what: "manifest m1", pods: 3 }],
      reach: { "shop/api": { reachable: "yes", exposed: "yes" } },
      loaded: { state: "loaded" },
      verified: [{ of: "c1", verdict: "fail" }],
    },
    row: { runs: "yes", reachable: "yes", exposed: "yes", loaded: "yes", signed: "no" },
  },
  {
    words: "the best that runs: nobody reaches it, its code lay idle all week, both keys signed it",
    given: {
      in: { image: api },
      cluster: whole,
      running: [{ by: "shop/api", what: "manifest m1", pods: 1 }],
      reach: { "shop/api": { reachable: "no", exposed: "no" } },
      loaded: { state: "not loaded" },
      verified: [{ of: "c1", verdict: "pass" }],
    },
    row: { runs: "yes", reachable: "no", exposed: "no", loaded: "no", signed: "yes" },
  },
  {
    words: "an image in a directory, and no cluster was asked: nobody knows anything of it",
    given: { in: { image: api } },
    row: nothing,
  },
  {
    words: "the whole cluster was read and runs other images only: what does not run is reached by nobody",
    given: {
      in: { image: api },
      cluster: whole,
      running: [{ by: "shop/web", what: "manifest m9", pods: 2 }],
      reach: { "shop/web": { reachable: "yes", exposed: "yes" } },
    },
    row: { ...nothing, runs: "no", reachable: "no", exposed: "no" },
  },
  {
    words: "the whole cluster was read and no pod runs in it",
    given: { in: { image: api }, cluster: whole },
    row: { ...nothing, runs: "no", reachable: "no", exposed: "no" },
  },
  {
    words: "the list of pods was refused: that no pod is known says nothing",
    given: { in: { image: api }, cluster: { short: "this identity may not list pods (403)" } },
    row: nothing,
  },
  {
    words: "pods of another workload have not pulled yet, so that nobody tells their digest: it may be this one",
    given: {
      in: { image: api },
      cluster: whole,
      running: [{ by: "shop/web", what: "name registry/web:2", undigested: true }],
    },
    row: nothing,
  },
  {
    words: "the same tag runs, of another digest: a name never joins two images",
    given: {
      in: { image: api },
      cluster: whole,
      running: [{ by: "shop/api", what: "manifest m2", pods: 1 }],
      images: [other],
      reach: { "shop/api": { reachable: "yes", exposed: "yes" } },
    },
    row: { ...nothing, runs: "no", reachable: "no", exposed: "no" },
  },
  {
    words: "the runtime names the index that its pods were started by: one of its images is this one",
    given: {
      in: { image: multi },
      cluster: whole,
      running: [{ by: "shop/api", what: "manifest i1", pods: 2 }],
      reach: { "shop/api": { reachable: "yes", exposed: "no" } },
    },
    row: { ...nothing, runs: "yes", reachable: "yes", exposed: "no" },
  },
  {
    words: "a runtime that knows no repository names the config",
    given: {
      in: { image: api },
      cluster: whole,
      running: [{ by: "shop/api", what: "config c1", pods: 1 }],
      reach: { "shop/api": { reachable: "unknown", exposed: "unknown" } },
    },
    row: { ...nothing, runs: "yes" },
  },
  {
    words: "the cluster says that it runs, and not which workload does: who reaches that is not known",
    given: { in: { image: api }, cluster: whole, running: [{ by: "cluster", what: "manifest m1", pods: 1 }] },
    row: { ...nothing, runs: "yes" },
  },
  {
    words: "of two workloads that run it one is exposed: it is exposed",
    given: {
      in: { image: api },
      cluster: whole,
      running: [
        { by: "shop/api", what: "manifest m1", pods: 1 },
        { by: "shop/old", what: "manifest m1", pods: 1 },
      ],
      reach: {
        "shop/api": { reachable: "no", exposed: "no" },
        "shop/old": { reachable: "yes", exposed: "yes" },
      },
    },
    row: { ...nothing, runs: "yes", reachable: "yes", exposed: "yes" },
  },
  {
    words: "of two workloads that run it nobody knows who reaches the second: that the first is closed is no answer",
    given: {
      in: { image: api },
      cluster: whole,
      running: [
        { by: "shop/api", what: "manifest m1", pods: 1 },
        { by: "shop/old", what: "manifest m1", pods: 1 },
      ],
      reach: {
        "shop/api": { reachable: "no", exposed: "no" },
        "shop/old": { reachable: "unknown", exposed: "no" },
      },
    },
    row: { ...nothing, runs: "yes", exposed: "no" },
  },
  {
    words:
      "manifests pin its digest and no cluster was read: whether they are applied nobody knows, what they open is known",
    given: {
      in: { image: api },
      running: [{ by: "files:shop/api", what: "name registry/api:1@m1", pinned: "m1" }],
      reach: { "files:shop/api": { reachable: "yes", exposed: "yes" } },
    },
    row: { ...nothing, reachable: "yes", exposed: "yes" },
  },
  {
    words: "manifests pin its digest and close it off: others, that nobody read, may run it elsewhere",
    given: {
      in: { image: api },
      running: [{ by: "files:shop/api", what: "name registry/api:1@m1", pinned: "m1" }],
      reach: { "files:shop/api": { reachable: "no", exposed: "no" } },
    },
    row: nothing,
  },
  {
    words: "manifests name it by a tag: what that is then, nobody can say now",
    given: {
      in: { image: api },
      running: [{ by: "files:shop/api", what: "name registry/api:1" }],
      reach: { "files:shop/api": { reachable: "yes", exposed: "yes" } },
    },
    row: nothing,
  },
  {
    words: "it could not be opened, and the cluster runs what goes by that very name",
    given: {
      in: { image: unopened },
      cluster: whole,
      running: [{ by: "shop/api", what: "name registry/api:1", undigested: true, pods: 1 }],
      reach: { "shop/api": { reachable: "yes", exposed: "no" } },
    },
    row: { ...nothing, runs: "yes", reachable: "yes", exposed: "no" },
  },
  {
    words: "nobody opened it but by its name, under which the cluster runs a digest",
    given: {
      in: { image: unopened },
      cluster: whole,
      running: [{ by: "cluster", what: "manifest m1", pods: 1 }],
      verified: [{ of: "registry/api:1", verdict: "fail" }],
    },
    row: { ...nothing, runs: "yes", signed: "no" },
  },
  {
    words: "it was verified by its name, and the cluster runs a digest under that name which was scanned",
    given: {
      in: { image: api },
      cluster: whole,
      running: [{ by: "cluster", what: "manifest m1", pods: 1 }],
      verified: [{ of: "registry/api:1", verdict: "pass", digest: "m1" }],
    },
    row: { ...nothing, runs: "yes", signed: "yes" },
  },
  {
    words: "what was verified under its name is another digest: the signature counts for that one",
    given: {
      in: { image: api },
      cluster: whole,
      running: [{ by: "cluster", what: "manifest m1", pods: 1 }],
      verified: [{ of: "registry/api:1", verdict: "pass", digest: "m2" }],
    },
    row: { ...nothing, runs: "yes" },
  },
  {
    words: "a stranger signed it: signed is by whom the policy trusts",
    given: { in: { image: api }, verified: [{ of: "c1", verdict: "fail", stranger: true }] },
    row: { ...nothing, signed: "no" },
  },
  {
    words: "the registry did not answer when it was verified",
    given: { in: { image: api }, verified: [{ of: "c1", verdict: "unknown" }] },
    row: nothing,
  },
  {
    words: "an exception lets it be unsigned: it is no less unsigned",
    given: { in: { image: api }, verified: [{ of: "c1", verdict: "pass", excepted: true }] },
    row: { ...nothing, signed: "no" },
  },
  {
    words: "it was verified, and what that rests on is too old by now",
    given: { in: { image: api }, verified: [{ of: "c1", verdict: "pass", expiredDaysAgo: 2 }] },
    row: { ...nothing, signed: "yes, stale" },
  },
  {
    words: "its code was seen to be loaded, eight days ago",
    given: { in: { image: api }, loaded: { state: "loaded", daysAgo: 8 } },
    row: { ...nothing, loaded: "yes, stale" },
  },
  {
    words: "its code lay idle, eight days ago: by now it may not",
    given: { in: { image: api }, loaded: { state: "not loaded", daysAgo: 8 } },
    row: { ...nothing, loaded: "no, stale" },
  },
  {
    words: "its containers were watched, and events were lost",
    given: { in: { image: api }, loaded: { state: "unknown", daysAgo: 0 } },
    row: nothing,
  },
  {
    words: "an alert of ten days ago is of a container of it",
    given: { in: { image: api }, running: [{ by: "shop/api", what: "config c1", daysAgo: 10 }] },
    row: { ...nothing, runs: "yes, stale" },
  },
  {
    words: "an alert of yesterday is of a container of it, and the cluster was not read",
    given: { in: { image: api }, running: [{ by: "shop/api", what: "config c1", daysAgo: 1 }] },
    row: { ...nothing, runs: "yes" },
  },
  {
    words: "an alert of ten days ago, and the cluster as a whole says today that it runs nowhere",
    given: {
      in: { image: api },
      cluster: whole,
      running: [{ by: "shop/api", what: "config c1", daysAgo: 10 }],
    },
    row: { ...nothing, runs: "no", reachable: "no", exposed: "no" },
  },
];
