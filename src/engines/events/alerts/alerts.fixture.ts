/** Documents of other detectors, as each writes them; names and numbers are made up. */
import assert from "node:assert/strict";
import type { Untyped } from "../../../core/untyped.ts";
import type { Alert } from "../model.ts";
import { readAlerts } from "./read.ts";

export const ID = "34df".repeat(16);
export const DIGEST = `sha256:${"ab".repeat(32)}`;

export function falcoAlert(changes: Untyped = {}): Untyped {
  return {
    hostname: "node-1",
    output: "12:00:00.250000000: Notice A shell was spawned (command=bash)",
    output_fields: {
      "container.id": ID.slice(0, 12),
      "container.image.repository": "registry.example.com/shop/api",
      "container.image.tag": "2.0.1",
      "container.name": "api",
      "evt.time": 1772366400250000000,
      "k8s.ns.name": "shop",
      "k8s.pod.name": "api-7f9c",
      "proc.cmdline": "bash -i",
      "proc.exepath": "/usr/bin/bash",
      "proc.name": "bash",
      "proc.pid": 4711,
      "proc.pname": "node",
      "proc.tty": 34816,
      "proc.aname[2]": "containerd-shim",
      "user.name": "root",
      "user.uid": 0,
      "fd.name": null,
    },
    priority: "Notice",
    rule: "Terminal shell in container",
    source: "syscall",
    tags: ["T1059", "container", "shell"],
    time: "2026-03-01T12:00:00.250000000Z",
    ...changes,
  };
}

export function tetragonProcess(changes: Untyped = {}): Untyped {
  return {
    exec_id: "bm9kZS0xOjEyMzQ=",
    pid: 4711,
    uid: 0,
    cwd: "/app",
    binary: "/usr/bin/curl",
    arguments: "http://169.254.169.254/latest/meta-data",
    flags: "execve clone",
    start_time: "2026-03-01T12:00:00.1Z",
    auid: 4294967295,
    pod: {
      namespace: "shop",
      name: "api-7f9c",
      container: {
        id: `containerd://${ID}`,
        name: "api",
        image: { id: `registry.example.com/shop/api@${DIGEST}`, name: "registry.example.com/shop/api:2.0.1" },
        pid: 7,
      },
      workload: "api",
      workload_kind: "Deployment",
    },
    docker: ID.slice(0, 31),
    ...changes,
  };
}

export function tetragonKprobe(changes: Untyped = {}, envelope: Untyped = {}): Untyped {
  return {
    process_kprobe: {
      process: tetragonProcess(),
      parent: { binary: "/usr/bin/sh", pid: 4700 },
      ancestors: [{ binary: "/usr/local/bin/node", pid: 4600 }],
      function_name: "tcp_connect",
      args: [{ sock_arg: { family: "AF_INET", saddr: "10.0.0.5", daddr: "169.254.169.254", sport: 40000, dport: 80 } }],
      action: "KPROBE_ACTION_POST",
      policy_name: "metadata-service",
      return_action: "KPROBE_ACTION_POST",
      tags: ["observability.network"],
      ...changes,
    },
    node_name: "node-1",
    time: "2026-03-01T12:00:00.25Z",
    ...envelope,
  };
}

export function guardDutyFinding(changes: Untyped = {}): Untyped {
  return {
    schemaVersion: "2.0",
    accountId: "111122223333",
    region: "eu-west-1",
    id: "f-1",
    arn: "arn:aws:guardduty:eu-west-1:111122223333:detector/d-1/finding/f-1",
    type: "Execution:Runtime/ReverseShell",
    severity: 8,
    title: "A process has created a reverse shell",
    description: "A process that runs in a container of an EKS cluster has created a reverse shell.",
    createdAt: "2026-03-01T12:00:10.000Z",
    updatedAt: "2026-03-01T12:05:10.000Z",
    resource: {
      resourceType: "EKSCluster",
      eksClusterDetails: { name: "shop", arn: "arn:aws:eks:eu-west-1:111122223333:cluster/shop" },
      kubernetesDetails: {
        kubernetesUserDetails: null,
        kubernetesWorkloadDetails: {
          name: "api",
          type: "deployments",
          uid: "u-1",
          namespace: "shop",
          containers: [{ id: `containerd://${ID}`, name: "api", image: "registry.example.com/shop/api:2.0.1" }],
        },
      },
      instanceDetails: { instanceId: "i-0ab1" },
    },
    service: {
      serviceName: "guardduty",
      count: 3,
      archived: false,
      eventFirstSeen: "2026-03-01T12:00:00.000Z",
      eventLastSeen: "2026-03-01T12:05:00.000Z",
      runtimeDetails: {
        process: {
          name: "bash",
          executablePath: "/usr/bin/bash",
          executableSha256: "cd".repeat(32),
          pid: 4711,
          uuid: "p-1",
          parentUuid: "p-2",
          user: "root",
          userId: 0,
          lineage: [
            { name: "containerd-shim", uuid: "p-3" },
            { name: "node", uuid: "p-2", parentUuid: "p-3" },
          ],
        },
        context: { commandLineExample: "bash -i", addressFamily: "AF_INET" },
      },
    },
    ...changes,
  };
}

/** As the API writes the same finding. */
export function capitalized(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(capitalized);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
      capitalized(inner),
    ]),
  );
}

export function sccFinding(changes: Untyped = {}): Untyped {
  return {
    name: "organizations/1/sources/2/findings/f-1",
    resourceName: "//container.googleapis.com/projects/shop/zones/europe-west1-b/clusters/shop",
    state: "ACTIVE",
    category: "Reverse Shell",
    findingClass: "THREAT",
    severity: "HIGH",
    mute: "UNDEFINED",
    eventTime: "2026-03-01T12:00:00.250Z",
    createTime: "2026-03-01T12:00:10Z",
    description: "A process was started with its input and output in a remote connection.",
    mitreAttack: { primaryTactic: "EXECUTION", primaryTechniques: ["UNIX_SHELL"] },
    processes: [
      {
        name: "bash",
        binary: { path: "/usr/bin/bash" },
        args: ["/usr/bin/bash", "-i"],
        pid: "4711",
        parentPid: "4700",
      },
      { name: "node", pid: "4700", parentPid: "1" },
    ],
    containers: [{ name: "api", uri: "registry.example.com/shop/api:2.0.1", imageId: DIGEST }],
    kubernetes: {
      pods: [
        {
          ns: "shop",
          name: "api-7f9c",
          containers: [{ name: "api", uri: "registry.example.com/shop/api:2.0.1", imageId: DIGEST }],
        },
      ],
      nodes: [{ name: "//compute.googleapis.com/projects/shop/zones/europe-west1-b/instances/node-1" }],
    },
    sourceProperties: { VM_Instance_Name: "node-1", Container_Id: ID },
    ...changes,
  };
}

export function readAll(...documents: unknown[]) {
  const alerts: Alert[] = [];
  const passed: string[] = [];
  const lost: string[] = [];
  for (const document of documents) {
    readAlerts(document, "alerts.json:1", {
      alert: (alert) => alerts.push(alert),
      passed: (detector, kind, count) => passed.push(`${detector} ${kind} ${count}`),
      lost: (reason, count) => lost.push(`${count} ${reason}`),
    });
  }
  return { alerts, passed, lost };
}

/** The only alert of a document. */
export function alertOf(document: unknown): Alert {
  const { alerts, lost } = readAll(document);
  assert.deepEqual(lost, []);
  assert.equal(alerts.length, 1);
  return alerts[0] as Alert;
}
