/** Who is on the stage: the host's services, and containers of each kind that the public rules tell apart. */
import { all, none, type Stage } from "./stage.ts";

export interface Cast {
  readonly systemd: number;
  readonly sshd: number;
  /** A shell that somebody logged in to from far away. */
  readonly login: number;
  /** The same of a user that no person has. */
  readonly wwwLogin: number;
  readonly nginx: number;
  readonly postgres: number;
  readonly redis: number;
  readonly elasticsearch: number;
  readonly cron: number;
  readonly worker: number;
  readonly apt: number;
  /** The runtime's process over a container's first, and below it that one. */
  readonly shim: number;
  readonly api: number;
  readonly weakApi: number;
  readonly npm: number;
  readonly privilegedShim: number;
  readonly privileged: number;
  readonly kubeSystem: number;
  readonly proxyShim: number;
  readonly falco: number;
  readonly python: number;
  readonly java: number;
}

const PERSON = { uid: 1000, gid: 1000, loginUid: 1000, tty: 34_816 };

export function castOf(stage: Stage): Cast {
  for (const [id, name] of [
    [0, "root"],
    [33, "www-data"],
    [1000, "mia"],
    [1001, "app"],
    [65_534, "nobody"],
  ] as const)
    stage.user(id, name);
  stage.container("api", { image: "registry.example.com/shop/api" });
  stage.container("privileged", {
    image: "registry.example.com/shop/agent",
    privileged: true,
    mounts: ["/proc", "/etc"],
  });
  stage.container("kube-system", {
    image: "registry.k8s.io/coredns",
    labels: { "io.kubernetes.pod.namespace": "kube-system", "io.kubernetes.pod.name": "coredns-1" },
  });
  stage.container("kube-proxy", { image: "registry.k8s.io/kube-proxy", privileged: true, mounts: ["/"] });
  stage.container("falco", { image: "falcosecurity/falco", privileged: true, mounts: ["/root/x", "/proc/1"] });
  const systemd = stage.process("systemd", 0);
  const sshd = stage.process("sshd", systemd, { args: ["-D"] });
  const shim = stage.process("containerd-shim", systemd, { container: "api" });
  const privilegedShim = stage.process("runc", systemd, { container: "privileged" });
  const proxyShim = stage.process("containerd-shim", systemd, { container: "kube-proxy" });
  const api = stage.process("node", shim, { container: "api", exe: "node", args: ["server.js"] });
  return {
    systemd,
    sshd,
    login: stage.process("bash", sshd, { exe: "-bash", ...PERSON }),
    wwwLogin: stage.process("bash", sshd, { ...PERSON, uid: 33, gid: 33 }),
    nginx: stage.process("nginx", systemd, { uid: 33, gid: 33 }),
    postgres: stage.process("postgres", systemd, { uid: 1001, args: ["-D", "/var/lib/postgresql"] }),
    redis: stage.process("redis-server", systemd, { exe: "/usr/bin/redis-server", uid: 1001 }),
    elasticsearch: stage.process("java", systemd, {
      exe: "/opt/jdk/bin/java",
      args: ["-Xmx1g", "org.elasticsearch.bootstrap.Elasticsearch"],
    }),
    cron: stage.process("cron", systemd),
    worker: stage.process("worker", systemd, { uid: 1001, gid: 1001 }),
    apt: stage.process("apt-get", systemd, { args: ["install", "x"] }),
    shim,
    api,
    weakApi: stage.process("api", api, { container: "api", uid: 1001, gid: 1001, capabilities: none }),
    npm: stage.process("npm", api, { container: "api", args: ["install"] }),
    privilegedShim,
    privileged: stage.process("agent", privilegedShim, { container: "privileged", capabilities: all }),
    kubeSystem: stage.process("coredns", systemd, { container: "kube-system" }),
    proxyShim,
    falco: stage.process("falco", systemd, { container: "falco" }),
    python: stage.process("python3", systemd, { exe: "/usr/bin/python3", args: ["-m", "http.server"] }),
    java: stage.process("java", api, { container: "api", exe: "/opt/jdk/bin/java", args: ["-jar", "shop.jar"] }),
  };
}
