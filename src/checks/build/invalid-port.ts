import { dockerfileCheck } from "./dockerfile/lint-check.ts";
import { exposedPorts } from "./dockerfile/ports.ts";

/** Ports that there are not (Docker's build check ExposeInvalidFormat). */
export const invalidPort = dockerfileCheck({
  name: "invalid-port",
  title: "Invalid port in EXPOSE",
  severity: "low",
  documentation: {
    what: "Checks the words of `EXPOSE`. Numbers that are not from 1 to 65535, ranges that run backwards, protocols other than `tcp`, `udp` and `sctp`, and addresses or mappings (`127.0.0.1:80:80`) are reported.",
    why: "The image then says nothing of the port that is meant, and rules for networks that are made from it leave it out. Some builders refuse it.",
    fix: "Name the port that the program listens on in the container: `EXPOSE 8080/tcp`.",
    references: [
      "https://docs.docker.com/reference/dockerfile/#expose",
      "https://docs.docker.com/reference/build-checks/expose-invalid-format/",
    ],
  },
  needs: { dockerfile: "partial" },
  *detect({ dockerfile }) {
    for (const { word, range, stage, namesHost } of exposedPorts(dockerfile)) {
      if (range !== undefined && !namesHost) continue;
      const title = `${word.text} is not a valid port (1-65535, tcp, udp or sctp)`;
      yield {
        subject: `EXPOSE ${word.text}`,
        title,
        range: word.range,
        stage,
        fix: "expose the port that the program listens on: EXPOSE 8080",
      };
    }
  },
});
