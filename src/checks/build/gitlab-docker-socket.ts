import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { commandsOf, placeIn, variablesOf } from "./gitlab/parts.ts";

const SOCKET = /\/(?:docker|containerd|podman|crio)\.sock\b/;
const CLIENTS: ReadonlySet<string> = new Set(["docker", "podman", "nerdctl"]);

const found = {
  subject: "socket of the runner",
  title: "the job uses the container runtime socket of its runner",
  fix: "build without a daemon, or use docker-in-docker with TLS",
};

/** Jobs that use the socket of the container runtime of their runner. */
export const gitlabDockerSocket = gitlabCheck({
  name: "gitlab-docker-socket",
  title: "Container runtime socket of the runner in jobs",
  severity: "high",
  scripts: true,
  documentation: {
    what: "Checks `variables` of a GitLab pipeline for a `DOCKER_HOST` that is a socket, and commands that mount one. Severity: high.",
    why: "Who can write to the socket is root on the runner: every job that runs there, with its secrets and its token, is theirs.",
    fix: "Build without a daemon (BuildKit rootless, buildah), or use docker-in-docker with TLS on runners of its own.",
    references: ["https://docs.gitlab.com/ci/docker/using_docker_build/#use-docker-socket-binding"],
  },
  *detect(pipeline) {
    for (const { variable, job } of variablesOf(pipeline)) {
      if (variable.name !== "DOCKER_HOST" || !SOCKET.test(variable.value?.value ?? "")) continue;
      yield { ...found, place: variable.key, job };
    }
    for (const one of commandsOf(pipeline)) {
      const { command, line, job } = one;
      const word = command.arguments.find(
        ({ text }) => SOCKET.test(text) && /^(?:-v|--volume=)?\/|type=bind|source=|src=/.test(text),
      );
      if (word === undefined || !CLIENTS.has(command.program ?? "")) continue;
      yield { ...found, place: placeIn(line, word.range), job };
    }
  },
});
