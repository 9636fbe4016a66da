import assert from "node:assert/strict";
import { test } from "node:test";
import { present } from "../../core/evidence.ts";
import { readSeccompProfile } from "../../engines/kubernetes/seccomp.ts";
import { capabilitiesRestricted } from "./capabilities-restricted.ts";
import { dangerousCapabilities } from "./dangerous-capabilities.ts";
import { dangerousCallsOf } from "./hardening/dangerous-calls.ts";
import { detected, findingsOf, podText } from "./kubernetes/workload.fixture.ts";
import { seccompProfileContents } from "./seccomp-profile-contents.ts";

test("each dangerous capability is found with what it allows, with or without CAP_", () => {
  const text = podText({
    containers: [
      {
        name: "a",
        securityContext: { capabilities: { add: ["SYS_ADMIN", "CAP_NET_ADMIN", "NET_BIND_SERVICE", "CHOWN"] } },
      },
    ],
    ephemeralContainers: [{ name: "b", securityContext: { capabilities: { add: ["SYS_PTRACE"], drop: ["ALL"] } } }],
  });
  assert.deepEqual(
    findingsOf(dangerousCapabilities, text)
      .map(({ subject, severity }) => `${subject} ${severity}`)
      .sort(),
    [
      "container a: capability NET_ADMIN high",
      "container a: capability SYS_ADMIN critical",
      "ephemeral container b: capability SYS_PTRACE high",
    ],
  );
  assert.match(findingsOf(dangerousCapabilities, text)[0]?.title ?? "", /release_agent/);
});

test("capabilities of a Compose file are found where it adds them", () => {
  const files = { "compose.yaml": "services:\n  a:\n    image: b\n    cap_add: [ALL]\n    cap_drop: [NET_RAW]\n" };
  assert.deepEqual(
    findingsOf(dangerousCapabilities, files).map(({ subject, severity }) => `${subject} ${severity}`),
    ["container a: capability ALL critical"],
  );
});

const limited = podText({ containers: [{ name: "a", securityContext: { capabilities: { drop: ["ALL"] } } }] });

test("dropped capabilities are no finding", () => {
  assert.deepEqual(detected(dangerousCapabilities, limited), []);
});

test("all in small letters is no capability kept: runtimes drop them all, and Pod Security wants capitals", () => {
  for (const name of ["all", "All"]) {
    const text = podText({ containers: [{ name: "a", securityContext: { capabilities: { drop: [name] } } }] });
    const [finding, ...more] = findingsOf(capabilitiesRestricted, text);
    assert.deepEqual([finding?.severity, more.length], ["low", 0], name);
    assert.doesNotMatch(finding?.title ?? "", /keeps/);
  }
  for (const name of ["NET_RAW", "CAP_ALL"]) {
    const text = podText({ containers: [{ name: "a", securityContext: { capabilities: { drop: [name] } } }] });
    const severities = findingsOf(capabilitiesRestricted, text).map(({ severity }) => severity);
    assert.deepEqual(severities, ["high"], name);
  }
  const files = { "compose.yaml": "services:\n  a:\n    image: b\n    cap_drop: [all]\n" };
  assert.deepEqual(findingsOf(capabilitiesRestricted, files), []);
});

function judged(profile: object | undefined, name = "profiles/own.json"): string[] {
  const text = podText({
    securityContext: { seccompProfile: { type: "Localhost", localhostProfile: name } },
    containers: [{ name: "a" }],
  });
  const found = profile === undefined ? [] : [readSeccompProfile("k8s/profiles/own.json", JSON.stringify(profile))];
  const seccompProfiles = present(new Map([["profiles/own.json", found]]), "2026-01-01T00:00:00Z");
  return findingsOf(seccompProfileContents, text, { seccompProfiles }).map(
    ({ severity, title }) => `${severity} ${title}`,
  );
}

const rule = (action: string, ...names: string[]) => ({ names, action });

test("a profile that lets through what it does not name is found", () => {
  assert.deepEqual(judged({ defaultAction: "SCMP_ACT_ALLOW", syscalls: [rule("SCMP_ACT_ERRNO", "reboot")] }), [
    "high k8s/profiles/own.json lets every call through that it does not name, init_module, finit_module, delete_module, create_module, kexec_load and 45 more among them",
  ]);
  assert.match(judged({ defaultAction: "SCMP_ACT_LOG" })[0] ?? "", /^high/);
});

test("dangerous calls that are let through are named, worst first", () => {
  const findings = judged({
    defaultAction: "SCMP_ACT_ERRNO",
    syscalls: [
      rule("SCMP_ACT_ALLOW", "read", "ptrace", "bpf"),
      { ...rule("SCMP_ACT_ALLOW", "clone"), args: [{ index: 0 }] },
    ],
  });
  assert.deepEqual(findings, ["high k8s/profiles/own.json lets dangerous calls through, bpf, ptrace among them"]);
  assert.deepEqual(judged({ defaultAction: "SCMP_ACT_ERRNO", syscalls: [rule("SCMP_ACT_ALLOW", "ptrace")] }), [
    "low k8s/profiles/own.json lets dangerous calls through, ptrace among them",
  ]);
});

test("a condition holds for some engines alone", () => {
  const syscalls = [{ ...rule("SCMP_ACT_ALLOW", "bpf"), includes: { caps: ["CAP_BPF"] } }];
  assert.deepEqual(judged({ defaultAction: "SCMP_ACT_ERRNO", syscalls }), [
    "low k8s/profiles/own.json lets bpf through under conditions that containerd reads past",
  ]);
});

test("a profile that keeps them back passes, and one that is not there is told", () => {
  assert.deepEqual(
    judged({ defaultAction: "SCMP_ACT_ERRNO", syscalls: [rule("SCMP_ACT_ALLOW", "read", "write")] }),
    [],
  );
  assert.deepEqual(judged(undefined), [
    "negligible The seccomp profile profiles/own.json is in no file of the tree: what it lets through is not known",
  ]);
  const standard = podText({
    securityContext: { seccompProfile: { type: "RuntimeDefault" } },
    containers: [{ name: "a" }],
  });
  assert.deepEqual(detected(seccompProfileContents, standard), []);
});

test("what is both let through and kept back is claimed of neither", () => {
  const syscalls = [rule("SCMP_ACT_ALLOW", "bpf"), rule("SCMP_ACT_ERRNO", "bpf")];
  assert.deepEqual(
    dangerousCallsOf(readSeccompProfile("p", JSON.stringify({ defaultAction: "SCMP_ACT_ERRNO", syscalls }))),
    [],
  );
});
