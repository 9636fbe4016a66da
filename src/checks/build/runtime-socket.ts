import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { unfolded } from "./dockerfile/stages.ts";

/** Where the engines listen (their documentation), below /run or /var/run. */
const SOCKET =
  /(?:^|[^\w.-])(?:\/var)?\/run\/(?:docker\.sock|containerd\/containerd\.sock|k3s\/containerd\/containerd\.sock|crio\/crio\.sock|cri-dockerd\.sock|podman\/podman\.sock|buildkit\/buildkitd\.sock)(?![\w-])/;

const fix = "remove the socket; build with rootless BuildKit or Buildah";

/** The socket of a container engine in an image. */
export const runtimeSocket = dockerfileCheck<"commands">({
  name: "runtime-socket",
  title: "Container runtime socket in a Dockerfile",
  severity: "high",
  withoutControl: "control 4 counts workloads: mounts of a container are evaluated there, by workload/runtime-socket",
  documentation: {
    what: "Checks for the sockets of Docker, containerd, CRI-O, Podman and BuildKit in `VOLUME`, `ENV`, `CMD`, `ENTRYPOINT`, `HEALTHCHECK`, in the targets of mounts, and where `RUN` changes their rights or links to them.",
    why: "The image is made to be run with that socket. Anyone who can write to it starts a privileged container and owns the host.",
    fix: "Do without it: BuildKit or Buildah without root for building, the orchestrator's API with its own rights for the rest; where only reading is needed, a proxy that lets nothing else through.",
    references: ["https://docs.docker.com/engine/security/#docker-daemon-attack-surface"],
  },
  needs: { dockerfile: "partial", commands: "partial" },
  *detect({ dockerfile, commands }) {
    for (const instruction of unfolded(dockerfile)) {
      const { keyword, stage } = instruction;
      if (keyword === "VOLUME") {
        for (const { value, text, range } of instruction.words) {
          if (!SOCKET.test(value ?? text)) continue;
          yield { subject: `VOLUME ${text}`, title: `Volume ${text} is a container runtime socket`, range, stage, fix };
        }
      } else if (keyword === "ENV") {
        for (const { name, value, range } of instruction.pairs) {
          if (value === undefined || !SOCKET.test(value.value ?? value.text)) continue;
          const title = `ENV ${name.text} points to a container runtime socket`;
          yield { subject: `ENV ${name.text}`, title, range, stage, fix };
        }
      } else if (keyword === "RUN") {
        for (const { options, range } of instruction.mounts) {
          const [, path] = [...options].find(([key, value]) => key !== "type" && SOCKET.test(value)) ?? [];
          if (path === undefined) continue;
          yield {
            subject: `RUN --mount ${path}`,
            title: `Container runtime socket ${path} is mounted into the build`,
            range,
            stage,
            fix,
          };
        }
      }
    }
    for (const { command, instruction } of commands) {
      const builds = instruction.keyword === "RUN";
      if (builds && !/^(?:chmod|chown|chgrp|ln|socat|setfacl)$/.test(command.program ?? "")) continue;
      const word = command.words.find(({ text }) => SOCKET.test(text));
      if (word === undefined) continue;
      // Where CMD only has arguments, its first word is no program.
      const who = builds && command.program !== undefined ? command.program : instruction.keyword;
      yield {
        subject: `${who} and the socket`,
        title: `${who} uses a container runtime socket`,
        range: word.range,
        stage: instruction.stage,
        fix,
      };
    }
  },
});
