import type { Asset } from "../../core/asset.ts";
import type { ControlNumber, Layer } from "../../core/check.ts";

/** One of the ten controls, and what of it no check looks at yet: while that stands, the control cannot pass. */
export interface Control {
  readonly number: ControlNumber;
  readonly title: string;
  /** What is counted: `7 of 9 workloads`. */
  readonly noun: string;
  /** What is said where nothing is counted. Absent: `no images found`. */
  readonly none?: string;
  readonly unassessed?: string;
  /** Kinds of assets that are counted; absent where all are. */
  readonly counts?: readonly Asset["kind"][];
  /** Checks without whose evaluations the control cannot pass, and what to say then: of the first that is missing. */
  readonly requires?: readonly RequiredCheck[];
  /** What its checks are about, apart from those of `beside`. */
  readonly about?: string;
  /** A second question that its title asks: it is judged apart, and the control passes where both do. */
  readonly beside?: ControlHalf;
}

interface RequiredCheck {
  readonly check: string;
  readonly otherwise: string;
}

interface AlsoChecked {
  readonly check: string;
  /** Codes of gaps that the required checks settle: where these alone leave it open, what they come to counts. */
  readonly settled?: readonly string[];
}

/** A half of a control with checks of its own. */
export interface ControlHalf {
  /** `encrypted at rest`. */
  readonly about: string;
  /** All of them are required. */
  readonly requires: readonly RequiredCheck[];
  /** Checks of this half that it can pass without: they may fail it, or leave it open. */
  readonly also?: readonly AlsoChecked[];
  /** Where none of them had anything to judge. */
  readonly otherwise: string;
}

/** The baseline, as docs/baseline.md explains it. */
export const controls: readonly Control[] = [
  {
    number: 1,
    title: "Slim or distroless base images",
    noun: "images",
  },
  {
    number: 2,
    title: "Images scanned and criticals blocked",
    noun: "images",
    counts: ["image", "rootfs", "sbom"],
    requires: [
      {
        check: "build/non-blocking-scan",
        otherwise: "no CI pipeline found: blocking not verified",
      },
    ],
  },
  {
    number: 3,
    title: "No embedded secrets, Secrets encrypted at rest",
    noun: "images and sources",
    about: "embedded",
    // The flag names a file, and the file says what is encrypted: either alone proves nothing.
    beside: {
      about: "encrypted at rest",
      requires: [
        {
          check: "cluster/encryption-not-configured",
          otherwise: "no API server flags found: use of the encryption configuration not verified",
        },
        {
          check: "cluster/encryption-at-rest",
          otherwise: "the encryption configuration of the API server was not found",
        },
      ],
      otherwise: "no control plane found: neither API server flags nor an encryption configuration",
    },
  },
  {
    number: 4,
    title: "Non-root, read-only root, capabilities dropped",
    noun: "workloads",
    counts: ["workload"],
  },
  {
    number: 5,
    title: "Restricted Pod Security on application namespaces",
    noun: "application namespaces",
    counts: ["namespace"],
  },
  {
    number: 6,
    title: "Default-deny network policies with explicit allows",
    noun: "namespaces",
    counts: ["namespace"],
    requires: [{ check: "network/default-deny-missing", otherwise: "no application namespaces with pods found" }],
  },
  {
    number: 7,
    title: "Images signed and verified on admission",
    noun: "images",
    counts: ["image"],
    about: "signed",
    // Images are there that nobody asked about.
    none: "no signatures were verified (--verify)",
    requires: [{ check: "registry/unsigned-image", otherwise: "signatures were not verified (--verify)" }],
    beside: {
      about: "verified on admission",
      // A policy object that is there refuses nothing by itself.
      requires: [
        {
          check: "cluster/unverified-image-admitted",
          otherwise: "that admission refuses unsigned images was not tried (check --cluster --probe)",
        },
      ],
      also: [
        { check: "cluster/image-verification", settled: ["admission.verification-unclear"] },
        { check: "cluster/webhook-without-endpoints" },
      ],
      otherwise: "no policy that verifies images found",
    },
  },
  {
    number: 8,
    title: "Runtime detection in place",
    noun: "clusters and nodes",
    none: "no detector found in manifests, and presence is no proof (check --cluster, check --node)",
  },
  {
    number: 9,
    title: "Base images rebuilt weekly",
    noun: "images",
  },
  {
    number: 10,
    title: "Mesh mTLS",
    noun: "namespaces",
    counts: ["namespace"],
    requires: [
      { check: "network/workload-outside-mesh", otherwise: "no application namespaces with pods found" },
      { check: "network/mtls-not-strict", otherwise: "no application namespaces with pods found" },
    ],
  },
];

/** The six layers of threat and the runtime that watches them, from the inside out. */
export const threatLayers: readonly Layer[] = [
  "image",
  "registry",
  "build",
  "workload",
  "cluster",
  "network",
  "runtime",
];

/** Without whose evaluations a layer cannot pass: that a registry is configured well says nothing of what it holds. */
export const requiredOfLayer: Readonly<Partial<Record<Layer, string>>> = { registry: "registry/unsigned-image" };
