import { engineCheck } from "./engine/engine-check.ts";

/** Engines that filter no system calls. */
export const engineSeccompOff = engineCheck({
  name: "engine-seccomp-off",
  title: "Engine without seccomp profile",
  severity: "high",
  controls: [4],
  documentation: {
    what: "Checks the `SecurityOptions` that a container engine tells for the seccomp profile that containers get which name none. CIS Docker 2.17 and 5.22.",
    why: "Without it every container may make every system call of the kernel, those among them that most escapes have gone through.",
    fix: "Take `seccomp-profile: unconfined` out of daemon.json (`seccomp_profile` of containers.conf), or run a kernel with seccomp.",
    references: ["https://docs.docker.com/engine/security/seccomp/"],
  },
  *detect({ info: { seccompProfile } }) {
    if (seccompProfile !== undefined && seccompProfile !== "unconfined" && seccompProfile !== "") return;
    yield {
      subject: "seccomp",
      title:
        seccompProfile === undefined
          ? "The engine filters no system calls: it has no seccomp"
          : "Containers run without a seccomp profile unless they name one",
      fix: "remove seccomp-profile: unconfined from daemon.json",
      field: "SecurityOptions",
      evidence: { profile: seccompProfile ?? "none" },
    };
  },
});
