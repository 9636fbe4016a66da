import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { insecureInRegistries, trustInPolicy } from "./container-files.ts";
import { readDaemonSettings } from "./daemon-settings.ts";
import { insecureInInfo, interContainerIn, readEngineInfo } from "./info.ts";
import type { EngineInfo } from "./model.ts";
import { readContainers } from "./read.ts";

const DOCKER = readEngineInfo("docker", {
  Name: "node-1",
  ServerVersion: "28.1.0",
  SecurityOptions: ["name=apparmor", "name=seccomp,profile=builtin", "name=cgroupns"],
}) as EngineInfo;

/** As the Docker Engine API documents it. */
const CONTAINER = {
  Id: "a".repeat(64),
  Name: "/web",
  Image: `sha256:${"b".repeat(64)}`,
  AppArmorProfile: "docker-default",
  HostConfig: {
    NetworkMode: "host",
    PidMode: "host",
    IpcMode: "private",
    UTSMode: "",
    UsernsMode: "",
    CgroupnsMode: "private",
    Privileged: false,
    ReadonlyRootfs: true,
    CapAdd: ["CAP_SYS_ADMIN"],
    CapDrop: ["ALL"],
    SecurityOpt: null,
    Memory: 67_108_864,
    NanoCpus: 1_500_000_000,
    Devices: [{ PathOnHost: "/dev/sda", PathInContainer: "/dev/sda", CgroupPermissions: "rwm" }],
    Sysctls: { "net.core.somaxconn": "1024" },
    Tmpfs: { "/tmp": "rw" },
    RestartPolicy: { Name: "always" },
  },
  Mounts: [
    { Type: "bind", Source: "/var/run/docker.sock", Destination: "/var/run/docker.sock", RW: false },
    { Type: "volume", Name: "data", Source: "/var/lib/docker/volumes/data/_data", Destination: "/data", RW: true },
  ],
  Config: {
    Image: "shop/web:1",
    User: "",
    Env: ["A=$HOME", "B"],
    Cmd: ["serve"],
    Entrypoint: ["/bin/web"],
    Labels: { tier: "front" },
    Healthcheck: { Test: ["NONE"] },
  },
  NetworkSettings: { Ports: { "5432/tcp": [{ HostIp: "0.0.0.0", HostPort: "5432" }], "9/udp": null } },
};

const read = (inspected: readonly unknown[], info: EngineInfo = DOCKER, volumes: readonly unknown[] = []) =>
  readContainers({ info, inspected, volumes, unread: [] }, "host:node-1");

test("a container is a workload, as far as its engine describes it", () => {
  const { workloads, gaps } = read([CONTAINER], DOCKER, [
    { Name: "data", Driver: "local", Options: { type: "none", o: "bind", device: "/" } },
  ]);
  assert.deepEqual(gaps, []);
  const [web] = workloads;
  assert.ok(web !== undefined);
  const [container] = web.pod.containers;
  assert.equal(web.object.name, "web");
  assert.deepEqual([web.pod.hostNetwork, web.pod.hostPID, web.pod.hostIPC], [true, true, undefined]);
  assert.deepEqual(container?.securityContext, {
    privileged: false,
    readOnlyRootFilesystem: true,
    runAsUser: 0,
    seccompProfile: { type: "RuntimeDefault" },
    appArmorProfile: { type: "RuntimeDefault" },
    capabilities: { add: ["SYS_ADMIN"], drop: ["ALL"] },
  });
  assert.deepEqual(
    web.pod.volumes.map(({ types, hostPath }) => hostPath?.path ?? types[0]),
    ["/var/run/docker.sock", "/", "emptyDir", "/dev/sda"],
  );
  assert.deepEqual(container?.ports, [{ containerPort: 5432, hostPort: 5432, hostIP: "0.0.0.0", protocol: "TCP" }]);
  assert.deepEqual(container?.env, [{ name: "A", value: "$HOME" }, { name: "B" }]);
  assert.deepEqual(container?.resources.limits, { cpu: "1.5", memory: "67108864" });
  assert.equal(container?.livenessProbe, undefined);
});

test("what the engine gives every container is the container's", () => {
  const security = (info: Partial<EngineInfo>) => read([CONTAINER], { ...DOCKER, ...info }).workloads[0]?.pod;
  assert.equal(security({ noNewPrivileges: true })?.containers[0]?.securityContext?.allowPrivilegeEscalation, false);
  assert.equal(security({ seccompProfile: "unconfined" })?.containers[0]?.securityContext?.seccompProfile, undefined);
  assert.equal(security({ remapsUsers: true })?.hostUsers, false);
  const own = { ...CONTAINER, HostConfig: { ...CONTAINER.HostConfig, UsernsMode: "host" } };
  assert.equal(read([own], { ...DOCKER, remapsUsers: true }).workloads[0]?.pod.hostUsers, true);
});

test("podman's list of what it dropped comes to all but the rest", () => {
  const all = "CHOWN DAC_OVERRIDE FOWNER FSETID KILL NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT".split(
    " ",
  );
  const capabilities = (drop: readonly string[], add: readonly string[]) => {
    const HostConfig = { ...CONTAINER.HostConfig, CapAdd: add, CapDrop: drop };
    const { workloads } = read([{ ...CONTAINER, HostConfig }], { ...DOCKER, engine: "podman" });
    return workloads[0]?.pod.containers[0]?.securityContext?.capabilities;
  };
  assert.deepEqual(capabilities(all, []), { add: [], drop: ["ALL"] });
  assert.deepEqual(capabilities(all.slice(1), ["CAP_NET_RAW"]), { add: ["CHOWN", "NET_RAW"], drop: ["ALL"] });
  assert.deepEqual(capabilities([], []), { add: [], drop: [] });
});

test("what is not described is told, and no container is lost for another", () => {
  const { workloads, gaps } = read([null, { Name: 1 }, { Name: "/a", HostConfig: { Privileged: "yes", CapAdd: 1 } }]);
  assert.deepEqual(
    workloads.map(({ object }) => object.name),
    ["a"],
  );
  assert.deepEqual(
    gaps.map(({ reason, object }) => [object?.name, reason]),
    [
      [undefined, "a container was not described: its name or all of it is missing"],
      [undefined, "a container was not described: its name or all of it is missing"],
      ["a", "cap_add: expected a list"],
    ],
  );
});

test("any type in any field of a container and an engine", () => {
  const value = fc.oneof(fc.jsonValue(), fc.constantFrom<unknown>([{}], [["a"]], { a: { b: 1 } }, "a:b:c", -1));
  const names = (of: object) => fc.constantFrom(...Object.keys(of));
  fc.assert(
    fc.property(
      fc.dictionary(names(CONTAINER.HostConfig), value),
      fc.dictionary(names(CONTAINER.Config), value),
      fc.dictionary(names(CONTAINER), value),
      (host, config, rest) => {
        const HostConfig = { ...CONTAINER.HostConfig, ...host };
        const { workloads } = read([{ ...CONTAINER, HostConfig, Config: { ...CONTAINER.Config, ...config } }]);
        assert.equal(workloads.length, 1);
        read([{ ...CONTAINER, ...rest }], { ...DOCKER, engine: "podman" }, [rest]);
        readEngineInfo("docker", { Name: "a", SecurityOptions: [rest], ...rest });
        insecureInInfo(rest);
      },
    ),
    runs(500),
  );
});

test("daemon.json and the command line, of which the latter counts", () => {
  const settings = readDaemonSettings('{"hosts": ["tcp://0.0.0.0:2375", "fd://"], "icc": false}', [
    ...["-H", "unix:///run/docker.sock", "--host=tcp://127.0.0.1:2375", "-H=:2376"],
    ...["--userland-proxy=false", "--icc"],
  ]);
  assert.deepEqual(
    settings.listeners.map(({ address, isTcp, isLoopback }) => [address, isTcp, isLoopback]),
    [
      ["tcp://0.0.0.0:2375", true, false],
      ["fd://", false, true],
      ["tcp://127.0.0.1:2375", true, true],
      ["unix:///run/docker.sock", false, false],
      [":2376", true, true],
    ],
  );
  assert.deepEqual(settings.configuration, { interContainer: true, userlandProxy: false });
  assert.equal(
    readDaemonSettings('{"hosts": ["tcp://:1"], "tlsverify": true}', []).listeners[0]?.verifiesClients,
    true,
  );
  assert.deepEqual(readDaemonSettings(undefined, []), {
    listeners: [],
    configuration: { interContainer: true, userlandProxy: true },
  });
  for (const broken of ["[]", "{", "1"]) assert.throws(() => readDaemonSettings(broken, []), SyntaxError);
});

test("registries that are believed, of docker and of podman", () => {
  const RegistryConfig = {
    InsecureRegistryCIDRs: ["127.0.0.0/8", "::1/128", "10.0.0.0/8"],
    IndexConfigs: { "docker.io": { Secure: true }, "r.example.com": { Secure: false } },
  };
  assert.deepEqual(
    insecureInInfo({ RegistryConfig })?.map(({ name }) => name),
    ["10.0.0.0/8", "r.example.com"],
  );
  assert.equal(insecureInInfo({}), undefined);
  const toml = [
    '[[registry]]\nlocation = "a.example.com"\ninsecure = true',
    '[[registry]]\nprefix = "b.example.com"\n[[registry.mirror]]\nlocation = "m.example.com"\ninsecure = true',
    '[[registry]]\nlocation = "localhost:5000"\ninsecure = true',
    '[registries.insecure]\nregistries = ["old.example.com"]',
  ].join("\n");
  assert.deepEqual(
    insecureInRegistries(toml, "registries.conf").map(({ name }) => name),
    ["a.example.com", "m.example.com", "old.example.com"],
  );
  assert.throws(() => insecureInRegistries("[[registry", "registries.conf"), SyntaxError);
  assert.equal(interContainerIn({ Options: { "com.docker.network.bridge.enable_icc": "false" } }), false);
  assert.equal(interContainerIn({}), undefined);
});

test("whom podman believes by default", () => {
  const enforced = (requirements: unknown) => trustInPolicy(JSON.stringify({ default: requirements }), "p").enforced;
  assert.equal(enforced([{ type: "insecureAcceptAnything" }]), false);
  assert.equal(enforced([{ type: "reject" }]), true);
  assert.equal(enforced([{ type: "insecureAcceptAnything" }, { type: "sigstoreSigned" }]), true);
  assert.throws(() => trustInPolicy("{}", "p"), SyntaxError);
});
