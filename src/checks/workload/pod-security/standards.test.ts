import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { podText, workloadOf } from "../kubernetes/workload.fixture.ts";
import type { PodSecurityLevel } from "./pod-security-check.ts";
import {
  type PodSecurityVersion,
  podSecurityChecks,
  podSecurityViolations,
  rulesAfter,
  strictestLevel,
} from "./standards.ts";

/** A container that meets the level restricted. */
const container = {
  name: "web",
  image: "registry.example.com/web@sha256:aaaa",
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
};

const securityContext = { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } };

/** A pod that meets the level restricted, with these fields in place of its own. */
function pod(spec: object = {}, annotations: Readonly<Record<string, string>> = {}) {
  return workloadOf(podText({ containers: [container], securityContext, ...spec }, annotations));
}

/** A pod whose container has these fields. */
function withContainer(fields: object, spec: object = {}) {
  return pod({ containers: [{ ...container, ...fields }], ...spec });
}

/** The container's securityContext with these fields. */
function confined(fields: object, spec: object = {}) {
  return withContainer({ securityContext: { ...container.securityContext, ...fields } }, spec);
}

/** The names of the checks that refuse it. */
function refusals(
  of: ReturnType<typeof pod>,
  level: PodSecurityLevel = "baseline",
  version: PodSecurityVersion = "latest",
): string[] {
  return [...new Set(podSecurityViolations(of, level, version).map(({ check }) => check.id.replace("workload/", "")))];
}

test("a pod that meets restricted does so at every version", () => {
  for (let minor = 0; minor <= 40; minor++) assert.deepEqual(refusals(pod(), "restricted", minor), [], `1.${minor}`);
  assert.deepEqual(refusals(pod(), "restricted"), []);
  assert.equal(strictestLevel([pod()]), "restricted");
});

test("there are 12 checks of baseline and 7 of restricted, with rules in the order of their versions", () => {
  const levels = podSecurityChecks.map(({ level }) => level);
  assert.equal(levels.filter((level) => level === "baseline").length, 12);
  assert.equal(levels.filter((level) => level === "restricted").length, 7);
  for (const { id, rules } of podSecurityChecks) {
    const versions = rules.map(({ since }) => since);
    assert.deepEqual(
      versions,
      [...new Set(versions)].sort((a, b) => a - b),
      id,
    );
  }
});

/** Field by field: what stands in a container, the check that must refuse it, and from which version on. */
const refusedInContainers: readonly (readonly [PodSecurityLevel, string, number, object])[] = [
  ["baseline", "privileged", 0, { securityContext: { privileged: true } }],
  ["baseline", "host-ports", 0, { ports: [{ containerPort: 80, hostPort: 80 }] }],
  ["baseline", "host-process", 0, { securityContext: { windowsOptions: { hostProcess: true } } }],
  ["baseline", "capabilities-baseline", 0, { securityContext: { capabilities: { add: ["NET_RAW"] } } }],
  ["baseline", "capabilities-baseline", 0, { securityContext: { capabilities: { add: ["CAP_CHOWN"] } } }],
  ["baseline", "capabilities-baseline", 0, { securityContext: { capabilities: { add: ["chown"] } } }],
  ["baseline", "proc-mount", 0, { securityContext: { procMount: "Unmasked" } }],
  ["baseline", "seccomp-baseline", 19, { securityContext: { seccompProfile: { type: "Unconfined" } } }],
  ["baseline", "selinux", 0, { securityContext: { seLinuxOptions: { type: "spc_t" } } }],
  ["baseline", "selinux", 0, { securityContext: { seLinuxOptions: { user: "u" } } }],
  ["baseline", "selinux", 0, { securityContext: { seLinuxOptions: { role: "r" } } }],
  ["baseline", "apparmor", 0, { securityContext: { appArmorProfile: { type: "Unconfined" } } }],
  ["baseline", "host-probes", 34, { livenessProbe: { httpGet: { port: 80, host: "10.0.0.1" } } }],
  ["baseline", "host-probes", 34, { readinessProbe: { tcpSocket: { port: 80, host: "localhost" } } }],
  ["baseline", "host-probes", 34, { startupProbe: { httpGet: { port: 80, host: "127.0.0.1" } } }],
  ["baseline", "host-probes", 34, { lifecycle: { postStart: { httpGet: { port: 80, host: "a" } } } }],
  ["baseline", "host-probes", 34, { lifecycle: { preStop: { tcpSocket: { port: 80, host: "a" } } } }],
  ["restricted", "allow-privilege-escalation", 8, { securityContext: {} }],
  ["restricted", "allow-privilege-escalation", 8, { securityContext: { allowPrivilegeEscalation: true } }],
  ["restricted", "capabilities-restricted", 22, { securityContext: { capabilities: { drop: ["all"] } } }],
  [
    "restricted",
    "capabilities-restricted",
    22,
    { securityContext: { capabilities: { drop: ["ALL"], add: ["CHOWN"] } } },
  ],
  ["restricted", "run-as-non-root", 0, { securityContext: { runAsNonRoot: false } }],
  ["restricted", "run-as-user", 23, { securityContext: { runAsUser: 0 } }],
];

test("what a container must not state is refused from its version on, in each of the three lists", () => {
  for (const [level, check, since, fields] of refusedInContainers) {
    for (const list of ["containers", "initContainers", "ephemeralContainers"]) {
      const one = pod({ containers: [container], [list]: [{ ...container, name: "bad", ...fields }] });
      const about = `${check} ${JSON.stringify(fields)} ${list}`;
      assert.ok(refusals(one, level).includes(check), about);
      assert.ok(refusals(one, level, since).includes(check), about);
      if (since > 0) assert.ok(!refusals(one, level, since - 1).includes(check), about);
      if (level === "restricted") assert.ok(!refusals(one, "baseline").includes(check), about);
    }
  }
});

test("what the pod itself must not state is refused", () => {
  const cases: readonly (readonly [PodSecurityLevel, string, number, object])[] = [
    ["baseline", "host-namespaces", 0, { hostNetwork: true }],
    ["baseline", "host-namespaces", 0, { hostPID: true }],
    ["baseline", "host-namespaces", 0, { hostIPC: true }],
    ["baseline", "host-path-volumes", 0, { volumes: [{ name: "a", hostPath: { path: "/" } }] }],
    ["baseline", "host-process", 0, { securityContext: { windowsOptions: { hostProcess: true } } }],
    ["baseline", "seccomp-baseline", 19, { securityContext: { seccompProfile: { type: "Unconfined" } } }],
    ["baseline", "selinux", 0, { securityContext: { seLinuxOptions: { type: "spc_t" } } }],
    ["baseline", "apparmor", 0, { securityContext: { appArmorProfile: { type: "Unconfined" } } }],
    ["baseline", "sysctls", 0, { securityContext: { sysctls: [{ name: "kernel.msgmax", value: "1" }] } }],
    ["restricted", "seccomp-restricted", 19, { securityContext: { runAsNonRoot: true } }],
    ["restricted", "run-as-non-root", 0, { securityContext: { seccompProfile: { type: "Localhost" } } }],
    ["restricted", "run-as-user", 23, { securityContext: { ...securityContext, runAsUser: 0 } }],
    ["restricted", "volume-types", 0, { volumes: [{ name: "a", nfs: { server: "a", path: "/" } }] }],
  ];
  for (const [level, check, since, spec] of cases) {
    const one = pod(spec);
    assert.deepEqual(
      refusals(one, level).filter((name) => name === check),
      [check],
      JSON.stringify(spec),
    );
    if (since > 0) assert.ok(!refusals(one, level, since - 1).includes(check), JSON.stringify(spec));
  }
});

test("what may be stated is let pass", () => {
  const allowed = [
    confined({ privileged: false, procMount: "Default", runAsUser: 1000 }),
    withContainer({ ports: [{ containerPort: 80, hostPort: 0 }] }),
    withContainer({ livenessProbe: { httpGet: { port: 80, host: "" } }, lifecycle: { preStop: { exec: {} } } }),
    confined({ capabilities: { drop: ["ALL", "CHOWN"], add: ["NET_BIND_SERVICE"] } }),
    confined({ seLinuxOptions: { type: "container_t", level: "s0:c1,c2", user: "", role: "" } }),
    confined({ seccompProfile: { type: "Localhost", localhostProfile: "a.json" } }),
    confined({ appArmorProfile: { type: "Localhost", localhostProfile: "a" } }),
    confined({ appArmorProfile: { type: "RuntimeDefault" } }),
    confined({ windowsOptions: { hostProcess: false } }),
    pod({ hostNetwork: false, hostPID: false, hostIPC: false }),
    pod({
      volumes: [
        { name: "none" },
        ...["configMap", "downwardAPI", "emptyDir", "secret", "projected", "ephemeral", "image"].map((type) => ({
          name: type,
          [type]: {},
        })),
        { name: "claim", persistentVolumeClaim: { claimName: "a" } },
        { name: "csi", csi: { driver: "a" } },
      ],
    }),
  ];
  for (const one of allowed) assert.deepEqual(refusals(one, "restricted"), [], JSON.stringify(one.pod));
});

test("seccomp below 1.19 goes by annotations", () => {
  const ofPod = "seccomp.security.alpha.kubernetes.io/pod";
  const ofContainer = "container.seccomp.security.alpha.kubernetes.io/web";
  for (const [key, value, refused] of [
    [ofPod, "unconfined", true],
    [ofContainer, "unconfined", true],
    ["container.seccomp.security.alpha.kubernetes.io/other", "unconfined", false],
    [ofPod, "runtime/default", false],
    [ofContainer, "docker/default", false],
    [ofContainer, "localhost/a.json", false],
  ] as const) {
    const one = pod({}, { [key]: value });
    assert.deepEqual(refusals(one, "baseline", 18), refused ? ["seccomp-baseline"] : [], `${key} ${value}`);
    assert.deepEqual(refusals(one, "baseline", 19), []);
  }
});

test("AppArmor's annotations count at every version", () => {
  const key = "container.apparmor.security.beta.kubernetes.io/web";
  for (const value of ["unconfined", "RuntimeDefault", "localhost", "x localhost/a"]) {
    for (const version of [0, 30, "latest"] as const) {
      assert.deepEqual(refusals(pod({}, { [key]: value }), "baseline", version), ["apparmor"], value);
    }
  }
  for (const value of ["", "runtime/default", "localhost/a\nb"])
    assert.deepEqual(refusals(pod({}, { [key]: value })), []);
});

test("a sysctl is allowed from the version on that counts it as safe", () => {
  const since: Readonly<Record<string, number>> = {
    "kernel.shm_rmid_forced": 0,
    "net.ipv4.ip_local_port_range": 0,
    "net.ipv4.tcp_syncookies": 0,
    "net.ipv4.ping_group_range": 0,
    "net.ipv4.ip_unprivileged_port_start": 0,
    "net.ipv4.ip_local_reserved_ports": 27,
    "net.ipv4.tcp_keepalive_time": 29,
    "net.ipv4.tcp_fin_timeout": 29,
    "net.ipv4.tcp_keepalive_intvl": 29,
    "net.ipv4.tcp_keepalive_probes": 29,
    "net.ipv4.tcp_rmem": 32,
    "net.ipv4.tcp_wmem": 32,
    "net.ipv4.tcp_slow_start_after_idle": 37,
    "net.ipv4.tcp_notsent_lowat": 37,
  };
  for (const [name, minor] of Object.entries(since)) {
    const one = pod({ securityContext: { ...securityContext, sysctls: [{ name, value: "1" }] } });
    for (let version = 0; version <= 40; version++) {
      assert.deepEqual(
        refusals(one, "restricted", version),
        version < minor ? ["sysctls"] : [],
        `${name} 1.${version}`,
      );
    }
    assert.deepEqual(refusals(one), []);
  }
});

test("container_engine_t is a type of containers from 1.31 on", () => {
  const one = confined({ seLinuxOptions: { type: "container_engine_t" } });
  assert.deepEqual(refusals(one, "baseline", 30), ["selinux"]);
  assert.deepEqual(refusals(one, "baseline", 31), []);
});

test("a pod for Windows need not state what Windows has not, from 1.25 on", () => {
  const bare = { containers: [{ name: "web" }], securityContext: { runAsNonRoot: true } };
  const missing = ["allow-privilege-escalation", "capabilities-restricted", "seccomp-restricted"];
  const windows = pod({ ...bare, os: { name: "windows" } });
  assert.deepEqual(refusals(windows, "restricted", 24), missing);
  assert.deepEqual(refusals(windows, "restricted", 25), []);
  assert.deepEqual(refusals(windows, "restricted"), []);
  assert.deepEqual(refusals(pod({ ...bare, os: { name: "linux" } }), "restricted"), missing);
  assert.deepEqual(refusals(pod({ ...bare, os: { name: "Windows" } }), "restricted"), missing);
  const root = pod({ containers: [{ name: "web" }], securityContext: {}, os: { name: "windows" } });
  assert.deepEqual(refusals(root, "restricted"), ["run-as-non-root"]);
});

test("a pod with users of its own may run as root from 1.35 on", () => {
  const root = { ...securityContext, runAsNonRoot: false, runAsUser: 0 };
  const own = confined({ runAsUser: 0 }, { securityContext: root, hostUsers: false });
  assert.deepEqual(refusals(own, "restricted", 34), ["run-as-non-root", "run-as-user"]);
  assert.deepEqual(refusals(own, "restricted", 35), []);
  const shared = confined({ runAsUser: 0 }, { securityContext: root, hostUsers: true });
  assert.deepEqual(refusals(shared, "restricted", 35), ["run-as-non-root", "run-as-user"]);
});

test("and any procMount at baseline, at restricted none", () => {
  const unmasked = confined({ procMount: "Unmasked" }, { hostUsers: false });
  assert.deepEqual(refusals(unmasked, "baseline", 34), ["proc-mount"]);
  assert.deepEqual(refusals(unmasked, "baseline", 35), []);
  assert.deepEqual(refusals(unmasked, "restricted", 35), ["proc-mount-restricted"]);
  assert.equal(strictestLevel([unmasked], 35), "baseline");
  assert.equal(strictestLevel([unmasked], 34), "privileged");
});

test("runAsNonRoot false of the pod is refused even where every container says true", () => {
  const one = confined({ runAsNonRoot: true }, { securityContext: { ...securityContext, runAsNonRoot: false } });
  assert.deepEqual(refusals(one, "restricted"), ["run-as-non-root"]);
  const each = confined(
    { runAsNonRoot: true },
    { securityContext: { seccompProfile: securityContext.seccompProfile } },
  );
  assert.deepEqual(refusals(each, "restricted"), []);
});

test("one container without is enough", () => {
  const other = { ...container, name: "other", securityContext: { ...container.securityContext, runAsNonRoot: true } };
  const one = pod({ containers: [other, container], securityContext: { seccompProfile: { type: "Localhost" } } });
  const [violation, ...more] = podSecurityViolations(one, "restricted");
  assert.deepEqual([violation?.path, more], [["containers", 1, "securityContext", "runAsNonRoot"], []]);
});

test("the template of every kind of controller is judged as a Pod is", () => {
  const template = { metadata: {}, spec: { containers: [{ name: "web", securityContext: { privileged: true } }] } };
  for (const [apiVersion, kind, spec] of [
    ["apps/v1", "Deployment", { template }],
    ["apps/v1", "DaemonSet", { template }],
    ["apps/v1", "StatefulSet", { template }],
    ["apps/v1", "ReplicaSet", { template }],
    ["v1", "ReplicationController", { template }],
    ["batch/v1", "Job", { template }],
    ["batch/v1", "CronJob", { jobTemplate: { spec: { template } } }],
  ] as const) {
    const one = workloadOf(JSON.stringify({ apiVersion, kind, metadata: { name: "web" }, spec }));
    assert.deepEqual(refusals(one), ["privileged"], kind);
  }
  const bare = { apiVersion: "v1", kind: "PodTemplate", metadata: { name: "web" }, template };
  assert.deepEqual(refusals(workloadOf(JSON.stringify(bare))), ["privileged"]);
});

test("the strictest level is that of the worst pod", () => {
  const plain = workloadOf(podText({ containers: [{ name: "web" }] }));
  assert.equal(strictestLevel([]), "restricted");
  assert.equal(strictestLevel([pod(), plain]), "baseline");
  assert.equal(strictestLevel([pod(), plain, pod({ hostPID: true })]), "privileged");
});

test("whoever meets restricted meets baseline, and more containers never help", () => {
  const context = fc.record(
    {
      privileged: fc.boolean(),
      procMount: fc.constantFrom("Default", "Unmasked"),
      allowPrivilegeEscalation: fc.boolean(),
      runAsNonRoot: fc.boolean(),
      runAsUser: fc.constantFrom(0, 1),
      seccompProfile: fc.record({ type: fc.constantFrom("RuntimeDefault", "Unconfined", "Localhost") }),
      capabilities: fc.record({
        add: fc.subarray(["NET_BIND_SERVICE", "CHOWN", "SYS_ADMIN"]),
        drop: fc.subarray(["ALL", "KILL"]),
      }),
    },
    { requiredKeys: [] },
  );
  const anyContainer = fc.record({ name: fc.constantFrom("a", "b"), securityContext: context });
  const anyPod = fc.record(
    {
      containers: fc.array(anyContainer, { maxLength: 2 }),
      initContainers: fc.array(anyContainer, { maxLength: 2 }),
      securityContext: fc.record(
        { runAsNonRoot: fc.boolean(), runAsUser: fc.constantFrom(0, 1) },
        { requiredKeys: [] },
      ),
      hostUsers: fc.boolean(),
      hostPID: fc.boolean(),
      os: fc.record({ name: fc.constantFrom("linux", "windows") }),
    },
    { requiredKeys: ["containers"] },
  );
  fc.assert(
    fc.property(anyPod, anyContainer, fc.nat({ max: 40 }), (spec, added, version) => {
      const one = workloadOf(podText(spec));
      const more = workloadOf(podText({ ...spec, ephemeralContainers: [added] }));
      const baseline = podSecurityViolations(one, "baseline", version);
      const restricted = podSecurityViolations(one, "restricted", version);
      assert.ok(restricted.length >= baseline.length);
      for (const level of ["baseline", "restricted"] as const) {
        const [before, after] = [one, more].map((each) => podSecurityViolations(each, level, version).length);
        assert.ok((after ?? 0) >= (before ?? 0), level);
      }
    }),
  );
});

test("which rules came after a version", () => {
  const after = (version: number) => rulesAfter(version, "restricted").map(({ id }) => id.slice("workload/".length));
  assert.deepEqual(rulesAfter("latest", "restricted"), []);
  assert.deepEqual(after(34), []);
  assert.deepEqual(after(33), ["host-probes"]);
  assert.deepEqual(after(23), ["host-probes"]);
  assert.deepEqual(after(22), ["host-probes", "run-as-user"]);
  assert.deepEqual(after(21), ["host-probes", "capabilities-restricted", "run-as-user"]);
  assert.deepEqual(after(18), [
    "host-probes",
    "seccomp-baseline",
    "capabilities-restricted",
    "run-as-user",
    "seccomp-restricted",
  ]);
  assert.ok(after(7).includes("allow-privilege-escalation"));
  // Every check that began after the first version is known to it, but for the one that takes a waiver back.
  const later = podSecurityChecks.filter(
    ({ rules: [{ since }], id }) => since > 0 && id !== "workload/proc-mount-restricted",
  );
  for (const { id } of later) assert.ok(after(0).includes(id.slice("workload/".length)), id);
});
