/** What a container shows of programs that work on their node, or that gain rights on purpose. */
import { splitImageName } from "../../core/image-name.ts";

/** Of a container, as a manifest states it. */
export interface ShownContainer {
  readonly name: string;
  readonly image?: string | undefined;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string }[];
}

/** By a word of the image's repository, the container's name or a program: what its kind does. What `?` follows may be missing. */
const KINDS: readonly (readonly [words: string, what: string])[] = [
  [
    "dind|docker|dockerd|containerd|buildkitd?|podman|buildah|kaniko|img|k3s|k3d|kind|rke2|minikube|crio|sysbox|actions-runner|gitlab-runner|moby",
    "runs containers",
  ],
  [
    "e?bpf|bpftrace|bcc|bpftool|bumblebee|falco|tetragon|tracee|cilium|hubble|pixie|vizier|parca|pyroscope|beyla|inspektor|gadget|kepler|sysdig|perf|strace|retina|kubescape|sysmon|stirling|coroot|odigos",
    "traces the node's kernel",
  ],
  [
    "vpn|wireguard|wg|openvpn|tailscaled?|strongswan|ipsec|libreswan|zerotier|nebula|softether|gluetun|headscale|netbird|netmaker|amneziawg|ocserv|tun|shadowsocks|boringtun|wstunnel",
    "makes a tunnel",
  ],
  [
    "calico|flannel|weave|antrea|multus|kube-?proxy|kube-?router|cni|ovn|ovs|openvswitch|metallb|speaker|keepalived|bird|frr|haproxy-ingress|kube-?vip|ovnkube|canal|sriov|whereabouts|ipmasq|iptables|nftables|istio-cni|ztunnel|linkerd-cni|node-local-dns|nodelocaldns|konnectivity",
    "sets up the node's network",
  ],
  [
    "csi|longhorn|rook|ceph|openebs|portworx|nfs|nfs-?ganesha|glusterfs|juicefs|mayastor|drbd|piraeus|linstor|s3fs|rclone|fuse|samba|iscsi|multipath|lvm|mount",
    "mounts file systems",
  ],
  [
    "nvidia|gpu|device-plugin|dcgm|rocm|habana|smarter|akri|intel|sgx|libvirt|libvirtd|virt-handler|kubevirt|qemu|kvm|firecracker|udev|usb|zigbee|frigate|homeassistant|home-assistant|plex|jellyfin",
    "uses devices of the node",
  ],
  [
    "node-?exporter|cadvisor|netdata|datadog|dd-agent|newrelic|dynatrace|oneagent|node-problem-detector|npd|kured|systemd|init|node-feature-discovery|nfd|kubelet|osquery|wazuh|crowdstrike|falcon|twistlock|defender|sysctl|tuned|nsenter|chroot|trivy|kube-bench|kubebench|eraser|spegel|talos|promtail|fluent-?bit|fluentd|vector|filebeat|metricbeat|otel-?agent",
    "watches or sets up its node",
  ],
];

/** Word → what its kind does: a container has dozens of words, and most of none. */
const USES: ReadonlyMap<string, string> = new Map(
  KINDS.flatMap(([words, what]) =>
    words.split("|").flatMap((word) => spellings(word).map((one) => [one, what] as const)),
  ),
);

/** `fluent-?bit`: with what stands before the mark, and without it. */
function spellings(word: string): string[] {
  const at = word.indexOf("?");
  if (at < 0) return [word];
  const [before, after] = [word.slice(0, at), word.slice(at + 1)];
  return [before, before.slice(0, -1)].flatMap((beginning) => spellings(beginning + after));
}

/** `dind is a program that runs containers`; undefined where nothing shows it. */
export function nodeUse({ name, image = "", command, args }: ShownContainer): string | undefined {
  const { repository, tag = "" } = splitImageName(image);
  for (const word of wordsOf([repository, tag, name, ...programsOf(command, args)])) {
    const use = USES.get(word);
    if (use !== undefined) return `by its name ${word} ${use}`;
  }
  return undefined;
}

/** Images for people who work in them, who become root there. */
const WORKPLACES =
  /(?:code-server|openvscode|jupyter|notebook|devcontainers?|gitpod|coder|theia|webtop|kasm|rstudio|rocker|workspace|dev-?box|toolbox|cloudshell|eclipse-che|udi)/i;

const RAISING =
  /^(?:sudo|su|doas|pkexec|newuidmap|newgidmap|fusermount3?|ping|chsh|at|crontab|postfix|postdrop|sendmail)$/;

/** Why it may need a setuid program, half a sentence; undefined where nothing shows it. */
export function rightsGained({ image = "", command, args, env }: ShownContainer): string | undefined {
  const program = programsOf(command, args).find((word) => RAISING.test(word));
  if (program !== undefined) return `it runs ${program}, which gains rights by being setuid`;
  const asked = env.find(({ name }) => /SUDO|^GRANT_|^PASSWORDLESS/.test(name));
  if (asked !== undefined) return `${asked.name} asks its image for sudo`;
  const word = WORKPLACES.exec(splitImageName(image).repository)?.[0];
  return word === undefined ? undefined : `images of ${word} let who works in them use sudo`;
}

/** Programs without their folders, also those that a shell is handed. */
function programsOf(command: readonly string[], args: readonly string[]): string[] {
  return [...command, ...args]
    .flatMap((word) => word.split(/[\s;&|()]+/))
    .map((word) => word.slice(word.lastIndexOf("/") + 1))
    .filter((word) => word !== "");
}

/** Whole ones, and their parts between slashes, dashes and dots. */
function wordsOf(texts: readonly string[]): string[] {
  return texts.flatMap((text) => {
    const parts = text.toLowerCase().split("/");
    return [...parts, ...parts.flatMap((part) => part.split(/[-_.]/))].filter((part) => part !== "");
  });
}
