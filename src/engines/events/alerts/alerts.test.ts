import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Alert } from "../model.ts";
import {
  alertOf,
  capitalized,
  DIGEST,
  falcoAlert,
  guardDutyFinding,
  ID,
  readAll as read,
  sccFinding,
  tetragonKprobe,
  tetragonProcess,
} from "./alerts.fixture.ts";

const NOON = 1772366400_250000000n;
const pod = { namespace: "shop", name: "api-7f9c" };
const image = "registry.example.com/shop/api:2.0.1";

describe("Falco's alerts", () => {
  test("name rule, process, container and pod", () => {
    const alert = alertOf(falcoAlert());
    assert.deepEqual(alert, {
      rule: "Terminal shell in container",
      detector: "falco",
      priority: "NOTICE",
      severity: "low",
      source: "syscall",
      tags: ["T1059", "container", "shell"],
      output: "A shell was spawned (command=bash)",
      fields: alert.fields,
      count: 1,
      first: NOON,
      last: NOON,
      about: { host: "node-1", container: { id: ID.slice(0, 12), name: "api", image }, pod },
      subject: "bash -i",
      process: {
        pid: 4711,
        name: "bash",
        commandLine: "bash -i",
        ancestors: ["node", "containerd-shim"],
        path: "/usr/bin/bash",
        user: "root",
        uid: 0,
      },
    });
    assert.equal(alert.fields["fd.name"], null);
    assert.equal(alert.fields["proc.tty"], "34816");
  });

  test("of the host and of audit events name what they are about", () => {
    const output_fields = { "container.id": "host", "proc.name": "<NA>", "k8s.ns.name": null };
    assert.deepEqual(alertOf(falcoAlert({ output_fields })).about, { host: "node-1" });
    const audit = falcoAlert({
      source: "k8s_audit",
      hostname: undefined,
      output_fields: {
        "ka.target.resource": "configmaps",
        "ka.target.name": "settings",
        "ka.target.namespace": "shop",
      },
    });
    const { about, source, process } = alertOf(audit);
    assert.deepEqual(about, { object: { resource: "configmaps", namespace: "shop", name: "settings" } });
    assert.equal(source, "k8s_audit");
    assert.equal(process, undefined);
    assert.equal(alertOf(falcoAlert({ source: "okta" })).source, "other");
  });

  test("say what Falco lost", () => {
    const drop = { rule: "Falco internal: syscall event drop", priority: "Debug", output_fields: { n_drops: "12" } };
    const metrics = { rule: "Falco internal: metrics snapshot", priority: "Informational" };
    assert.deepEqual(read(falcoAlert(drop), falcoAlert(metrics)), {
      alerts: [],
      passed: ["falco Falco internal: metrics snapshot 1"],
      lost: ["12 dropped by Falco"],
    });
  });
});

describe("Tetragon's events", () => {
  test("of a policy are alerts", () => {
    const alert = alertOf(tetragonKprobe());
    assert.deepEqual(alert, {
      rule: "metadata-service",
      detector: "tetragon",
      priority: "WARNING",
      severity: "medium",
      source: "syscall",
      tags: ["observability.network"],
      output: "/usr/bin/curl http://169.254.169.254/latest/meta-data: tcp_connect(10.0.0.5:40000->169.254.169.254:80)",
      fields: {
        "tetragon.hook": "tcp_connect",
        "tetragon.action": "KPROBE_ACTION_POST",
        "tetragon.args[0]": "10.0.0.5:40000->169.254.169.254:80",
      },
      count: 1,
      first: NOON,
      last: NOON,
      about: {
        host: "node-1",
        container: { id: ID, name: "api", image, imageDigest: DIGEST },
        pod: { ...pod, owner: { kind: "Deployment", name: "api" } },
      },
      subject: alert.subject,
      process: {
        pid: 4711,
        name: "curl",
        path: "/usr/bin/curl",
        commandLine: "/usr/bin/curl http://169.254.169.254/latest/meta-data",
        ancestors: ["sh", "node"],
        uid: 0,
      },
    });
    const other = tetragonKprobe({
      args: [{ sock_arg: { saddr: "10.0.0.5", daddr: "169.254.169.254", sport: 50000, dport: 80 } }],
    });
    assert.equal(alertOf(other).subject, alert.subject);
  });

  test("that were stopped are worse, and a message is the output", () => {
    const args = [{ file_arg: { path: "/etc/shadow", permission: "-rw-r-----" } }, { int_arg: 4 }, { string_arg: "x" }];
    const killed = { action: "KPROBE_ACTION_SIGKILL", message: "Shadow read", args };
    const alert = alertOf(tetragonKprobe(killed, { aggregation_info: { count: "4" } }));
    assert.deepEqual([alert.severity, alert.priority, alert.count], ["high", "ERROR", 4]);
    assert.match(alert.output, /meta-data: Shadow read \(KPROBE_ACTION_SIGKILL\)$/);
    assert.deepEqual(
      [0, 1, 2].map((index) => alert.fields[`tetragon.args[${index}]`]),
      ["/etc/shadow", "4", "x"],
    );
  });

  test("of tracepoints and of containers outside of Kubernetes are read", () => {
    const process = tetragonProcess({ pod: undefined });
    const event = { process, subsys: "raw_syscalls", event: "sys_enter", args: [], policy_name: "calls" };
    const alert = alertOf({ process_tracepoint: event, node_name: "node-1", time: "2026-03-01T12:00:00.25Z" });
    assert.deepEqual(alert.about, { host: "node-1", container: { id: ID.slice(0, 31) } });
    assert.equal(alert.fields["tetragon.hook"], "raw_syscalls:sys_enter");
  });

  test("without a policy are counted, and what was dropped is lost", () => {
    const envelope = { node_name: "node-1", time: "2026-03-01T12:00:00Z" };
    const { alerts, passed, lost } = read(
      { process_exec: { process: tetragonProcess() }, ...envelope },
      tetragonKprobe({ policy_name: undefined }),
      { rate_limit_info: { number_of_dropped_process_events: "9" }, ...envelope },
      { process_throttle: { type: "THROTTLE_START", cgroup: "x" }, ...envelope },
      { process_throttle: { type: "THROTTLE_STOP", cgroup: "x" }, ...envelope },
    );
    assert.deepEqual(alerts, []);
    assert.deepEqual(passed, ["tetragon process_exec 1", "tetragon process_kprobe 1", "tetragon process_throttle 1"]);
    assert.deepEqual(lost, [
      "9 dropped by Tetragon over its export's rate limit",
      "1 not seen while Tetragon throttled a cgroup",
    ]);
  });
});

describe("GuardDuty's findings", () => {
  const expected = (fields: Alert["fields"]): Alert => ({
    rule: "Execution:Runtime/ReverseShell",
    detector: "guardduty",
    priority: "ERROR",
    severity: "high",
    source: "other",
    tags: [],
    output: "A process has created a reverse shell",
    description: "A process that runs in a container of an EKS cluster has created a reverse shell.",
    fields,
    count: 3,
    first: 1772366400_000000000n,
    last: 1772366700_000000000n,
    about: {
      host: "i-0ab1",
      container: { id: ID, name: "api", image },
      pod: { namespace: "shop", name: "api", owner: { kind: "Deployment", name: "api" } },
      other: "arn:aws:eks:eu-west-1:111122223333:cluster/shop",
    },
    subject: "f-1",
    process: {
      pid: 4711,
      name: "bash",
      path: "/usr/bin/bash",
      commandLine: "bash -i",
      ancestors: ["node", "containerd-shim"],
      user: "root",
      uid: 0,
    },
  });

  test("are the same from EventBridge, an export and the API", () => {
    const finding = guardDutyFinding();
    const event = { version: "0", source: "aws.guardduty", "detail-type": "GuardDuty Finding", detail: finding };
    for (const document of [finding, event, { Findings: [capitalized(finding)] }, capitalized(finding)]) {
      const alert = alertOf(document);
      assert.deepEqual(alert, expected(alert.fields));
      assert.equal(alert.fields["context.addressFamily"], "AF_INET");
      assert.equal(alert.fields["process.sha256"], "cd".repeat(32));
    }
    assert.deepEqual(read({ Findings: [] }), { alerts: [], passed: ["guardduty empty list 1"], lost: [] });
  });

  test("of ECS tasks and instances name them, and their severity is their score's", () => {
    const task = "arn:aws:ecs:eu-west-1:111122223333:task/shop/t-1";
    const ecs = guardDutyFinding({
      resource: {
        ecsClusterDetails: { taskDetails: { arn: task, containers: [{ id: "c-1", name: "web", image: "web:1" }] } },
      },
      severity: 9.5,
    });
    const alert = alertOf(ecs);
    assert.deepEqual(alert.about, { container: { id: "c-1", name: "web", image: "web:1" }, other: task });
    assert.equal(alert.severity, "critical");
    const ec2 = alertOf(guardDutyFinding({ resource: { instanceDetails: { instanceId: "i-7" } }, severity: 2 }));
    assert.deepEqual([ec2.about, ec2.severity, ec2.priority], [{ host: "i-7" }, "low", "NOTICE"]);
    const archived = guardDutyFinding({ service: { eventLastSeen: "2026-03-01T12:00:00Z", archived: true } });
    assert.deepEqual(alertOf(archived).tags, ["archived"]);
  });

  test("say that an agent is unhealthy, and one that cannot be read is lost alone", () => {
    const bus = (kind: string) => ({ source: "aws.guardduty", "detail-type": kind, detail: {} });
    const broken = { Type: "X", Service: {}, Resource: {} };
    const { alerts, passed, lost } = read(
      bus("GuardDuty Runtime Protection Unhealthy"),
      bus("GuardDuty Runtime Protection Healthy"),
      { Findings: [capitalized(guardDutyFinding()), broken] },
    );
    assert.equal(alerts.length, 1);
    assert.deepEqual(passed, ["guardduty GuardDuty Runtime Protection Healthy 1"]);
    assert.deepEqual(lost, [
      "1 not seen: GuardDuty says that an agent of its is unhealthy",
      "1 not as guardduty writes its alerts",
    ]);
  });
});

describe("findings of Google's Security Command Center", () => {
  test("are the same from a notification, a list and by themselves", () => {
    const finding = sccFinding();
    const notification = {
      notificationConfigName: "organizations/1/notificationConfigs/n",
      finding,
      resource: { name: "r" },
    };
    const message = { message: { data: Buffer.from(JSON.stringify(notification)).toString("base64") } };
    const listed = { listFindingsResults: [{ finding, resource: { name: "r" } }] };
    for (const document of [finding, notification, message, listed, { findings: finding, resource: {} }]) {
      const alert = alertOf(document);
      assert.deepEqual(alert, {
        rule: "Reverse Shell",
        detector: "security-command-center",
        priority: "ERROR",
        severity: "high",
        source: "other",
        tags: ["EXECUTION", "UNIX_SHELL"],
        output: "A process was started with its input and output in a remote connection.",
        fields: alert.fields,
        count: 1,
        first: NOON,
        last: NOON,
        about: {
          host: "node-1",
          container: { id: ID, name: "api", image, imageId: DIGEST },
          pod,
          other: "//container.googleapis.com/projects/shop/zones/europe-west1-b/clusters/shop",
        },
        subject: "/usr/bin/bash -i",
        process: {
          pid: 4711,
          name: "bash",
          path: "/usr/bin/bash",
          commandLine: "/usr/bin/bash -i",
          ancestors: ["node"],
        },
      });
    }
  });

  test("that are no threats are counted; inactive and muted ones are tagged", () => {
    const { passed } = read(sccFinding({ findingClass: "VULNERABILITY" }), { listFindingsResults: [] });
    assert.deepEqual(passed, ["security-command-center VULNERABILITY 1", "security-command-center empty list 1"]);
    const alert = alertOf(sccFinding({ state: "INACTIVE", mute: "MUTED", severity: "NEW_WORD" }));
    assert.deepEqual(alert.tags, ["EXECUTION", "UNIX_SHELL", "inactive", "muted"]);
    assert.equal(alert.severity, "medium");
  });

  test("name container and pod by the older properties as well", () => {
    const sourceProperties = {
      Container_Id: ID,
      Container_Image_Uri: image,
      Container_Name: "api",
      Pod_Name: "api-7f9c",
      Pod_Namespace: "shop",
      Process_Binary_Fullpath: "/usr/bin/bash",
    };
    const { about, process } = alertOf(
      sccFinding({ sourceProperties, kubernetes: undefined, containers: undefined, processes: undefined }),
    );
    assert.deepEqual([about.container, about.pod], [{ id: ID, name: "api", image }, pod]);
    assert.equal(process?.name, "bash");
  });
});
