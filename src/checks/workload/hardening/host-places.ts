/** What a folder, file or device of the node gives to a container that mounts it. */
import type { RatedSeverity } from "../../../core/severity.ts";

export interface HostPlace {
  /** `the kubelet's state`. */
  readonly what: string;
  /** What whoever is in the container can do with it, also where it is mounted read-only; absent: nothing much. */
  readonly reads?: string;
  /** What they can do beside that where they can write. */
  readonly writes?: string;
  readonly writable: RatedSeverity;
  readonly readOnly: RatedSeverity;
}

/** Names of the sockets of container engines, wherever they are mounted from (the engines' documentation). */
const SOCKET =
  /\/(?:docker|containerd|crio|podman|cri-dockerd|dockershim|buildkitd|frakti|cri-o|docker-containerd|isulad|balena-engine)\.sock(?:\.ttrpc|\.raw)?$/;

/** Folders that hold one of those sockets: whoever has the folder has the socket. */
const SOCKET_FOLDER =
  /^\/(?:var\/)?run(?:\/(?:docker|containerd|k3s|k3s\/containerd|crio|podman|buildkit|dockershim|cri-dockerd|user(?:\/\d{1,10}(?:\/(?:podman|docker|containerd))?)?))?$|^\/var$/;

const RUNTIME = "gives root on the node";

/** The socket of a container engine, or a folder that holds one; absent where the path is neither. */
export function runtimeSocketAt(path: string): { readonly what: string; readonly gives: string } | undefined {
  const place = normalPath(path);
  if (place === undefined) return undefined;
  if (SOCKET.test(place)) return { what: "runtime socket", gives: RUNTIME };
  // The root and /var hold it too, and more: they are places of their own.
  if (place !== "/var" && SOCKET_FOLDER.test(place)) {
    return { what: "directory of the runtime socket", gives: RUNTIME };
  }
  return undefined;
}

/** Nothing of the node's secrets is in these, and programs often need them. */
const HARMLESS =
  /^\/etc\/(?:localtime|timezone|machine-id|os-release|lsb-release|hostname|hosts|resolv\.conf|nsswitch\.conf|ssl\/certs(?:\/.*)?|pki\/(?:tls\/certs|ca-trust)(?:\/.*)?|ca-certificates(?:\/.*)?)$|^\/usr\/(?:share|local\/share)\/(?:ca-certificates|zoneinfo)(?:\/.*)?$|^\/sys\/fs\/cgroup$|^\/usr\/lib\/os-release$/;

/** The first that fits counts. */
const places: readonly (readonly [RegExp, HostPlace])[] = [
  [
    /^\/$/,
    {
      what: "the node's root filesystem",
      reads: "read every key and token of the node",
      writes: "change what it runs",
      writable: "critical",
      readOnly: "high",
    },
  ],
  [
    below("etc/kubernetes/(?:azure\\.json|cloud[\\w.-]*)"),
    credentials("the cloud provider's credentials", "act as the node at the cloud provider"),
  ],
  [
    below("HOME/\\.(?:aws|azure|config/gcloud|config/doctl|oci|aliyun)"),
    credentials("credentials for a cloud provider", "act as their owner there"),
  ],
  [
    below("var/lib/(?:cloud|waagent|google)|run/cloud-init|etc/eks|etc/gce\\.conf|etc/boto\\.cfg"),
    credentials("what the cloud provider told the node", "read what the node was set up with, credentials among it"),
  ],
  [below("HOME/\\.kube"), credentials("credentials for a cluster", "act as their owner in the cluster")],
  [
    below("HOME/\\.(?:docker|netrc|git-credentials|gnupg|npmrc|pypirc)"),
    credentials("a user's credentials", "act as their owner"),
  ],
  [
    below("etc/kubernetes"),
    {
      what: "the cluster's keys and static pods",
      reads: "read the keys of the control plane",
      writes: "start any pod on the node",
      writable: "critical",
      readOnly: "high",
    },
  ],
  [
    below("var/lib/etcd"),
    {
      what: "the cluster's database",
      reads: "read every Secret of the cluster",
      writes: "change every object of it",
      writable: "critical",
      readOnly: "high",
    },
  ],
  [
    below("var/lib/kubelet/(?:device-plugins|plugins|plugins_registry|pod-resources)"),
    {
      what: "the kubelet's sockets for plugins",
      reads: "ask the kubelet about its pods",
      writes: "pose as a device or storage plugin",
      writable: "medium",
      readOnly: "low",
    },
  ],
  [
    below("var/lib/kubelet"),
    {
      what: "the kubelet's state",
      reads: "read the tokens and Secrets of every pod on the node, and the kubelet's key",
      writes: "change the volumes of those pods",
      writable: "critical",
      readOnly: "high",
    },
  ],
  [
    below("var/lib/(?:docker|containerd|containers|crio|rancher|k0s|microk8s|lxc)"),
    {
      what: "the container engine's state",
      reads: "read the files of every container on the node",
      writes: "change the programs in them",
      writable: "critical",
      readOnly: "high",
    },
  ],
  [
    /^\/var(?:\/lib)?$/,
    {
      what: "where the kubelet and the container engine keep their state",
      reads: "read the tokens and files of every pod on the node",
      writes: "change them",
      writable: "critical",
      readOnly: "high",
    },
  ],
  [
    below("proc"),
    {
      what: "the node's processes",
      reads: "read the environment of every process",
      writes: "have the kernel run a program as root (core_pattern)",
      writable: "high",
      readOnly: "medium",
    },
  ],
  [
    below("dev/(?:mem|kmem|port|kcore|sd[a-z]|nvme|vd[a-z]|xvd|dm-|mapper|disk|block|loop|md\\d)[^/]*"),
    {
      what: "the node's memory or disks",
      reads: "read every file past its rights",
      writes: "change it",
      writable: "critical",
      readOnly: "high",
    },
  ],
  [
    below("dev/(?:shm|mqueue)"),
    {
      what: "memory that the node's programs share",
      reads: "read what they exchange",
      writes: "change it",
      writable: "medium",
      readOnly: "low",
    },
  ],
  [
    below(
      "dev/(?:kvm|fuse|net|dri|nvidia[\\w-]*|infiniband|kfd|vfio|hugepages|snd|ttyUSB\\d*|ttyACM\\d*|null|zero|u?random)",
    ),
    {
      what: "a device of the node",
      reads: "use the device, and vulnerabilities of its driver",
      writable: "low",
      readOnly: "low",
    },
  ],
  [
    below("dev"),
    {
      what: "the node's devices",
      reads: "read disks and memory past every right",
      writes: "change them",
      writable: "high",
      readOnly: "high",
    },
  ],
  [
    below("sys"),
    {
      what: "the kernel's devices and settings",
      writes: "have the kernel run a program as root (uevent_helper), and switch devices off",
      writable: "high",
      readOnly: "low",
    },
  ],
  [
    below("(?:usr/)?lib/modules"),
    {
      what: "the kernel's modules",
      writes: "put a module there that the node loads",
      writable: "high",
      readOnly: "low",
    },
  ],
  [
    below("usr/src"),
    {
      what: "the sources that the node builds modules from",
      writes: "change what is built into the kernel",
      writable: "medium",
      readOnly: "negligible",
    },
  ],
  [
    below("opt/cni|etc/cni|usr/libexec/(?:kubernetes|cni)|home/kubernetes"),
    {
      what: "the programs and settings of the node's network and kubelet",
      writes: "change what the kubelet runs as root",
      writable: "high",
      readOnly: "low",
    },
  ],
  [
    below("boot|efi"),
    {
      what: "the kernel and how it is started",
      writes: "change what the node boots",
      writable: "critical",
      readOnly: "low",
    },
  ],
  [
    /^\/(?:usr|opt|usr\/local)$/,
    { what: "the node's programs", writes: "change what the node runs", writable: "high", readOnly: "low" },
  ],
  [
    below("(?:usr/(?:local/)?)?(?:s?bin|lib|lib64|libexec)"),
    { what: "the node's programs", writes: "change what the node runs", writable: "high", readOnly: "low" },
  ],
  [
    below("HOME/\\.ssh"),
    {
      what: "a user's SSH keys",
      reads: "log in where they let in",
      writes: "let themselves in to the node",
      writable: "critical",
      readOnly: "high",
    },
  ],
  [
    below("root"),
    {
      what: "the home of root",
      reads: "read root's keys",
      writes: "let themselves in to the node",
      writable: "critical",
      readOnly: "high",
    },
  ],
  [
    /^\/home(?:\/[^/]*)?$/,
    {
      what: "the homes of the node's users",
      reads: "read their keys",
      writes: "log in as them",
      writable: "high",
      readOnly: "high",
    },
  ],
  [
    /^\/etc\/(?:passwd|group|subuid|subgid|login\.defs)-?$/,
    {
      what: "the node's accounts",
      reads: "read their names",
      writes: "add accounts that are root",
      writable: "critical",
      readOnly: "low",
    },
  ],
  [
    /^\/etc\/(?:sudoers|cron|systemd|ld\.so|pam\.d|profile|init|udev|rc)[^/]*(?:\/.*)?$/,
    {
      what: "what the node starts, and for whom",
      reads: "read how it is set up",
      writes: "have it run a program as root",
      writable: "critical",
      readOnly: "medium",
    },
  ],
  [
    /^\/etc(?:\/(?:shadow|gshadow|ssh|security|krb5|docker|containerd|crio)[^/]*(?:\/.*)?)?$/,
    {
      what: "the node's configuration",
      reads: "read its keys and the hashes of its passwords",
      writes: "add accounts and services that run as root",
      writable: "critical",
      readOnly: "high",
    },
  ],
  [
    below("var/spool/(?:cron|at)"),
    { what: "the node's jobs", writes: "add one that runs as root on the node", writable: "critical", readOnly: "low" },
  ],
  [
    below("var/log"),
    {
      what: "the node's logs",
      reads: "read what every pod logs",
      writes: "put a link there by which the kubelet hands out any file of the node",
      writable: "high",
      readOnly: "low",
    },
  ],
  [
    below("run/(?:systemd|dbus|secrets|udev|netns|cilium|calico|flannel|xtables\\.lock)"),
    { what: "state of the node's services", reads: "talk to them", writable: "medium", readOnly: "low" },
  ],
];

/** What of the node it is; absent where nothing is known of it. */
export function hostPlaceAt(path: string): HostPlace | undefined {
  const place = normalPath(path)?.replace(/^\/var\/run(?=\/|$)/, "/run");
  if (place === undefined || HARMLESS.test(place)) return undefined;
  return places.find(([pattern]) => pattern.test(place))?.[1];
}

/**
 * Without doubled and closing slashes, dots and detours. Compose files also write `~` and `${HOME}`; what else is no
 * absolute path is beside the file, and undefined.
 */
export function normalPath(path: string): string | undefined {
  const whole = path.slice(0, LONGEST).replace(/^(?:~|\$\{HOME\}|\$HOME)(?=\/|$)/, "/home/user");
  if (!whole.startsWith("/")) return undefined;
  const names: string[] = [];
  for (const name of whole.split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return `/${names.join("/")}`;
}

/** Linux's own bound of a path. */
const LONGEST = 4096;

/** The folder and all that is in it. */
function below(path: string): RegExp {
  return new RegExp(`^/(?:${path.replace("HOME", "(?:root|home/[^/]*)")})(?:/.*)?$`);
}

function credentials(what: string, reads: string): HostPlace {
  return { what, reads, writable: "high", readOnly: "high" };
}
