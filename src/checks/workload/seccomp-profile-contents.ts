import { someOf } from "../../core/counted.ts";
import { severityRank } from "../../core/severity.ts";
import {
  containersOf,
  type FieldPath,
  type PlacedContainer,
  type PodSpec,
  type Profile,
} from "../../engines/kubernetes/model.ts";
import { clip } from "../findings/one-line.ts";
import { type AllowedCall, allowsSyscall, dangerousCallsOf } from "./hardening/dangerous-calls.ts";
import { workloadCheck } from "./kubernetes/workload-check.ts";

/** Custom seccomp profiles that keep little back (OCI runtime specification, config-linux.md, "Seccomp"). */
export const seccompProfileContents = workloadCheck<"seccompProfiles">({
  name: "seccomp-profile-contents",
  title: "Permissive custom seccomp profiles",
  severity: "high",
  controls: [4],
  documentation: {
    what: "Checks the profile that `seccompProfile.localhostProfile` names, where the scanned directory has that file, for what it allows: whether calls that it does not name go through (`defaultAction`), and which calls it lets through whatever their arguments are that load kernel modules, kernels and BPF programs, mount, make namespaces, open files by handle, read the kernel's keys, trace processes, or go past seccomp (io_uring). A rule with `includes` or `excludes` holds only sometimes for Docker, Podman and CRI-O, and always for containerd, which does not know them: such calls are low. A profile that is in no file of the tree is negligible: nobody here can tell what it does.",
    why: "`Localhost` passes Pod Security whatever the profile says: an empty one lets everything through, as `Unconfined` does. Each of these calls has led out of containers.",
    fix: "Start from the engine's default profile, take away what the program does not need, and keep `SCMP_ACT_ERRNO` as the default action; or use `RuntimeDefault`.",
    references: [
      "https://kubernetes.io/docs/tutorials/security/seccomp/",
      "https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md#seccomp",
      "https://docs.docker.com/engine/security/seccomp/",
    ],
  },
  needs: { workload: "partial", seccompProfiles: "partial" },
  origins: ["kubernetes", "compose"],
  *detect({ workload, seccompProfiles }) {
    for (const { name, path, container } of localhostProfiles(workload.pod)) {
      const place = { path, ...(container === undefined ? {} : { container }) };
      const profiles = seccompProfiles.get(name) ?? [];
      if (profiles.length === 0) {
        yield {
          ...place,
          subject: `seccomp profile ${name}: not there`,
          severity: "negligible",
          title: `The seccomp profile ${clip(name)} is in no file of the tree: what it lets through is not known`,
          fix: "keep the profile beside the manifests",
        };
      }
      for (const profile of profiles) {
        const { defaultAction } = profile;
        const open = allowsSyscall(defaultAction);
        const calls = dangerousCallsOf(profile);
        const sure = calls.filter(({ conditional }) => !conditional);
        const evidence = { profile: clip(profile.path), "default action": clip(defaultAction) };
        if (open) {
          yield {
            ...place,
            subject: `seccomp profile ${name}: default ${named(sure)}`.trimEnd(),
            severity: sure.length > 0 ? "high" : "medium",
            title: `${clip(profile.path)} lets every call through that it does not name${among(sure)}`,
            fix: "start from the engine's default profile, with SCMP_ACT_ERRNO as the default action",
            evidence,
          };
        } else if (sure.length > 0) {
          yield {
            ...place,
            subject: `seccomp profile ${name}: calls ${named(sure)}`,
            severity: worst(sure),
            title: `${clip(profile.path)} lets dangerous calls through${among(sure)}`,
            detail: sure.slice(0, 4).map(sentence).join("; "),
            fix: `take ${joined(sure)} out of the profile`,
            evidence: { ...evidence, calls: joined(sure, 60) },
          };
        }
        const sometimes = calls.filter(({ conditional }) => conditional);
        if (sometimes.length > 0) {
          yield {
            ...place,
            subject: `seccomp profile ${name}: conditions of ${named(sometimes)}`,
            severity: "low",
            title: `${clip(profile.path)} lets ${joined(sometimes)} through under conditions that containerd reads past`,
            fix: "write a profile without includes and excludes for nodes with containerd",
            evidence: { ...evidence, calls: joined(sometimes, 60) },
          };
        }
      }
    }
  },
});

interface NamedProfile {
  readonly name: string;
  readonly path: FieldPath;
  readonly container?: PlacedContainer;
}

/** Of the pod, then of the containers that state their own. */
function localhostProfiles(pod: PodSpec): NamedProfile[] {
  const named = (profile: Profile | undefined, path: FieldPath, container?: PlacedContainer): NamedProfile[] => {
    const { type, localhostProfile } = profile ?? {};
    if (type !== "Localhost" || localhostProfile === undefined || localhostProfile === "") return [];
    return [{ name: localhostProfile.replace(/^\.?\/+/, ""), path, ...(container === undefined ? {} : { container }) }];
  };
  const field = ["securityContext", "seccompProfile", "localhostProfile"];
  return [
    ...named(pod.securityContext?.seccompProfile, field),
    ...containersOf(pod).flatMap((placed) =>
      named(placed.container.securityContext?.seccompProfile, [...placed.path, ...field], placed),
    ),
  ];
}

function among(calls: readonly AllowedCall[]): string {
  return calls.length === 0 ? "" : `, ${joined(calls)} among them`;
}

function joined(calls: readonly AllowedCall[], most = 5): string {
  return someOf(calls, most, ({ name }) => name);
}

function named(calls: readonly AllowedCall[]): string {
  return calls
    .map(({ name }) => name)
    .sort()
    .join(",");
}

function sentence({ name, allows }: AllowedCall): string {
  return `${name} lets an attacker in the container ${allows}`;
}

function worst(calls: readonly AllowedCall[]): AllowedCall["severity"] {
  return calls.map(({ severity }) => severity).sort((a, b) => severityRank(a) - severityRank(b))[0] ?? "low";
}
