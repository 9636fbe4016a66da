import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Untyped } from "../../../../core/untyped.ts";
import { auditEventOf } from "../audit.fixture.ts";
import type { AuditEvent } from "../model.ts";
import { auditFields } from "./all.ts";

function get(event: AuditEvent, text: string): unknown {
  const [, name, argument] = /^([^[]+)(?:\[(.*)\])?$/.exec(text) ?? [];
  const field = auditFields.find((each) => each.name === name);
  assert.ok(field, text);
  return field.bind(argument)(event);
}

/** Each field by what it is expected to be. */
function expect(event: AuditEvent, expected: Untyped): void {
  const seen = Object.keys(expected).map((text) => [text, get(event, text)]);
  assert.deepEqual(Object.fromEntries(seen), expected);
}

function asked(requestObject: unknown, changes: Untyped = {}): AuditEvent {
  return auditEventOf({ requestObject, ...changes });
}

const pod = asked({
  spec: {
    hostPID: true,
    hostNetwork: false,
    securityContext: { runAsUser: 1000, runAsGroup: 2000, fsGroup: 5, supplementalGroups: [7, 8] },
    containers: [
      {
        name: "api",
        image: "registry.example.com:5000/shop/api:2.0@sha256:aa",
        command: ["sh", "-c"],
        args: ["sleep 5"],
        ports: [{ hostPort: 8080, containerPort: 80 }, { containerPort: 81 }],
        securityContext: { privileged: true, runAsUser: 0, capabilities: { add: ["SYS_ADMIN", "NET_RAW"] } },
      },
      {
        name: "log",
        image: "busybox",
        securityContext: {
          procMount: "Unmasked",
          readOnlyRootFilesystem: true,
          allowPrivilegeEscalation: false,
          capabilities: { add: ["SYS_TIME"] },
        },
      },
    ],
    initContainers: [{ name: "init", image: "alpine:3", ports: [{ hostPort: 1 }] }],
    ephemeralContainers: [{ name: "debug", image: "busybox:1", securityContext: { privileged: true } }],
    volumes: [
      { name: "a", hostPath: { path: "/etc/ssl" } },
      { name: "b", secret: { secretName: "s" } },
      { name: "c", flexVolume: { driver: "lvm" } },
    ],
  },
});

describe("fields of audit events", () => {
  test("tell who asked for what", () => {
    const event = auditEventOf({
      verb: "create",
      requestURI: "/api/v1/namespaces/shop/pods/api/exec?command=sh&command=-c&container=app%20one&empty=",
      objectRef: { resource: "pods", subresource: "exec", namespace: "shop", name: "api" },
      impersonatedUser: { username: "bob" },
      responseStatus: { code: 403, reason: "Forbidden" },
      annotations: { "authorization.k8s.io/decision": "forbid", cluster_name: "east" },
    });
    expect(event, {
      "ka.auditid": "a-1",
      "ka.stage": "ResponseComplete",
      "ka.auth.decision": "forbid",
      "ka.auth.reason": undefined,
      "ka.cluster.name": "east",
      "ka.user.name": "alice@example.com",
      "ka.user.groups": ["developers", "system:authenticated"],
      "ka.impuser.name": "bob",
      "ka.verb": "create",
      "ka.uri.param[command]": "sh",
      "ka.uri.param[container]": "app one",
      "ka.uri.param[empty]": "",
      "ka.uri.param[none]": undefined,
      "ka.target.name": "api",
      "ka.target.namespace": "shop",
      "ka.target.resource": "pods",
      "ka.target.subresource": "exec",
      "ka.target.pod.name": undefined,
      "ka.response.code": "403",
      "ka.response.reason": "Forbidden",
      "ka.useragent": "kubectl/v1.34.0",
      "ka.sourceips": ["203.0.113.7", "10.0.0.1"],
      "ka.sourceips[1]": ["10.0.0.1"],
      "ka.sourceips[2]": undefined,
    });
  });

  test("name a pod by the response, or by the request where the response is not there", () => {
    const responseObject = { metadata: { name: "api-x7" } };
    expect(auditEventOf({ responseObject }), { "ka.target.pod.name": "api-x7", "ka.resp.name": "api-x7" });
    expect(auditEventOf(), { "ka.target.pod.name": "api", "ka.resp.name": undefined });
    expect(auditEventOf({ objectRef: { resource: "secrets", name: "s" } }), { "ka.target.pod.name": undefined });
  });

  test("tell what a pod's containers are, each kind by itself", () => {
    expect(pod, {
      "ka.req.pod.containers.name": ["api", "log"],
      "ka.req.pod.containers.image[1]": ["busybox"],
      "ka.req.pod.containers.image[2]": undefined,
      "ka.req.pod.containers.image.repository": ["registry.example.com:5000/shop/api", "busybox"],
      "ka.req.pod.containers.command": ["sh -c"],
      "ka.req.pod.containers.args": ["sleep 5"],
      "ka.req.pod.containers.args[1]": undefined,
      "ka.req.pod.containers.host_port": ["8080", "81"],
      "ka.req.pod.containers.privileged": ["true"],
      "ka.req.pod.containers.allow_privilege_escalation": ["false"],
      "ka.req.pod.containers.read_only_fs": ["true"],
      "ka.req.pod.containers.run_as_user": ["0"],
      "ka.req.pod.containers.eff_run_as_user": ["0", "1000"],
      "ka.req.pod.containers.eff_run_as_user[1]": ["1000"],
      "ka.req.pod.containers.eff_run_as_group": ["2000", "2000"],
      "ka.req.pod.containers.proc_mount": ["Unmasked"],
      "ka.req.pod.containers.add_capabilities": ["SYS_ADMIN", "NET_RAW", "SYS_TIME"],
      "ka.req.pod.containers.add_capabilities[1]": ["SYS_TIME"],
      "ka.req.pod.initContainers.name": ["init"],
      "ka.req.pod.initContainers.host_port": ["1"],
      "ka.req.pod.initContainers.privileged": undefined,
      "ka.req.pod.ephemeralContainers.image": ["busybox:1"],
      "ka.req.pod.ephemeralContainers.privileged": ["true"],
    });
    assert.ok(!auditFields.some(({ name }) => name === "ka.req.pod.ephemeralContainers.host_port"));
  });

  test("tell what a pod is, and what it mounts", () => {
    expect(pod, {
      "ka.req.pod.host_pid": "true",
      "ka.req.pod.host_network": "false",
      "ka.req.pod.host_ipc": undefined,
      "ka.req.pod.run_as_user": "1000",
      "ka.req.pod.run_as_group": "2000",
      "ka.req.pod.fs_group": "5",
      "ka.req.pod.supplemental_groups": ["7", "8"],
      "ka.req.pod.volumes.hostpath": ["/etc/ssl"],
      "ka.req.pod.volumes.hostpath[1]": undefined,
      "ka.req.pod.volumes.flexvolume_driver": ["lvm"],
      "ka.req.pod.volumes.volume_type": ["hostPath", "secret", "flexVolume"],
      "ka.req.pod.volumes.volume_type[1]": ["secret"],
      "ka.req.container.image": "registry.example.com:5000/shop/api:2.0@sha256:aa",
      "ka.req.container.image.repository": "registry.example.com:5000/shop/api",
      "ka.req.container.host_network": "false",
      "ka.req.container.privileged": "true",
      "ka.req.volume.hostpath[/etc*]": "true",
      "ka.req.volume.hostpath[/etc]": "false",
      "ka.req.volume.hostpath[/etc/ssl]": "true",
    });
    expect(asked({ spec: { containers: [{}] } }), {
      "ka.req.container.privileged": "false",
      "ka.req.container.image": undefined,
      "ka.req.pod.containers.eff_run_as_user": ["0"],
      "ka.req.volume.hostpath[/etc*]": undefined,
    });
    expect(auditEventOf(), { "ka.req.container.privileged": undefined });
  });

  test("tell what bindings, roles, config maps and services hold", () => {
    const subjects = [
      { kind: "User", name: "alice" },
      { kind: "Group", name: "system:masters" },
      { kind: "ServiceAccount", name: "api", namespace: "shop" },
      { kind: "ServiceAccount", name: "lost" },
    ];
    expect(asked({ subjects, roleRef: { name: "cluster-admin" } }), {
      "ka.req.binding.subjects": subjects.map((each) => JSON.stringify(each)),
      "ka.req.binding.subjects.user_names": ["alice"],
      "ka.req.binding.subjects.group_names": ["system:masters"],
      "ka.req.binding.subjects.serviceaccount_names": ["api", "lost"],
      "ka.req.binding.subjects.serviceaccount_ns_names": ["shop:api"],
      "ka.req.binding.role": "cluster-admin",
      "ka.req.binding.subject.has_name[x]": "true",
    });
    const rules = [
      { apiGroups: [""], resources: ["pods", "pods/exec"], verbs: ["create"] },
      { nonResourceURLs: ["/metrics"], verbs: ["get", "*"] },
    ];
    expect(asked({ rules }), {
      "ka.req.role.rules": rules.map((each) => JSON.stringify(each)),
      "ka.req.role.rules.apiGroups": [""],
      "ka.req.role.rules.resources": ["pods", "pods/exec"],
      "ka.req.role.rules.verbs": ["create", "get", "*"],
      "ka.req.role.rules.verbs[1]": ["get", "*"],
      "ka.req.role.rules.nonResourceURLs": ["/metrics"],
    });
    expect(asked({ data: { "config.yaml": "key: ü" } }), {
      // Byte strings, as all texts of fields.
      "ka.req.configmap.obj": Buffer.from('{"config.yaml":"key: ü"}').toString("latin1"),
      "ka.req.configmap.name": "api",
    });
    expect(asked({ spec: { type: "NodePort", ports: [{ port: 80 }, { port: 81 }] } }), {
      "ka.req.service.type": "NodePort",
      "ka.req.service.ports": ['[{"port":80},{"port":81}]'],
    });
  });

  test("give any value by JSON pointer", () => {
    const event = auditEventOf({ "a/~b": { "": 1 }, list: [{ x: null }, "y"] });
    expect(event, {
      "json.value[/verb]": "get",
      "jevt.value[verb]": "get",
      "json.value[/a~1~0b]": '{"":1}',
      "json.value[/a~1~0b/]": "1",
      "json.value[/list/0/x]": "null",
      "json.value[/list/1]": "y",
      "json.value[/list/01]": undefined,
      "json.value[/list/length]": undefined,
      "json.value[/verb/length]": undefined,
      "json.value[/constructor]": undefined,
      "json.value[/none/x]": undefined,
      "json.rawtime": "1772366400250000000",
      "jevt.rawtime": "1772366400250000000",
    });
    assert.deepEqual(JSON.parse(get(event, "json.obj") as string), event.json);
    assert.throws(() => get(event, "json.value[/a~2]"), /~/);
  });

  test("are absent, whatever stands in the place of what they read", () => {
    const odd = [undefined, null, 5, "text", true, [], [[]], [null], {}, { spec: null }];
    for (const value of odd) {
      for (const requestObject of [value, { spec: value, subjects: value, rules: value }]) {
        const event = auditEventOf({
          requestObject,
          objectRef: value,
          user: value,
          sourceIPs: value,
          requestURI: value,
        });
        for (const field of auditFields) {
          const read = field.bind(field.argument === undefined ? undefined : "0")(event);
          if (Array.isArray(read)) assert.ok(field.list === true && read.length > 0, field.name);
          else assert.ok(read === undefined || typeof read === "string", field.name);
        }
      }
    }
  });
});
