/**
 * Detectors that watch system calls on nodes, by what their publishers call images and processes. A name alone is believed to
 * say what something is meant to be, never that it works.
 */
export interface Product {
  readonly name: string;
  /** Ends of an image's repository, each whole path components: `falcosecurity/falco`, `falco`. */
  readonly images: readonly string[];
  /** Names of its process on a node, as the kernel has them (15 bytes). */
  readonly processes: readonly string[];
  /** Where its settings can be read; absent: its vendor's server has them. */
  readonly settings?: "falco" | "tetragon" | "bulkhead" | "kubearmor" | "tracee";
  /** What a container's words or environment must have besides, since the image does other things too. */
  readonly runs?: { readonly words?: readonly string[]; readonly env?: string };
}

export const products: readonly Product[] = [
  {
    name: "Bulkhead",
    images: ["bulkhead"],
    processes: [],
    settings: "bulkhead",
    runs: { words: ["runtime", "watch"] },
  },
  { name: "Falco", images: ["falco", "falco-no-driver", "falco-debian"], processes: ["falco"], settings: "falco" },
  { name: "Tetragon", images: ["tetragon", "tetragon-ci"], processes: ["tetragon"], settings: "tetragon" },
  { name: "Tracee", images: ["tracee", "tracee-ebpf"], processes: ["tracee", "tracee-ebpf"], settings: "tracee" },
  { name: "KubeArmor", images: ["kubearmor"], processes: ["kubearmor"], settings: "kubearmor" },
  {
    name: "Sysdig agent",
    images: ["sysdig/agent", "sysdig/agent-slim", "agent-slim", "sysdig/host-shield"],
    processes: ["dragent", "host-shield"],
  },
  {
    name: "Aqua Enforcer",
    images: ["aquasec/enforcer", "registry.aquasec.com/enforcer"],
    processes: ["slklaunch", "aqua-enforcer"],
  },
  { name: "NeuVector enforcer", images: ["neuvector/enforcer", "mirrored-neuvector-enforcer"], processes: [] },
  {
    name: "StackRox collector",
    images: [
      "stackrox-io/collector",
      "stackrox/collector",
      "stackrox-io/fact",
      "rhacs-collector-rhel8",
      "rhacs-collector-slim-rhel8",
      "advanced-cluster-security/rhacs-collector-rhel8",
    ],
    processes: ["collector"],
  },
  {
    name: "GuardDuty agent",
    images: ["aws-guardduty-agent", "aws-guardduty-agent-fargate"],
    processes: ["amazon-guarddut", "aws-guardduty-a"],
  },
  {
    name: "Wazuh agent",
    images: ["wazuh-agent", "wazuh/wazuh-agent"],
    processes: ["wazuh-agentd", "wazuh-syscheckd", "wazuh-modulesd"],
  },
  {
    name: "CrowdStrike Falcon sensor",
    images: ["falcon-sensor", "falcon-node-sensor"],
    processes: ["falcon-sensor", "falcon-sensor-b"],
  },
  {
    name: "Microsoft Defender",
    images: ["low-level-collector", "microsoft-defender-low-level-collector", "security-publisher"],
    processes: ["wdavdaemon", "mdatp"],
  },
  {
    name: "Prisma Cloud Defender",
    images: ["twistlock/defender", "prismacloud/defender"],
    processes: ["defender"],
  },
  {
    name: "Datadog Workload Protection",
    images: ["datadog/agent", "agent"],
    processes: ["security-agent"],
    runs: { env: "DD_RUNTIME_SECURITY_CONFIG_ENABLED" },
  },
  { name: "Container Threat Detection", images: ["container-watcher", "gke.gcr.io/container-watcher"], processes: [] },
  { name: "Elastic Defend", images: ["elastic-endpoint"], processes: ["elastic-endpoin"] },
  { name: "SentinelOne agent", images: ["s1agent"], processes: ["s1-agent"] },
];

/** `docker.io/falcosecurity/falco:0.44.1@sha256:…` → the product whose image that is called as. */
export function productOfImage(image: string): readonly Product[] {
  const path = `/${withoutTag(image)}`;
  return products.filter(({ images }) => images.some((one) => path.endsWith(`/${one}`)));
}

/** A host's port is no tag. */
function withoutTag(image: string): string {
  const name = image.split("@")[0] ?? "";
  const colon = name.lastIndexOf(":");
  return colon > name.lastIndexOf("/") ? name.slice(0, colon) : name;
}

/** @param comm - as /proc has it, at most 15 bytes */
export function productOfProcess(comm: string): Product | undefined {
  return products.find(({ processes }) => processes.includes(comm));
}
