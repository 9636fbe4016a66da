/** The policy's slices about the network: facts of the cluster that no manifest tells, and what is intended. */
import { compileGlob } from "../../core/glob.ts";
import { either, later, onlyOfEach, setting } from "../../core/setting.ts";
import { type AddressRange, parseCidr } from "./addresses.ts";
import { coversDestination, parseDestination } from "./destination.ts";
import { type ClusterSettings, type Cni, knownCnis } from "./settings.ts";

/** What workloads are meant to reach outside the cluster. */
export interface EgressAllowance {
  /** `shop/api`, `shop/*`: NAMESPACE/NAME, a pattern (core/glob.ts). */
  readonly from: string;
  /** As `parseDestination` (destination.ts) reads them. */
  readonly to: readonly string[];
}

declare module "../../core/policy.ts" {
  interface PolicySlices {
    readonly cluster: {
      /** Absent: not stated. */
      readonly cni?: Cni | "none";
      readonly podCIDRs: readonly string[];
      readonly serviceCIDRs: readonly string[];
      readonly nodeCIDRs: readonly string[];
    };
    readonly network: {
      readonly egress: readonly EgressAllowance[];
      /** A file of assertions, as `network test` reads them; relative to the policy file. */
      readonly intended?: string;
      readonly mesh: { readonly mtls: (typeof meshModes)[number] };
    };
  }
}

/** From the loosest to the strictest. */
const meshModes = ["optional", "strict"] as const;

const cidr = {
  says: "an address or CIDR: 10.244.0.0/16, fd00::/48",
  is: (text: string) => parseCidr(text) !== undefined,
};

function cidrs(what: string) {
  return setting<readonly string[]>({
    form: { kind: "texts", each: cidr },
    description: `CIDRs of ${what}. A fact: under a trusted policy others are refused. Default: none stated, and whether addresses are ${what} is unknown. Stricter: nothing.`,
    group: "Facts of the cluster that manifests do not tell. Of an untrusted policy they never make a pass.",
    initial: [],
    tighten: (current, wanted) => ({
      value: current,
      loosens: current.length !== wanted.length || wanted.some((one) => !current.includes(one)),
    }),
  });
}

export const networkSettings = {
  "cluster.cni": setting<Cni | "none" | undefined>({
    form: { kind: "choice", of: [...knownCnis, "none"] },
    description:
      "CNI that enforces network policies; none where none does. Default: not stated, and whether policies are enforced is unknown. Stricter: none.",
    group: "Facts of the cluster that manifests do not tell. Of an untrusted policy they never make a pass.",
    initial: undefined,
    tighten: either((wanted) => wanted === "none"),
    show: (value) => value ?? "not stated",
  }),
  "cluster.podCIDRs": cidrs("pods"),
  "cluster.serviceCIDRs": cidrs("Services"),
  "cluster.nodeCIDRs": cidrs("nodes"),
  "network.egress": setting<readonly EgressAllowance[]>({
    form: {
      kind: "rows",
      fields: {
        from: {
          kind: "text",
          each: { says: "NAMESPACE/WORKLOAD, a pattern: shop/api, shop/*", is: isWorkloadPattern },
          description: "Workloads, NAMESPACE/NAME or a pattern: shop/api, shop/*.",
        },
        to: {
          kind: "texts",
          each: {
            says: "a name, an address or a CIDR, with or without a port: api.example.com:443, *.example.com, 203.0.113.0/24:5432",
            is: (text) => parseDestination(text) !== undefined,
          },
          description: "Names, addresses and CIDRs outside the cluster, with or without a port.",
        },
      },
    },
    description:
      "What workloads are meant to reach outside the cluster, for `network generate` and the checks. Of an untrusted policy the checks do not use it. Default: none. Stricter: fewer.",
    group: "What is intended in the network.",
    initial: [],
    tighten: onlyOfEach(fewerDestinations),
    show: (value) =>
      value.length === 0 ? "an empty list" : value.map(({ from, to }) => `${from} → ${to.join(", ")}`).join("; "),
  }),
  "network.intended": setting<string | undefined>({
    form: { kind: "text" },
    description:
      "File of assertions about the network, as `network test` reads them; those that do not hold are findings. A path relative to this file. Default: none. Stricter: a file where there was none.",
    initial: undefined,
    tighten: either((_, current) => current === undefined),
    read: (written: string, beside) => beside(written),
    show: (value) => value ?? "not stated",
  }),
  "network.mesh.mtls": setting<(typeof meshModes)[number]>({
    form: { kind: "choice", of: meshModes },
    description:
      "Whether workloads must be in a service mesh that accepts only mTLS: strict, or optional, where what does not is reported with severity low. Default: strict. Stricter: strict.",
    initial: "strict",
    tighten: later(meshModes),
  }),
};

/** `NAMESPACE/NAME`, each a pattern without `**`, which would cross the slash. */
function isWorkloadPattern(text: string): boolean {
  return /^[a-z0-9*?][a-z0-9.*?-]{0,62}\/[A-Za-z0-9*?][A-Za-z0-9.*?-]{0,252}$/.test(text) && !text.includes("**");
}

/** What of an entry the others allow as well; undefined where that is nothing. */
function fewerDestinations(wanted: EgressAllowance, current: readonly EgressAllowance[]): EgressAllowance | undefined {
  const kept = wanted.to.filter((text) => {
    const destination = parseDestination(text);
    return current.some(
      ({ from, to }) =>
        coversWorkloads(from, wanted.from) &&
        to.some((other) => {
          const held = parseDestination(other);
          return destination !== undefined && held !== undefined && coversDestination(held, destination);
        }),
    );
  });
  if (kept.length === 0) return undefined;
  return kept.length === wanted.to.length ? wanted : { from: wanted.from, to: kept };
}

function coversWorkloads(pattern: string, wanted: string): boolean {
  return pattern === wanted || (!/[*?]/.test(wanted) && compileGlob(pattern)(wanted));
}

/** The slice `cluster` as the engine takes it. */
export function clusterSettingsOf({
  cni,
  podCIDRs,
  serviceCIDRs,
  nodeCIDRs,
}: {
  readonly cni?: Cni | "none";
  readonly podCIDRs: readonly string[];
  readonly serviceCIDRs: readonly string[];
  readonly nodeCIDRs: readonly string[];
}): ClusterSettings {
  const ranges = (texts: readonly string[]): AddressRange[] => texts.flatMap((text) => parseCidr(text) ?? []);
  return {
    ...(cni === undefined ? {} : { cni }),
    podCidrs: ranges(podCIDRs),
    serviceCidrs: ranges(serviceCIDRs),
    nodeCidrs: ranges(nodeCIDRs),
  };
}
