import { gitlabCheck } from "./gitlab/gitlab-check.ts";
import { variablesOf } from "./gitlab/parts.ts";

/** A daemon of docker-in-docker that anyone on its network can use. */
export const gitlabDockerTlsOff = gitlabCheck({
  name: "gitlab-docker-tls-off",
  title: "Docker daemon without TLS",
  severity: "medium",
  documentation: {
    what: "Checks `variables` of a GitLab pipeline for an empty `DOCKER_TLS_CERTDIR`, and `DOCKER_HOST` with port 2375. Severity: medium.",
    why: "A daemon on port 2375 asks nobody who they are. What reaches the network of the job starts privileged containers on the runner.",
    fix: 'Set `DOCKER_TLS_CERTDIR: "/certs"`, share that volume with the service, and use port 2376.',
    references: ["https://docs.gitlab.com/ci/docker/using_docker_build/#use-docker-in-docker"],
  },
  *detect(pipeline) {
    for (const { variable, job } of variablesOf(pipeline)) {
      const { name, key, value } = variable;
      const isEmpty = name === "DOCKER_TLS_CERTDIR" && value !== undefined && value.value === "";
      if (!isEmpty && !(name === "DOCKER_HOST" && /^tcp:\/\/[^/]{1,253}:2375\b/.test(value?.value ?? ""))) continue;
      yield {
        subject: `variable ${name}`,
        title: isEmpty
          ? "DOCKER_TLS_CERTDIR is empty: the Docker daemon listens without TLS"
          : "DOCKER_HOST uses port 2375: the Docker daemon listens without TLS",
        place: key,
        job,
        fix: 'set DOCKER_TLS_CERTDIR: "/certs" and use port 2376',
      };
    }
  },
});
