import { counted } from "../../core/counted.ts";
import type { FindingDraft } from "../../core/finding.ts";
import type { LayerReference, Location } from "../../core/location.ts";
import type { RatedSeverity } from "../../core/severity.ts";
import type { HostFile, HostFileKind } from "../../engines/contents/model.ts";
import { clipSubject } from "../findings/one-line.ts";
import { listed, octal } from "../findings/path-places.ts";
import type { ImageCheck } from "../subjects/image.ts";

/** What of an owner or a mode lets others in. */
type Exposure = "writable by all users" | "readable by all users" | "group-writable" | "group-readable" | "owned";

type Severities = Readonly<Partial<Record<Exposure, RatedSeverity>>>;

/** To read it is to govern the cluster. */
const GOVERNS: Severities = {
  "writable by all users": "critical",
  "readable by all users": "critical",
  "group-writable": "high",
  "group-readable": "medium",
  owned: "high",
};

/** To read it is to be one program of it. */
const SPEAKS: Severities = { ...GOVERNS, "writable by all users": "high", "readable by all users": "high" };

/** To write it is to run programs as root on the node; to read it says how the cluster is configured. */
const STARTS: Severities = { ...GOVERNS, "readable by all users": "low", "group-readable": "low" };

/** To write it is to add or exchange what is in it. */
const HOLDS: Severities = { "writable by all users": "critical", "group-writable": "high", owned: "high" };

/** To write it is to be trusted; it is there to be read. */
const TRUSTED: Severities = { "writable by all users": "high", "group-writable": "medium", owned: "medium" };

interface KindRule {
  readonly one: string;
  readonly many: string;
  readonly severities: Severities;
  /** What the benchmark has at most. */
  readonly mode: number;
}

/** CIS Kubernetes Benchmark, 1.1 and 4.1: most of them 600. */
const KINDS: Readonly<Record<HostFileKind, KindRule>> = {
  "cluster-key": { one: "CA or signing key", many: "CA or signing keys", severities: GOVERNS, mode: 0o600 },
  "admin-credential": { one: "admin credential", many: "admin credentials", severities: GOVERNS, mode: 0o600 },
  "etcd-data": { one: "etcd data file", many: "etcd data files", severities: GOVERNS, mode: 0o600 },
  "etcd-directory": {
    one: "etcd data directory",
    many: "etcd data directories",
    severities: { ...GOVERNS, "readable by all users": "high" },
    mode: 0o700,
  },
  key: { one: "private key", many: "private keys", severities: SPEAKS, mode: 0o600 },
  credential: {
    one: "kubeconfig or token file",
    many: "kubeconfigs or token files",
    severities: SPEAKS,
    mode: 0o600,
  },
  manifest: { one: "control plane manifest", many: "control plane manifests", severities: STARTS, mode: 0o600 },
  "node-configuration": {
    one: "kubelet configuration file",
    many: "kubelet configuration files",
    severities: STARTS,
    mode: 0o600,
  },
  "network-configuration": { one: "CNI configuration", many: "CNI configurations", severities: STARTS, mode: 0o600 },
  certificate: { one: "certificate", many: "certificates", severities: TRUSTED, mode: 0o644 },
  "certificate-directory": {
    one: "certificate directory",
    many: "certificate directories",
    severities: HOLDS,
    mode: 0o755,
  },
  "configuration-directory": {
    one: "configuration directory",
    many: "configuration directories",
    severities: HOLDS,
    mode: 0o755,
  },
};

interface Fault {
  readonly file: HostFile;
  readonly exposure: Exposure;
  readonly severity: RatedSeverity;
  readonly closed: boolean;
  /** `, owned by UID 1000`; of modes nothing. */
  readonly by: string;
}

/** Owners and modes of what a node and a control plane run by (CIS Kubernetes Benchmark, 1.1.1 to 1.1.21 and 4.1). */
export const hostFilePermissions: ImageCheck<"hostFiles" | "layers"> = {
  id: "cluster/host-file-permissions",
  title: "Insecure permissions on Kubernetes host files",
  layer: "cluster",
  category: "configuration",
  controls: [],
  withoutControl: "none of the ten is about file permissions on nodes; control 3 counts secrets in images and sources",
  severity: "varies",
  documentation: {
    what: "Checks owner and mode of a node's files in a root filesystem (`image scan dir:/`) or an image: static pod manifests, kubeconfigs, `/etc/kubernetes/pki`, the etcd data directory, CNI configuration, the kubelet's service, kubeconfig and configuration, and the places of k3s, RKE2 and MicroK8s. Paths that static pods, systemd units and the kubelet's configuration name are followed, symlinks inside the root. Expected are the owner root and at most mode 600; 644 for certificates and public keys; 755 for the directories of these and of manifests; 700 for the etcd data directory, which the account `etcd` or the static pod's user may own (CIS Kubernetes Benchmark, 1.1.1 to 1.1.21 and 4.1). Not reported: files of a source tree, whose modes are those of its checkout; a file's group where it has no permission; the owner's execute bit. Severity: critical where all users can read or write CA keys, admin credentials or etcd data, or write what starts as root; high for other keys and kubeconfigs; medium where only the group can; low where a directory above is closed, and for manifests that are only readable.",
    why: "An attacker with an unprivileged process on the node reads the CA's key or an admin kubeconfig and has the whole cluster, or writes a static pod that the kubelet starts as root.",
    fix: 'Run `chown root:root` and `chmod 600` on the files (`chmod 644` on certificates, `chmod 700` and `chown etcd:etcd` on the etcd data directory). For k3s and RKE2 set `write-kubeconfig-mode: "0600"`. Rotate keys and credentials that all users could read.',
    references: [
      "https://www.cisecurity.org/benchmark/kubernetes",
      "https://kubernetes.io/docs/reference/setup-tools/kubeadm/implementation-details/",
      "https://docs.k3s.io/security/hardening-guide",
    ],
  },
  subject: "image",
  needs: { hostFiles: "partial", layers: "partial" },
  looked: ({ hostFiles }) => ({ "host files": String(hostFiles.length) }),
  *evaluate({ hostFiles, layers }) {
    const faults = hostFiles.flatMap((file) => [...faultsOf(file)]);
    const byCause = ({ file, exposure, severity, closed, by }: Fault): string =>
      [file.kind, exposure, severity, closed, by].join("\n");
    for (const [, group] of Map.groupBy(faults, byCause)) {
      const [first] = group;
      if (first !== undefined) yield draftOf(first, group, layers);
    }
  },
};

function* faultsOf(file: HostFile): Generator<Fault> {
  const { severities } = KINDS[file.kind];
  const exposure = exposureOf(file);
  if (exposure !== undefined) {
    yield { file, exposure, severity: reached(severities, exposure, file), closed: file.reach === "nobody", by: "" };
  }
  const { owner, users } = file;
  if (owner !== undefined && owner !== 0 && !users.includes(owner)) {
    yield { file, exposure: "owned", severity: severities.owned ?? "medium", closed: false, by: `UID ${owner}` };
  }
  // Root may read it anyway: that etcd runs as root is the smaller fault.
  if (file.kind === "etcd-directory" && owner === 0 && users.length > 0) {
    yield { file, exposure: "owned", severity: "low", closed: false, by: "root instead of etcd" };
  }
}

/** The worst that the mode allows and that matters for the kind. */
function exposureOf({ kind, mode }: HostFile): Exposure | undefined {
  const { severities } = KINDS[kind];
  const allowed: readonly (readonly [number, Exposure])[] = [
    [0o002, "writable by all users"],
    // Of a folder, entering it is enough.
    [kind === "etcd-directory" ? 0o005 : 0o004, "readable by all users"],
    [0o020, "group-writable"],
    [kind === "etcd-directory" ? 0o050 : 0o040, "group-readable"],
  ];
  return allowed.find(([bit, exposure]) => (mode & bit) !== 0 && severities[exposure] !== undefined)?.[1];
}

/** Directories above that are closed leave less of it. */
function reached(severities: Severities, exposure: Exposure, { reach }: HostFile): RatedSeverity {
  if (reach === "nobody") return "low";
  const severity = severities[exposure] ?? "low";
  if (reach === "everyone") return severity;
  const asGroup = { "writable by all users": "group-writable", "readable by all users": "group-readable" } as const;
  return exposure in asGroup ? (severities[asGroup[exposure as keyof typeof asGroup]] ?? "low") : severity;
}

function draftOf(first: Fault, group: readonly Fault[], layers: readonly LayerReference[]): FindingDraft {
  const { file, exposure, severity, closed, by } = first;
  const { one, many, mode } = KINDS[file.kind];
  const paths = group.map((fault) => `/${fault.file.path}`);
  const what = exposure === "owned" ? `owned by ${by}` : exposure;
  const are = group.length === 1 ? "is" : "are";
  return {
    subject: clipSubject(`${many} ${what}: ${paths.join(", ")}`),
    severity,
    title: `${counted(group.length, one, many)} ${are} ${what}${closed ? " in a closed directory" : ""}: ${listed(paths)}`,
    locations: locationsOf(group, layers),
    matches: { ids: ["cluster/host-file-permissions"], path: file.path },
    fix: { kind: "instruction", text: fixOf(first, paths, mode) },
    evidence: {
      files: String(group.length),
      "mode of the first": octal(file.mode),
      "owner of the first": `${file.owner ?? "unknown"}:${file.group}`,
      "benchmark mode": octal(mode),
    },
  };
}

function fixOf({ file, exposure }: Fault, paths: readonly string[], mode: number): string {
  const owner = file.kind === "etcd-directory" && file.users.length > 0 ? "etcd:etcd" : "root:root";
  const command = exposure === "owned" ? `chown ${owner}` : `chmod ${mode.toString(8)}`;
  const [path] = paths;
  return paths.length === 1 ? `run ${command} ${path}` : `run ${command} on ${listed(paths)}`;
}

/** More of one finding are counted. */
const PLACES = 20;

function locationsOf(group: readonly Fault[], layers: readonly LayerReference[]): FindingDraft["locations"] {
  const places = group.slice(0, PLACES).map(({ file: { path, layer } }): Location => {
    const reference = layer === undefined ? undefined : layers[layer];
    return reference === undefined ? { kind: "file", path: `/${path}` } : { kind: "image", path, layer: reference };
  });
  return places as unknown as FindingDraft["locations"];
}
