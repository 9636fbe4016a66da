import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { codePoint } from "../../../core/code-point.fixture.ts";
import { allowPrivilegeEscalation } from "../allow-privilege-escalation.ts";
import { apparmor } from "../apparmor.ts";
import { capabilitiesBaseline } from "../capabilities-baseline.ts";
import { capabilitiesRestricted } from "../capabilities-restricted.ts";
import { hostNamespaces } from "../host-namespaces.ts";
import { hostPathVolumes } from "../host-path-volumes.ts";
import { hostPorts } from "../host-ports.ts";
import { hostProbes } from "../host-probes.ts";
import { hostProcess } from "../host-process.ts";
import { privileged } from "../privileged.ts";
import { procMount } from "../proc-mount.ts";
import { procMountRestricted } from "../proc-mount-restricted.ts";
import { runAsNonRoot } from "../run-as-non-root.ts";
import { runAsUser } from "../run-as-user.ts";
import { seccompBaseline } from "../seccomp-baseline.ts";
import { seccompRestricted } from "../seccomp-restricted.ts";
import { selinux } from "../selinux.ts";
import { sysctls } from "../sysctls.ts";
import { volumeTypes } from "../volume-types.ts";
import { detected, evaluationsOf, findingsOf, fixesOf, podText, verdictsOf } from "./workload.fixture.ts";

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  template:
    spec:
      hostPID: true
      initContainers:
        - name: migrate
          securityContext: { privileged: true }
      containers:
        - name: web
          ports:
            - containerPort: 80
              hostPort: 8080
          securityContext:
            privileged: true
        - securityContext:
            privileged: true
`;

test("findings are at the field, by the container's name, whatever its index", () => {
  assert.deepEqual(detected(privileged, deployment), [
    "12:30 init container migrate: securityContext.privileged | Init container migrate is privileged",
    "19:13 container web: securityContext.privileged | Container web is privileged",
    "21:13 container number 2: securityContext.privileged | Container number 2 is privileged",
  ]);
  assert.deepEqual(detected(hostPorts, deployment), [
    "17:15 container web: hostPort 8080 | Container web uses host port 8080",
  ]);
  const [finding] = findingsOf(hostPorts, deployment);
  assert.deepEqual(finding?.evidence, {
    object: "Deployment shop/web",
    field: "spec.template.spec.containers[0].ports[0].hostPort",
    container: "container web",
  });
});

test("the asset is the workload, by folder, kind, namespace and name", () => {
  const [evaluation] = evaluationsOf(privileged, { "k8s/web.yaml": deployment });
  const id = "k8s/Deployment/shop/web";
  assert.deepEqual(evaluation?.asset, { kind: "workload", id, lineage: id, name: "shop/Deployment/web" });
  const moved = { "k8s/other.yaml": `# a line more\n${deployment}` };
  assert.deepEqual(
    findingsOf(privileged, moved).map(({ fingerprint }) => fingerprint),
    findingsOf(privileged, { "k8s/web.yaml": deployment }).map(({ fingerprint }) => fingerprint),
  );
});

test("a missing field is found at the deepest part that is stated", () => {
  const text = "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec:\n  containers:\n    - name: web\n";
  assert.deepEqual(detected(allowPrivilegeEscalation, text), [
    "6:7 container web: securityContext.allowPrivilegeEscalation | Container web does not set allowPrivilegeEscalation: false",
  ]);
});

test("a subject that comes again is numbered", () => {
  const text = podText({ containers: [{ name: "a", ports: [{ hostPort: 1 }, { hostPort: 1, protocol: "UDP" }] }] });
  assert.deepEqual(
    findingsOf(hostPorts, text).map(({ subject }) => subject),
    ["container a: hostPort 1", "container a: hostPort 1 (2)"],
  );
});

const text = (spec: object) => podText({ containers: [], ...spec });
const of = (fields: object) => text({ containers: [{ name: "web", ...fields }] });
const secured = (securityContext: object) => of({ securityContext });
const CONTAINER = "spec.containers[0].securityContext";

test("fixes say which field becomes what", () => {
  const cases = [
    [privileged, secured({ privileged: true }), [["set", `${CONTAINER}.privileged`, false]]],
    [procMount, secured({ procMount: "Unmasked" }), [["remove", `${CONTAINER}.procMount`]]],
    [selinux, secured({ seLinuxOptions: { type: "spc_t" } }), [["remove", `${CONTAINER}.seLinuxOptions.type`]]],
    [
      seccompBaseline,
      secured({ seccompProfile: { type: "Unconfined" } }),
      [["set", `${CONTAINER}.seccompProfile.type`, "RuntimeDefault"]],
    ],
    [seccompRestricted, of({}), [["set", "spec.securityContext.seccompProfile.type", "RuntimeDefault"]]],
    [
      apparmor,
      secured({ appArmorProfile: { type: "Unconfined" } }),
      [["set", `${CONTAINER}.appArmorProfile.type`, "RuntimeDefault"]],
    ],
    [allowPrivilegeEscalation, of({}), [["set", `${CONTAINER}.allowPrivilegeEscalation`, false]]],
    [capabilitiesRestricted, of({}), [["add", `${CONTAINER}.capabilities.drop`, "ALL"]]],
    [
      capabilitiesRestricted,
      of({ ports: [{ containerPort: 80 }] }),
      [
        ["add", `${CONTAINER}.capabilities.drop`, "ALL"],
        ["add", `${CONTAINER}.capabilities.add`, "NET_BIND_SERVICE"],
      ],
    ],
    [runAsNonRoot, of({}), [["set", "spec.securityContext.runAsNonRoot", true]]],
    [runAsNonRoot, secured({ runAsNonRoot: false }), [["set", `${CONTAINER}.runAsNonRoot`, true]]],
    [hostNamespaces, text({ hostIPC: true }), [["remove", "spec.hostIPC"]]],
    [
      hostProbes,
      of({ livenessProbe: { httpGet: { port: 1, host: "a" } } }),
      [["remove", "spec.containers[0].livenessProbe.httpGet.host"]],
    ],
  ] as const;
  for (const [check, manifest, patches] of cases) assert.deepEqual(fixesOf(check, manifest), [patches], check.id);
});

test("annotations of a template are set there", () => {
  const annotations = { "container.apparmor.security.beta.kubernetes.io/web": "unconfined" };
  const template = { metadata: { annotations }, spec: { containers: [{ name: "web" }] } };
  const manifest = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "a" }, spec: { template } };
  assert.deepEqual(fixesOf(apparmor, JSON.stringify(manifest)), [
    [
      [
        "set",
        "spec.template.metadata.annotations[container.apparmor.security.beta.kubernetes.io/web]",
        "runtime/default",
      ],
    ],
  ]);
});

test("where the pod works on its node, nothing is changed without somebody who knows it", () => {
  const volumes = [{ name: "host", hostPath: { path: "/" } }];
  const container = { name: "web", securityContext: { privileged: true } };
  assert.deepEqual(fixesOf(privileged, text({ volumes, containers: [container] })), [
    "set privileged: false; add only the capabilities that are needed",
  ]);
  assert.deepEqual(fixesOf(hostNamespaces, text({ volumes, hostPID: true })), ["remove hostPID"]);
  // The API server refuses false beside it.
  assert.deepEqual(fixesOf(allowPrivilegeEscalation, secured({ privileged: true })), [
    "set allowPrivilegeEscalation: false",
  ]);
});

test("each check has a manifest that it fails or finds something in, and one that it passes", () => {
  const findings = [
    [hostPathVolumes, text({ volumes: [{ name: "a", hostPath: { path: "/var" } }] }), "volume a at /var"],
    [hostProcess, secured({ windowsOptions: { hostProcess: true } }), "securityContext.windowsOptions.hostProcess"],
    [
      capabilitiesBaseline,
      secured({ capabilities: { add: ["SYS_ADMIN"] } }),
      "securityContext.capabilities.add SYS_ADMIN",
    ],
    [
      procMountRestricted,
      text({ hostUsers: false, containers: [{ name: "web", securityContext: { procMount: "Unmasked" } }] }),
      "securityContext.procMount",
    ],
    [runAsUser, secured({ runAsUser: 0 }), "securityContext.runAsUser"],
    [
      sysctls,
      text({ securityContext: { sysctls: [{ name: "kernel.shmmax", value: "1" }] } }),
      "sysctl kernel.shmmax=1",
    ],
    [volumeTypes, text({ volumes: [{ name: "a", nfs: { server: "b", path: "/" } }] }), "volume a of kind nfs"],
  ] as const;
  const good = text({ containers: [{ name: "web" }] });
  for (const [check, manifest, subject] of findings) {
    assert.deepEqual(
      findingsOf(check, manifest).map((finding) => finding.subject.replace("container web: ", "")),
      [subject],
    );
    assert.deepEqual(verdictsOf(check, good), ["Pod/web pass"], check.id);
  }
});

test("what is beyond baseline is one finding, not one of each level", () => {
  const bad = secured({ capabilities: { drop: ["ALL"], add: ["SYS_ADMIN"] }, seccompProfile: { type: "Unconfined" } });
  assert.deepEqual(detected(capabilitiesRestricted, bad), []);
  assert.deepEqual(detected(seccompRestricted, bad), []);
  assert.equal(detected(capabilitiesBaseline, bad).length, 1);
  assert.equal(detected(seccompBaseline, bad).length, 1);
});

test("a Compose service is judged by what Compose can say", () => {
  const compose = { "compose.yaml": "services:\n  web:\n    image: web\n    privileged: true\n" };
  assert.deepEqual(detected(privileged, compose), [
    "compose.yaml:4:5 container web: securityContext.privileged | Container web is privileged",
  ]);
  assert.deepEqual(evaluationsOf(seccompRestricted, compose), []);
});

test("a Compose service states its user, by number", () => {
  const compose = (user: string) => ({ "compose.yaml": `services:\n  web:\n    image: web\n${user}` });
  assert.deepEqual(verdictsOf(runAsNonRoot, compose("")), ["ComposeService/web fail"]);
  assert.deepEqual(verdictsOf(runAsNonRoot, compose("    user: web\n")), ["ComposeService/web fail"]);
  assert.deepEqual(verdictsOf(runAsNonRoot, compose('    user: "1000:1000"\n')), ["ComposeService/web pass"]);
  assert.deepEqual(verdictsOf(runAsNonRoot, compose('    user: "0"\n')), ["ComposeService/web pass"]);
  assert.deepEqual(verdictsOf(runAsUser, compose('    user: "0"\n')), ["ComposeService/web fail"]);
});

test("titles are one bounded line, whatever the manifest says", () => {
  fc.assert(
    fc.property(fc.string({ unit: codePoint, maxLength: 600 }), (name) => {
      const volumes = [{ name, hostPath: { path: name } }];
      for (const { title, subject, evidence } of findingsOf(hostPathVolumes, text({ volumes }))) {
        for (const line of [title, subject, ...Object.values(evidence)]) {
          assert.ok(line.length <= 400, line);
          // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
          assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f]/);
        }
      }
    }),
  );
});
